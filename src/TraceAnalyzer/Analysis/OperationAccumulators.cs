using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>All that is accumulated for one operation (an rwbs string, a class, or reads and writes together) of one device.</summary>
internal sealed class OperationAccumulators
{
    private readonly AnalysisClock _clock;

    private readonly RunContext? _run;

    private readonly bool _hasHeatmap;

    public OperationAccumulators(AnalysisClock clock, RunContext? run = null, bool hasHeatmap = true)
    {
        _hasHeatmap = hasHeatmap;
        _clock = clock;
        _run = run;
        Run = run is null ? null : new RunAccumulators(run, clock);
        Sizes = new RequestSizeAccumulator();
        Throughput = new ThroughputAccumulator(clock.SeriesScale());
        SectorAccess = new SectorAccessAccumulator();
        SectorTime = new SectorTimeAccumulator(TimeScale.Doubling(clock.OriginNs, SectorTimeAccumulator.MaxColumns));
        Use = new UseAccumulator();
        Latency = new LatencyAccumulator(TimeScale.Doubling(clock.OriginNs, LatencyAccumulator.MaxColumns));
    }

    public RequestSizeAccumulator Sizes { get; }

    public ThroughputAccumulator Throughput { get; }

    public SectorAccessAccumulator SectorAccess { get; }

    public SectorTimeAccumulator SectorTime { get; }

    public UseAccumulator Use { get; }

    public LatencyAccumulator Latency { get; }

    /// <summary>By phase, token and tensor; null if the run is not known.</summary>
    public RunAccumulators? Run { get; }

    /// <summary>Adds counted requests.</summary>
    public void Add(ReadOnlySpan<CountedIo> items, bool movesData)
    {
        Sizes.Add(items);
        Throughput.Add(items);
        SectorAccess.Add(items);
        Use.Add(items);
        if (movesData && _hasHeatmap)
            SectorTime.Add(items);
        if (movesData)
            Run?.Add(items);
    }

    /// <summary>Adds a counted request whose time cannot be right to all that does not show time.</summary>
    public void AddFarOff(in CountedIo item)
    {
        ReadOnlySpan<CountedIo> items = [item];
        Sizes.Add(items);
        SectorAccess.Add(items);
        Use.Add(items);
    }

    /// <summary>Adds what another one saw, which stays as it is.</summary>
    public void Merge(OperationAccumulators other)
    {
        MergeWhatTransfersShow(other);
        SectorTime.Merge(other.SectorTime);
        Run?.Merge(other.Run!);
    }

    /// <summary>All of several operations together; they stay as they are.</summary>
    public static OperationAccumulators Together(IReadOnlyList<OperationAccumulators> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        var all = new OperationAccumulators(parts[0]._clock, parts[0]._run);
        foreach (OperationAccumulators part in parts)
            all.Merge(part);
        return all;
    }

    /// <summary>Reads and writes together, but for <see cref="SectorTime"/> and <see cref="Run"/>, which are large and shown for each by itself.</summary>
    public static OperationAccumulators Transfers(IReadOnlyList<OperationAccumulators> parts)
    {
        var all = new OperationAccumulators(parts[0]._clock);
        foreach (OperationAccumulators part in parts)
            all.MergeWhatTransfersShow(part);
        return all;
    }

    private void MergeWhatTransfersShow(OperationAccumulators other)
    {
        Sizes.Merge(other.Sizes);
        Throughput.Merge(other.Throughput);
        SectorAccess.Merge(other.SectorAccess);
        Use.Merge(other.Use);
        Latency.Merge(other.Latency);
    }
}

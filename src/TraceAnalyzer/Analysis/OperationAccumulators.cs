using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>All that is accumulated for one operation (an rwbs string, a class, or reads and writes together) of one device.</summary>
internal sealed class OperationAccumulators
{
    private readonly AnalysisClock _clock;

    private readonly RunContext? _run;

    private readonly bool _hasHeatmap;

    private readonly List<SectorAccessAccumulator> _maps = [];

    public OperationAccumulators(AnalysisClock clock, RunContext? run = null, bool hasHeatmap = true, MapBudget? budget = null, DeviceId device = default)
        : this(clock, run, hasHeatmap, new SectorAccessAccumulator(budget), device) => _maps.Add(SectorAccess);

    private OperationAccumulators(AnalysisClock clock, RunContext? run, bool hasHeatmap, SectorAccessAccumulator map, DeviceId device = default)
    {
        _hasHeatmap = hasHeatmap;
        _clock = clock;
        _run = run;
        Run = run is null ? null : new RunAccumulators(run, clock, device);
        Sizes = new RequestSizeAccumulator();
        Throughput = new ThroughputAccumulator(clock.SeriesScale());
        SectorAccess = map;
        SectorTime = new SectorTimeAccumulator(TimeScale.Doubling(clock.OriginNs, SectorTimeAccumulator.MaxColumns));
        Use = new UseAccumulator();
        Activity = new ActivityAccumulator(clock.OriginNs);
        Latency = new LatencyAccumulator(TimeScale.Doubling(clock.OriginNs, LatencyAccumulator.MaxColumns));
    }

    public RequestSizeAccumulator Sizes { get; }

    public ThroughputAccumulator Throughput { get; }

    /// <summary>The map that requests are added to; not part of what several operations have together.</summary>
    public SectorAccessAccumulator SectorAccess { get; }

    /// <summary>The maps of all operations of these.</summary>
    public SectorAccessView Access => new(_maps);

    public SectorTimeAccumulator SectorTime { get; }

    /// <summary>Of one operation; several together have none.</summary>
    public UseAccumulator Use { get; }

    public LatencyAccumulator Latency { get; }

    /// <summary>When data was moved, whatever the bins of the series; of one operation.</summary>
    public ActivityAccumulator Activity { get; }

    /// <summary>Pages with their times; of one operation.</summary>
    public PageLog Pages { get; } = new();

    /// <summary>Requests that do not fill whole units; of one operation.</summary>
    public WriteUnitAccumulator Units { get; } = new();

    /// <summary>By phase, token and tensor; null if the run is not known.</summary>
    public RunAccumulators? Run { get; }

    /// <summary>Adds counted requests of a class.</summary>
    public void Add(ReadOnlySpan<CountedIo> items, OperationClass @class)
    {
        bool movesData = @class.MovesData();
        Sizes.Add(items);
        Throughput.Add(items, movesData ? Activity : null);
        SectorAccess.Add(items);
        Use.Add(items);
        if (movesData && _hasHeatmap)
            SectorTime.Add(items);
        if (!movesData)
            return;
        Pages.Add(items);
        if (@class == OperationClass.Write)
            Units.Add(items);
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

    /// <summary>Adds what another one of the same operation saw, which must not be used any more.</summary>
    public void Merge(OperationAccumulators other)
    {
        Sizes.Merge(other.Sizes);
        Throughput.Merge(other.Throughput);
        SectorAccess.Merge(other.SectorAccess);
        Use.Merge(other.Use);
        Latency.Merge(other.Latency);
        Activity.Merge(other.Activity);
        SectorTime.Merge(other.SectorTime);
        Pages.Merge(other.Pages);
        Units.Merge(other.Units);
        Run?.Merge(other.Run!);
    }

    /// <summary>All of several operations together; they stay as they are.</summary>
    public static OperationAccumulators Together(IReadOnlyList<OperationAccumulators> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        var all = new OperationAccumulators(parts[0]._clock, parts[0]._run, parts[0]._hasHeatmap, parts[0].SectorAccess);
        foreach (OperationAccumulators part in parts)
        {
            all.MergeWhatTransfersShow(part);
            all.SectorTime.Merge(part.SectorTime);
            all.Run?.Merge(part.Run!);
        }

        return all;
    }

    /// <summary>Reads and writes together, but for <see cref="SectorTime"/> and <see cref="Run"/>, which are large and shown for each by itself.</summary>
    public static OperationAccumulators Transfers(IReadOnlyList<OperationAccumulators> parts)
    {
        var all = new OperationAccumulators(parts[0]._clock, run: null, hasHeatmap: false, parts[0].SectorAccess);
        foreach (OperationAccumulators part in parts)
            all.MergeWhatTransfersShow(part);
        return all;
    }

    /// <summary>What several devices did in one operation, but for where on them; they stay as they are.</summary>
    /// <param name="devices">What each did, null if nothing, in an order that is the same for all operations.</param>
    /// <param name="holdsFiles">Whether the files of the run lie on the device of that place.</param>
    public static OperationAccumulators? OfDevices(IReadOnlyList<OperationAccumulators?> devices, Func<int, bool> holdsFiles)
    {
        if (devices.FirstOrDefault(device => device is not null) is not { } any)
            return null;
        var all = new OperationAccumulators(any._clock, any._run, hasHeatmap: false, any.SectorAccess);
        for (int place = 0; place < devices.Count; place++)
        {
            if (devices[place] is not { } device)
                continue;
            all.Sizes.Merge(device.Sizes);
            all.Throughput.Merge(device.Throughput);
            all.Latency.Merge(device.Latency);
            all.Activity.Merge(device.Activity);
            all.Run?.MergeDevice(device.Run!, place, holdsFiles(place));
        }

        return all;
    }

    private void MergeWhatTransfersShow(OperationAccumulators other)
    {
        Sizes.Merge(other.Sizes);
        Throughput.Merge(other.Throughput);
        _maps.AddRange(other._maps);
        Latency.Merge(other.Latency);
    }
}

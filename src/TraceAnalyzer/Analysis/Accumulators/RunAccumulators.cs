using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>What is accumulated besides, of one operation, when the run of a trace is known.</summary>
internal sealed class RunAccumulators(RunContext run, AnalysisClock clock, DeviceId device = default)
{
    /// <summary>By phase.</summary>
    public SpanAccumulator Phases { get; } = new(run.Phases);

    /// <summary>By token.</summary>
    public SpanAccumulator Tokens { get; } = new(run.Tokens);

    /// <summary>By turn of a layer.</summary>
    public SpanAccumulator Turns { get; } = new(run.LayerTurns);

    /// <summary>By tensor; null if nothing says where tensors lie.</summary>
    public TensorAccumulator? Tensors { get; } =
        run.Tensors is null ? null : new TensorAccumulator(run.Tensors.On(device), TimeScale.Doubling(clock.OriginNs, TensorAccumulator.MaxColumns), run.Tokens, run.Phases);

    /// <summary>Visits of regions.</summary>
    public VisitAccumulator Visits { get; } = new();

    /// <summary>Time in flight by layer; null if nothing says where layers lie.</summary>
    public LayerIoAccumulator? Layers { get; } = run.Tensors is { Layers: > 0 } map ? new LayerIoAccumulator(map.On(device)) : null;

    /// <summary>Adds requests that ended.</summary>
    public void Add(ReadOnlySpan<IoRequest> requests) => Layers?.Add(requests);

    /// <summary>Adds counted requests.</summary>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        Phases.Add(items);
        Tokens.Add(items);
        if (run.LayerTurns.All.Count > 0)
            Turns.Add(items);
        Tensors?.Add(items);
        Visits.Add(items);
    }

    /// <summary>Adds what another one saw.</summary>
    public void Merge(RunAccumulators other)
    {
        Phases.Merge(other.Phases);
        Tokens.Merge(other.Tokens);
        Turns.Merge(other.Turns);
        Layers?.Merge(other.Layers!);
        Tensors?.Merge(other.Tensors!);
        Visits.Merge(other.Visits);
    }

    /// <summary>Adds what was seen on another device.</summary>
    /// <param name="other">What was seen.</param>
    /// <param name="place">A number of the device among those that are added up, from 0 on.</param>
    /// <param name="holdsFiles">False if the files of the run do not lie on it: nothing says which of several devices they lie on, and they were taken for those of another.</param>
    public void MergeDevice(RunAccumulators other, int place, bool holdsFiles)
    {
        Phases.Merge(other.Phases);
        Tokens.Merge(other.Tokens);
        Turns.Merge(other.Turns);
        Visits.Merge(other.Visits, place);
        if (!holdsFiles)
            return;
        Layers?.Merge(other.Layers!);
        Tensors?.Merge(other.Tensors!);
    }
}

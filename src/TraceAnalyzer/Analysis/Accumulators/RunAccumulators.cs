using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>What is accumulated besides, of one operation, when the run of a trace is known.</summary>
internal sealed class RunAccumulators(RunContext run, AnalysisClock clock)
{
    /// <summary>By phase.</summary>
    public SpanAccumulator Phases { get; } = new(run.Phases);

    /// <summary>By token.</summary>
    public SpanAccumulator Tokens { get; } = new(run.Tokens);

    /// <summary>By turn of a layer.</summary>
    public SpanAccumulator Turns { get; } = new(run.LayerTurns);

    /// <summary>By tensor; null if nothing says where tensors lie.</summary>
    public TensorAccumulator? Tensors { get; } =
        run.Tensors is null ? null : new TensorAccumulator(run.Tensors, TimeScale.Doubling(clock.OriginNs, TensorAccumulator.MaxColumns));

    /// <summary>Visits of regions.</summary>
    public VisitAccumulator Visits { get; } = new();

    /// <summary>Time under way by layer; null if nothing says where layers lie.</summary>
    public LayerIoAccumulator? Layers { get; } = run.Tensors is { Layers: > 0 } map ? new LayerIoAccumulator(map) : null;

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
}

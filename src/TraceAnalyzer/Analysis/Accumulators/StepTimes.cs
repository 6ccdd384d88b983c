using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Times of the steps of some requests.</summary>
internal sealed class StepTimes
{
    // 2^5 buckets a power of two: 1.6 %.
    private const int PrecisionBits = 5;

    private static readonly Step[] s_steps = Enum.GetValues<Step>();

    private readonly LogHistogram?[] _times = new LogHistogram?[s_steps.Length];

    /// <summary>Requests that ended or, if there were more, bios that found a request.</summary>
    public long Requests => Math.Max(_times[(int)Step.D2C]?.Count ?? 0, _times[(int)Step.Q2G]?.Count ?? 0);

    /// <summary>Adds a time of 0 or more.</summary>
    public void Add(Step step, long ns) => (_times[(int)step] ??= new LogHistogram(PrecisionBits)).Add(ns);

    /// <summary>Those that occur.</summary>
    public StepStatistics[] ToResult() =>
    [
        .. s_steps.Where(step => _times[(int)step] is not null).Select(step => (Step: step, Times: _times[(int)step]!))
            .Select(step => new StepStatistics(step.Step, step.Times.Count, step.Times.Min, step.Times.Mean, step.Times.Quantile(0.5), step.Times.Quantile(0.99), step.Times.Max)),
    ];
}

using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Is there no difference at all? Then nothing else is asked.</summary>
public sealed class Identical() : PairRule("identical", "All numbers of the two runs are equal")
{
    /// <inheritdoc/>
    public override bool StandsAlone => true;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => "all numbers equal, all distances 0";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        int run = facts.Run;
        bool isEqual = facts.Metrics.All(metric => metric.Runs[0].Value == metric.Runs[run].Value)
            && facts.Distributions.All(distribution => distribution.Runs[run] is null or { KolmogorovSmirnov: 0, EarthMover: 0 })
            && facts.Bandwidth.All(bandwidth => bandwidth.BytesPerSecond[0].AsSpan().SequenceEqual(bandwidth.BytesPerSecond[run]));
        return isEqual ? Answer(Verdict.Same, $"No difference: every number, distribution and bin of {facts.Other.Label} equals that of {facts.First.Label}.") : null;
    }
}

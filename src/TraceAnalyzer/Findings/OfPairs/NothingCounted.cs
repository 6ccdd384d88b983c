using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Has a run no reads and writes? Then nothing else is asked.</summary>
public sealed class NothingCounted() : PairRule("nothing-counted", "A run has no reads or writes")
{
    /// <inheritdoc/>
    public override bool StandsAlone => true;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => "a run without reads and writes";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        RunView? empty = facts.First.Transfers is null ? facts.First : facts.Other.Transfers is null ? facts.Other : null;
        return empty is null ? null : Answer(Verdict.Caution, $"{empty.Label} has no counted reads or writes, so there is nothing to compare.");
    }
}

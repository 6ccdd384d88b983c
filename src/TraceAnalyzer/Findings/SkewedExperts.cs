using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Do few experts of a mixture of experts have most of what is read of them?</summary>
public sealed class SkewedExperts() : FindingRule<TraceFacts>("skewed-experts", "Few experts have half of the expert bytes read", "experts")
{
    // With fewer, experts chosen evenly at random would look skewed too.
    private const double LeastFetches = 4;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if at most {Units.Share(thresholds.SkewedExpertShare)} of the experts have half of the bytes read of all while tokens are made; not answerable below {Units.Count(LeastFetches)} fetches per expert on average";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Report.Run?.ModelUse?.Experts is not { } experts)
            return null;
        int all = experts.Experts.Length;
        if (!experts.OfTokens)
            return NotAnswerable("No expert is read while tokens are made, or no tokens are known; loading reads all of them alike.");
        var perExpert = new Evidence("fetches per expert", (double)experts.Fetches!.Value / all, Unit.Count, LeastFetches);
        if (perExpert.Value < LeastFetches)
            return NotAnswerable($"The tokens fetch an expert {Units.Count(perExpert.Value)} times on average, too seldom to tell a preference from chance.", perExpert);
        double share = (double)experts.HoldHalf / all;
        return Answer(
            share <= thresholds.SkewedExpertShare ? Verdict.Shown : Verdict.NotShown,
            $"{Units.Count(experts.HoldHalf)} of {Units.Count(all)} experts ({Units.Share(share)}) have half of the bytes that tokens read of experts, {Units.Count(experts.Hold80Percent)} have 80 %, {Units.Count(experts.NeverRead)} are not read while tokens are made. Experts that the page cache holds leave no trace.",
            new Evidence("share of the experts that have half", share, Unit.Share, thresholds.SkewedExpertShare),
            perExpert,
            new Evidence("experts not read while tokens are made", experts.NeverRead, Unit.Count));
    }
}

using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Does one exact request size have most requests and most bytes?</summary>
public sealed class DominantSize() : FindingRule<TraceFacts>("dominating-size", "One request size dominates", "request-sizes")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if one exact size has at least {Units.Share(thresholds.DominatingShare)} of the requests, and of their bytes, of the main operation (reads or writes, whichever move more bytes)";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        OperationReport main = facts.Main;
        RequestSizeResult sizes = main.Sizes;
        if (sizes.RangeBytes is not null)
            return NotAnswerable($"{Units.Count(sizes.Sizes.Length)} ranges stand for the sizes of the {main.Name}s: there are too many to tell apart.");
        if (main.Overview.Requests == 1)
            return NotAnswerable($"There is one {main.Name} only.");
        return Answer(
            Math.Min(sizes.DominatingShareOfRequests, sizes.DominatingShareOfBytes) >= thresholds.DominatingShare ? Verdict.Shown : Verdict.NotShown,
            $"{Units.Share(sizes.DominatingShareOfRequests)} of the {main.Name}s, with {Units.Share(sizes.DominatingShareOfBytes)} of their bytes, are {Units.Bytes(sizes.DominatingSizeBytes)}.",
            new Evidence("size", sizes.DominatingSizeBytes, Unit.Bytes),
            new Evidence("share of requests", sizes.DominatingShareOfRequests, Unit.Share, thresholds.DominatingShare),
            new Evidence("share of bytes", sizes.DominatingShareOfBytes, Unit.Share, thresholds.DominatingShare),
            new Evidence("requests", main.Overview.Requests, Unit.Count));
    }
}

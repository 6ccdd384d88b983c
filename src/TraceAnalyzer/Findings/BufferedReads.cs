using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Is data read through the page cache? Only the page cache reads ahead; a read of file data without it is direct, or buffered with read-ahead turned off.</summary>
public sealed class BufferedReads() : FindingRule<TraceFacts>("buffered", "Data is read through the page cache")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"shown if at least {Units.Share(thresholds.BufferedShare)} of the bytes read are marked as read-ahead (A in rwbs)";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.ReadAheadShare is not { } ahead)
            return NotAnswerable("Nothing was read.");
        bool isShown = ahead >= thresholds.BufferedShare;
        string kind = isShown ? "read-ahead of the page cache" : 1 - ahead >= thresholds.BufferedShare ? "direct I/O, or buffered reads without read-ahead" : "read-ahead in part";
        return Answer(
            isShown ? Verdict.Shown : Verdict.NotShown,
            $"{Units.Share(ahead)} of the bytes read are marked as read-ahead (A in rwbs): {kind}.{Issuer(facts)}",
            new Evidence("share of read-ahead in the bytes read", ahead, Unit.Share, thresholds.BufferedShare));
    }

    // At an issue the current process need not be the one that reads: a worker of the kernel issues for others.
    private static string Issuer(TraceFacts facts)
    {
        string action = facts.Report.Settings.CountedAction;
        if (action == BlockAction.Complete.Name() || facts.Read is not { } read)
            return "";
        var most = facts.Device.Processes.Where(use => use is { ReadBytes: > 0, Name: not null }).GroupBy(use => use.Name!)
            .Select(uses => (Name: uses.Key, Bytes: uses.Sum(use => use.ReadBytes))).OrderByDescending(uses => uses.Bytes).FirstOrDefault();
        return most.Bytes == 0 ? "" : $" {Units.Share((double)most.Bytes / read.Overview.Bytes)} of the bytes read are {(action == BlockAction.Queue.Name() ? "queued" : "issued")} by '{most.Name}'.";
    }
}

using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Is the dominant size the largest one that device or kernel allow?</summary>
public sealed class RequestSizeCap() : FindingRule<TraceFacts>("request-size-cap", "The dominant request size is capped by a device or kernel limit", "request-sizes")
{
    // The window of read-ahead can cap what is read ahead, and nothing else: it must be most of what is read.
    private const double MostShare = 0.5;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        "shown if the dominant size is also the largest, and equals max_sectors_kb, the transfer limit of the NVMe controller (MDTS) or, where most bytes read are marked as read-ahead, read_ahead_kb";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        OperationReport main = facts.Main;
        RequestSizeResult sizes = main.Sizes;
        bool isReadAhead = ReferenceEquals(main, facts.Read) && facts.ReadAheadShare >= MostShare;
        (string Name, int? KiB)[] limits = [("max_sectors_kb", facts.Queue.MaxSectorsKiB), ("MDTS", facts.Queue.MaxDataTransferKiB), ("read_ahead_kb", isReadAhead ? facts.Queue.ReadAheadKiB : null)];
        limits = [.. limits.Where(limit => limit.KiB is > 0)];
        if (limits.Length == 0)
            return NotAnswerable("No limit of the device's request size is known (max_sectors_kb, MDTS; read_ahead_kb if data is read ahead).");

        string[] equal = [.. limits.Where(limit => limit.KiB * 1024L == sizes.DominatingSizeBytes).Select(limit => limit.Name)];
        bool isCap = equal.Length > 0 && sizes.DominatingSizeBytes == main.Overview.MaxSizeBytes;
        long splits = facts.Device.Actions.FirstOrDefault(action => action.Letter == "X")?.Count ?? 0;
        string dominant = Units.Bytes(sizes.DominatingSizeBytes);
        string sentence = isCap
            ? $"{dominant}, the dominant and largest size of the {main.Name}s, equals {string.Join(", ", equal)}: "
                + (splits > 0 ? $"larger requests were split {Units.Count(splits)} times, so it reflects the system, not the framework." : "larger requests would be split, so the size can reflect the system rather than the framework.")
            : equal.Length > 0
                ? $"The dominant size of the {main.Name}s, {dominant}, equals {string.Join(", ", equal)}, but requests of up to {Units.Bytes(main.Overview.MaxSizeBytes)} occur."
                : $"The dominant size of the {main.Name}s, {dominant}, is not a known limit ({string.Join(", ", limits.Select(limit => $"{limit.Name} {Units.Bytes(limit.KiB!.Value * 1024.0)}"))}); the largest is {Units.Bytes(main.Overview.MaxSizeBytes)}.";
        return Answer(
            isCap ? Verdict.Shown : Verdict.NotShown,
            sentence,
            [
                new Evidence("size", sizes.DominatingSizeBytes, Unit.Bytes),
                new Evidence("largest size", main.Overview.MaxSizeBytes, Unit.Bytes),
                .. limits.Select(limit => new Evidence(limit.Name, limit.KiB!.Value * 1024.0, Unit.Bytes)),
                splits > 0 ? new Evidence("splits", splits, Unit.Count) : null,
            ]);
    }
}

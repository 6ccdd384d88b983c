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
        "shown if the dominant size is also the largest, and equals max_sectors_kb, the transfer limit of the NVMe controller (MDTS) or, where most bytes read are marked as read-ahead, read_ahead_kb or twice that (posix_fadvise(SEQUENTIAL) doubles the window)";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        OperationReport main = facts.Main;
        bool isReadAhead = ReferenceEquals(main, facts.Read) && facts.ReadAheadShare >= MostShare;
        Limit[] hard = [.. Known(new("max_sectors_kb", facts.Queue.MaxSectorsKiB ?? 0), new("MDTS", facts.Queue.MaxDataTransferKiB ?? 0))];
        Limit[] window = isReadAhead ? [.. Known(new("read_ahead_kb", facts.Queue.ReadAheadKiB ?? 0), new("2 x read_ahead_kb", 2L * (facts.Queue.ReadAheadKiB ?? 0)))] : [];
        string? unknown = isReadAhead ? facts.Queue.UnknownReadAhead : null;
        if (hard.Length + window.Length == 0)
            return NotAnswerable($"No limit of the device's request size is known (max_sectors_kb, MDTS; read_ahead_kb if data is read ahead){(unknown is null ? "" : "; " + unknown)}.");

        long size = main.Sizes.DominatingSizeBytes;
        long largest = main.Overview.MaxSizeBytes;
        // Whatever is read ahead, the queue's limit cuts it: that read_ahead_kb is the same does not matter then.
        Limit[] equal = [.. hard.Where(limit => limit.Bytes == size)];
        bool isHard = equal.Length > 0;
        if (!isHard)
            equal = [.. window.Where(limit => limit.Bytes == size)];
        string names = string.Join(", ", equal.Select(limit => limit.Name));
        bool isCap = equal.Length > 0 && size == largest;
        bool isSplit = isCap && isHard && facts.Splits > 0;
        string sentence = isCap
            ? $"{Units.Bytes(size)}, the dominant and largest size of the {main.Name}s, equals {names}: {Meaning(isHard, equal[0], facts.Splits)}."
            : equal.Length > 0
                ? $"The dominant size of the {main.Name}s, {Units.Bytes(size)}, equals {names}, but requests of up to {Units.Bytes(largest)} occur."
                : $"The dominant size of the {main.Name}s, {Units.Bytes(size)}, is not a known limit ({string.Join("; ", [string.Join(", ", hard.Concat(window.Take(1)).Select(limit => $"{limit.Name} {Units.Bytes(limit.Bytes)}")), .. unknown is null ? (string[])[] : [unknown]])}); the largest is {Units.Bytes(largest)}.";
        return Answer(
            isCap ? Verdict.Shown : Verdict.NotShown,
            sentence,
            [
                new Evidence("size", size, Unit.Bytes),
                new Evidence("largest size", largest, Unit.Bytes),
                .. hard.Concat(window.Take(1)).Select(limit => new Evidence(limit.Name, limit.Bytes, Unit.Bytes)),
                isSplit ? new Evidence("splits", facts.Splits, Unit.Count) : null,
            ]);
    }

    private static string Meaning(bool isHard, Limit equal, long splits) =>
        (isHard, splits) switch
        {
            (true, > 0) => $"larger requests were split {Units.Count(splits)} times, so it reflects the system, not the framework",
            (true, _) => "larger requests would be split, so the size can reflect the system rather than the framework",
            _ when equal.Name.StartsWith('2') => "the window of read-ahead of files that are read with posix_fadvise(SEQUENTIAL), so the size can reflect the system rather than the framework",
            _ => "the window of read-ahead, so the size can reflect the system rather than the framework",
        };

    private static IEnumerable<Limit> Known(params Limit[] limits) => limits.Where(limit => limit.KiB > 0);

    private readonly record struct Limit(string Name, long KiB)
    {
        public double Bytes => KiB * 1024.0;
    }
}

using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Would a fixed set of pages, kept in memory, save reads that a page cache with as much more memory would not?</summary>
public sealed class PinningBeatsMemory() : FindingRule<TraceFacts>("pinning", "Pinning saves reads that a larger page cache would not", "memory-curve")
{
    // Nobody adds less memory.
    private const long LeastBytes = 1 << 20;

    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Order;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if, of the bytes read, keeping the best fixed set of pages saves at least {Units.Share(thresholds.PinningShare)} more than LRU does, at the largest power of two that is at most half of the footprint";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Device.Reuse is not { } reuse)
            return null;
        if (reuse.Read is not { } read || reuse.Memory.Length == 0)
            return NotAnswerable("Nothing was read.");
        double again = reuse.ShareOfReads(read.AgainBytes);
        var repeats = new Evidence("share of the bytes read that had been accessed before", again, Unit.Share, thresholds.PinningShare);
        if (again < thresholds.PinningShare)
            return NotAnswerable($"{Units.Share(again)} of the bytes read had been read or written before in the trace: no memory could save more.", repeats);
        if (reuse.Memory.LastOrDefault(point => long.IsPow2(point.AddedBytes) && point.AddedBytes >= LeastBytes && point.AddedBytes <= reuse.FootprintBytes / 2) is not { AddedBytes: > 0 } memory)
            return NotAnswerable($"All that was accessed fits into {Units.Bytes(reuse.FootprintBytes)}.", repeats);
        (double lru, double pinned, double optimal) = (reuse.ShareOfReads(memory.LruSavedBytes), reuse.ShareOfReads(memory.PinnedSavedBytes), reuse.ShareOfReads(memory.OptimalSavedBytes));
        string size = Units.Bytes(memory.AddedBytes);
        string about = reuse.SampledShare < 1 ? $" Estimated from {Units.Share(reuse.SampledShare)} of the pages, with a standard error of {Units.Share(reuse.SamplingError)} of the reads, at sizes right to within 2 %." : "";
        return Answer(
            pinned - lru >= thresholds.PinningShare ? Verdict.Shown : Verdict.NotShown,
            $"{size} more page cache, managed as LRU, would save {Units.Share(lru)} of the bytes read (a lower bound); the best fixed set of {size} would save {Units.Share(pinned)}, the best possible policy {Units.Share(optimal)}."
                + $"{Named(reuse, memory.AddedBytes)} An LRU cache has to be {Units.Bytes(read.DistanceP99Bytes ?? 0)} large to save 99 % of the {Units.Share(again)} that are read again.{about}",
            new Evidence("saved by pinning beyond what LRU saves", pinned - lru, Unit.Share, thresholds.PinningShare),
            new Evidence("saved by LRU", lru, Unit.Share),
            new Evidence("saved by pinning", pinned, Unit.Share),
            new Evidence("saved at most", optimal, Unit.Share),
            repeats,
            reuse.SampledShare < 1 ? new Evidence("standard error of the sample", reuse.SamplingError, Unit.Share) : null);
    }

    private static string Named(ReuseResult reuse, long bytes)
    {
        ReuseGroup[] pinned = PinnedGroups.Of(reuse.Groups, bytes);
        return pinned.Length == 0 ? ""
            : $" Of whole layers or experts, {PinnedGroups.Name(pinned, reuse.Groups)} ({Units.Bytes(pinned.Sum(group => (double)group.FootprintBytes))}) would save {Units.Share(reuse.ShareOfReads(pinned.Sum(group => group.AgainBytes)))}.";
    }
}

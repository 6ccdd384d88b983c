using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Is data written out first, and then only read?</summary>
public sealed class ReadOnlyAfterWriteOut() : FindingRule<TraceFacts>("read-only-after-write-out", "The workload is read-only after the initial write", "bandwidth")
{
    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Order | RestsOn.Time;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if writes have at most {Units.Share(thresholds.ReadOnlyWriteShare)} of the bytes moved from the time on by which 1 % of the bytes read had been read; needs a write-out before it of at least {Units.Share(thresholds.NegligibleShare)} of the data that is read";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.OperationFilter is { } filter)
            return NotAnswerable($"Only a part of reads and writes is counted ({filter}).");
        if (facts.Read is not { } read || facts.WriteOut is not { } times)
            return NotAnswerable("Nothing was read.");
        if (facts.Write is null)
            return NotAnswerable("Nothing was written, so there is no write-out to read after.");
        double footprint = read.Overview.FootprintBytes;
        Evidence[] evidence =
        [
            new("when 1 % of the bytes read had been read, since the first read or write", times.StartNs, Unit.Nanoseconds),
            new("written before", times.WrittenBefore, Unit.Bytes, thresholds.NegligibleShare * footprint),
            new("read after", times.ReadAfter, Unit.Bytes),
            new("written after", times.WrittenAfter, Unit.Bytes),
        ];
        if (times.WrittenBefore + times.WrittenAround < thresholds.NegligibleShare * footprint)
            return NotAnswerable($"The trace has no write-out of the data that is read: {Units.Bytes(times.WrittenBefore)} are written by the time 1 % of the reads were done, {Units.Bytes(footprint)} of distinct data are read.", evidence);
        if (times.ReadAfter < thresholds.NegligibleShare * times.WrittenBefore)
            return NotAnswerable($"Next to nothing is read after the write-out: {Units.Bytes(times.ReadAfter)} of {Units.Bytes(times.WrittenBefore)} written.", evidence);

        double least = times.WrittenAfter / ((double)times.WrittenAfter + times.ReadAfter);
        double most = (times.WrittenAfter + times.WrittenAround) / ((double)times.WrittenAfter + times.WrittenAround + times.ReadAfter);
        if (least <= thresholds.ReadOnlyWriteShare && most > thresholds.ReadOnlyWriteShare)
            return NotAnswerable($"{Units.Bytes(times.WrittenAround)} are written so close to the time by which 1 % of the reads were done, {Units.Duration(times.StartNs)} after the first read or write, that the verdict depends on which side they are.", evidence);
        return Answer(
            least <= thresholds.ReadOnlyWriteShare ? Verdict.Shown : Verdict.NotShown,
            $"{Units.Bytes(times.WrittenBefore)} are written by the time 1 % of the reads were done ({Units.Duration(times.StartNs)} after the first read or write); from then on {Units.Bytes(times.ReadAfter)} are read and {Units.Bytes(times.WrittenAfter)} written ({Units.Share(least)} of the bytes from then on).",
            [.. evidence, new Evidence("share of writes in the bytes after it", least, Unit.Share, thresholds.ReadOnlyWriteShare)]);
    }
}

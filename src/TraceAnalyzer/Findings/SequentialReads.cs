using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Which pattern do reads have? Several streams at once count as sequential, each by itself; a device that reads ahead may see it otherwise.</summary>
public sealed class SequentialReads() : FindingRule<TraceFacts>("sequential", "Reads are sequential", "jumps")
{
    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Order;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if at least {Units.Share(thresholds.SequentialShare)} of the reads start where one of the last 64 streams ended, whatever came between; asked where a run folder is analyzed, or with --btt";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Read is not { } read)
            return NotAnswerable("Nothing was read.");
        if (read.Sequence is not { } sequence)
            return NotAnswerable("The order of the requests is followed where a run folder is analyzed, or with --btt.");
        if (sequence.Requests == 1)
            return NotAnswerable("There is one read only.");
        bool isShown = sequence.ContinuingShare >= thresholds.SequentialShare;
        return Answer(
            isShown ? Verdict.Shown : Verdict.NotShown,
            isShown ? Sequential(sequence, read.FileSequence) : Other(sequence, read, thresholds),
            new Evidence("share of reads that continue one of the last streams", sequence.ContinuingShare, Unit.Share, thresholds.SequentialShare),
            new Evidence("share of reads that directly follow the one before", sequence.FollowingShare, Unit.Share),
            new Evidence("share of reads that follow the one before of their process", sequence.OwnFollowingShare, Unit.Share),
            sequence.Streams is { } streams ? new Evidence("streams that 90 % of the continuing reads continue", streams, Unit.Count) : null,
            new Evidence("length of the runs that half of the bytes are in, at least", sequence.HalfOfBytesRunBytes, Unit.Bytes),
            sequence.Jumps is { } jumps ? new Evidence("median jump", jumps.DistanceP50Bytes, Unit.Bytes) : null,
            read.FileSequence is { } inFiles ? new Evidence("share that continues a stream by offsets in files, of reads in known files", inFiles.ContinuingShare, Unit.Share) : null);
    }

    private static string Sequential(SequenceResult sequence, SequenceResult? inFiles)
    {
        string streams = sequence.Streams is 1 or null ? "One sequential stream" : $"{sequence.Streams} interleaved sequential streams";
        string files = inFiles is null ? "" : $" By offsets in their files it is {Units.Share(inFiles.ContinuingShare)}.";
        return $"{streams}, half of the bytes in runs of {Units.Bytes(sequence.HalfOfBytesRunBytes)} or more: {Units.Share(sequence.ContinuingShare)} of the reads start where one of the last streams ended, "
            + $"{Units.Share(sequence.FollowingShare)} where the read right before them ended.{files}";
    }

    private static string Other(SequenceResult sequence, OperationReport read, Thresholds thresholds)
    {
        RequestSizeResult sizes = read.Sizes;
        string size = sizes.DominatingShareOfRequests >= thresholds.DominatingShare ? Units.Bytes(sizes.DominatingSizeBytes) : $"of {Units.Bytes((double)read.Overview.Bytes / read.Overview.Requests)} on average";
        string pattern = sequence.Jumps is { } strided && strided.StrideAtLeast >= thresholds.DominatingShare * sequence.Requests
            ? $"Strided reads, at least {Units.Share((double)strided.StrideAtLeast / sequence.Requests)} of them {Units.Bytes(Math.Abs(strided.StrideBytes))} {(strided.StrideBytes < 0 ? "before" : "after")} the start of the one before"
            : sequence.Continuing - sequence.ByChance <= (1 - thresholds.SequentialShare) * sequence.Requests ? $"Random reads, {size}" : $"Reads partly sequential, {size}";
        string jump = sequence.Jumps is { } jumps ? $"; the median jump is {Units.Bytes(jumps.DistanceP50Bytes)}" : "";
        string files = read.FileSequence is { } inFiles ? $". By offsets in their files it is {Units.Share(inFiles.ContinuingShare)}" : "";
        string chance = sequence.ByChance > 0.01 * sequence.Requests ? $" ({Units.Share((double)sequence.ByChance / sequence.Requests)} about by chance)" : "";
        return $"{pattern}: {Units.Share(sequence.ContinuingShare)} of the reads start where one of the last 64 streams ended{chance}, {Units.Share(sequence.FollowingShare)} where the read right before them ended{jump}{files}.";
    }
}

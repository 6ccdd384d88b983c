using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Do reads continue earlier ones? Several streams at once count as sequential, each by itself; a device that reads ahead may see it otherwise.</summary>
public sealed class SequentialReads() : FindingRule<TraceFacts>("sequential", "Reads continue one of the last streams", "heatmap-read")
{
    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Order;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if at least {Units.Share(thresholds.SequentialShare)} of the reads start where an earlier read of the device ended, whatever came between; asked where a run folder is analyzed";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Read is null)
            return NotAnswerable("Nothing was read.");
        if (facts.Read.Sequence is not { } sequence)
            return NotAnswerable("The order of the requests is followed where a run folder is analyzed, not for a trace alone.");
        if (sequence.Requests == 1)
            return NotAnswerable("There is one read only.");
        bool isShown = sequence.ContinuingShare >= thresholds.SequentialShare;
        Evidence[] evidence =
        [
            new("share of reads that continue one of the last streams", sequence.ContinuingShare, Unit.Share, thresholds.SequentialShare),
            new("share of reads that directly follow the one before", sequence.FollowingShare, Unit.Share),
        ];
        if (!isShown && sequence.IsLowerBound)
            return NotAnswerable($"At least {Units.Share(sequence.ContinuingShare)} of the reads start where an earlier read ended; there are more such places than are remembered, so it could be more.", evidence);
        return Answer(
            isShown ? Verdict.Shown : Verdict.NotShown,
            $"{Units.Share(sequence.ContinuingShare)} of the reads start where an earlier read of the device ended, {Units.Share(sequence.FollowingShare)} where the read right before them ended.",
            evidence);
    }
}

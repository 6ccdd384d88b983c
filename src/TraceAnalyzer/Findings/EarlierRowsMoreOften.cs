using TraceAnalyzer.Reports;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Does the device read earlier token positions of a KV cache more often than later ones?</summary>
public sealed class EarlierRowsMoreOften() : FindingRule<TraceFacts>("earlier-rows-more-often", "Earlier KV-cache positions are read more often", "kv-rows")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if the rank correlation of token position and reads is at most {Units.Coefficient(thresholds.EarlierRowsCorrelation)} and the earlier half of the positions is read at least {Units.Ratio(thresholds.EarlierRowsRatio)} as often as the later half; positions that the device does not read even once are left out";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Report.Run?.KvRows is not { } rows)
            return NotAnswerable("Which sectors hold which token position of a KV cache is not recorded.");
        // What the device never reads is in the page cache, or is of the last token: it says nothing about how often it is used. A request that reaches into
        // a position reads a part of it.
        double[] reads = [.. rows.Reads.Where(count => count >= 1)];
        int left = rows.Reads.Length - reads.Length;
        var leftOut = new Evidence("positions that the device does not read", left, Unit.Count);
        if (reads.Length < 2)
            return NotAnswerable($"The device reads fewer than two of the {Units.Count(rows.Reads.Length)} token positions.", leftOut);
        (double early, double late) = Halves(reads);
        double correlation = RankCorrelation.WithPosition(reads) ?? 0;
        string without = left > 0 ? $" Positions that the device does not read even once are left out ({Units.Count(left)}): the page cache has them, or they are of the last token." : "";
        return Answer(
            correlation <= thresholds.EarlierRowsCorrelation && early >= thresholds.EarlierRowsRatio * late ? Verdict.Shown : Verdict.NotShown,
            $"The device reads the earlier half of {Units.Count(reads.Length)} positions {Units.Count(early)} times on average and the later half {Units.Count(late)} times; the rank correlation of position and reads is {Units.Coefficient(correlation)}.{without}",
            new Evidence("rank correlation", correlation, Unit.Coefficient, thresholds.EarlierRowsCorrelation),
            new Evidence("reads of the earlier half", early, Unit.Ratio),
            new Evidence("reads of the later half", late, Unit.Ratio),
            new Evidence("earlier over later half", early / late, Unit.Ratio, thresholds.EarlierRowsRatio),
            leftOut);
    }

    private static (double Early, double Late) Halves(double[] reads) => (reads[..(reads.Length / 2)].Average(), reads[(reads.Length / 2)..].Average());
}

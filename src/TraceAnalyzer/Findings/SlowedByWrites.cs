using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Are reads slower where data was written just before them?</summary>
public sealed class SlowedByWrites() : FindingRule<TraceFacts>("slowed-by-writes", "Reads are slower right after writes", "tails")
{
    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Time;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if reads with writes in the 100 ms before them have at least {Units.Ratio(thresholds.TailRatio)} the 99th percentile of those without, and at most {Units.Share(TailStretch.Level)} of the shifts of the writes in time correlate as much with the windows' 99th percentiles";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Read is null || facts.Write is null)
            return null;
        if (facts.Device.Interference is not { } interference)
            return NotAnswerable(facts.Report.Aggregate is not null ? "What is written is that of each device." : facts.Report.Settings.Filters.Length > 0 ? "A filter leaves requests out." : "The trace lacks issues or completions.");
        if (interference.P99Ratio is not { } ratio)
            return NotAnswerable("Fewer than 100 reads have writes in the 100 ms before them, or have none.");
        if (interference.PValue is not { } pValue)
            return NotAnswerable($"There are fewer than 40 windows with 100 reads; p99 of reads with writes just before them is {Units.Ratio(ratio)} that of others.");
        Evidence[] evidence =
        [
            new("p99 of reads with writes in the 100 ms before over that of reads without", ratio, Unit.Ratio, thresholds.TailRatio),
            new("p-value of the correlation", pValue, Unit.Share, TailStretch.Level),
            new("rank correlation of p99 and bytes written", interference.Correlation!.Value, Unit.Coefficient),
        ];
        long with = interference.Bins.Where(bin => bin.AboveBytes is not null).Sum(bin => bin.Reads);
        string sentence = $"{Units.Share((double)with / interference.Bins.Sum(bin => bin.Reads))} of the reads have writes in the 100 ms before them; their p99 is {Units.Ratio(ratio)} that of the others{Most(interference)}.";
        bool isLarge = ratio >= thresholds.TailRatio;
        return isLarge && pValue > TailStretch.Level
            ? Answer(Verdict.NotShown, $"{sentence} But shifted in time the writes go with slow reads as often ({Units.Share(pValue)} of the shifts), so it need not be the writes.", evidence)
            : Answer(isLarge ? Verdict.Shown : Verdict.NotShown, sentence, evidence);
    }

    // What writes in bulk do is lost among those of a journal; told, but not what decides.
    private static string Most(WriteInterference interference)
    {
        InterferenceBin? none = Array.Find(interference.Bins, bin => bin.AboveBytes is null);
        InterferenceBin? most = Array.FindLast(interference.Bins, bin => bin is { AboveBytes: > 0, Reads: >= TailResult.LeastRequests });
        return none is null || most is null ? "" : $", with more than {Units.Bytes(most.AboveBytes!.Value)} written {Units.Ratio(most.P99Ns / none.P99Ns)}";
    }
}

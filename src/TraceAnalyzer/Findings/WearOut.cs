using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Would writing at this rate wear the drive out early?</summary>
public sealed class WearOut() : FindingRule<TraceFacts>("wear", "Writing at this rate wears the drive out early")
{
    private const double HoursPerDay = 24;

    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Time;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if the rated bytes (--tbw) are written in less than {Units.Count(thresholds.DriveYears)} years or, where they are not stated, the capacity (--capacity) more than {Units.Count(thresholds.DriveWritesPerDay)} times per day";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Device.Wear is not { BytesPerDay: > 0 and var perDay } wear || wear.WriteBytes < thresholds.NegligibleShare * facts.Device.TransferredBytes)
            return null;
        string rewritten = wear.RewriteFactor switch
        {
            null => "",
            < 1.005 => " In the trace no sector, or next to none, is written twice.",
            { } factor => $" In the trace each sector that is written is written {Units.Count(factor)} times on average.",
        };
        string rate = $"If it went on as in these {Units.Duration(wear.SpanNs)}, {Units.Bytes(perDay / HoursPerDay)} would be written per hour and {Units.Bytes(perDay)} per day.{rewritten}";
        string amplification = Amplification(facts.Report.Run);
        Evidence?[] evidence =
        [
            wear.YearsToRated is { } toRated ? new Evidence("years until the rated bytes are written", toRated, Unit.Count, thresholds.DriveYears) : null,
            wear.DriveWritesPerDay is { } times ? new Evidence("drive writes per day", times, Unit.Count, wear.YearsToRated is null ? thresholds.DriveWritesPerDay : null) : null,
            new Evidence("bytes written per day", perDay, Unit.Bytes),
            wear.RewriteFactor is { } rewrites ? new Evidence("bytes written over distinct bytes written", rewrites, Unit.Ratio) : null,
        ];
        if (wear.YearsToRated is { } years)
            return Answer(years < thresholds.DriveYears ? Verdict.Shown : Verdict.NotShown, $"{rate} The {Units.Bytes(wear.RatedBytes!.Value)} that the drive is rated for last {Units.Count(years)} years. {amplification}", evidence);
        if (wear.DriveWritesPerDay is { } perDrive)
            return Answer(perDrive > thresholds.DriveWritesPerDay ? Verdict.Shown : Verdict.NotShown, $"{rate} That is {Units.Count(perDrive)} drive writes per day. {amplification}", evidence);
        return NotAnswerable($"{rate} What that means for a drive depends on its rating (--tbw, --capacity). {amplification}", evidence);
    }

    private static string Amplification(RunReport? run) => run?.DriveCounters.FirstOrDefault(counters => counters.WriteAmplification is not null) is { WriteAmplification: { } measured } drive
        ? $"The drive's own counters ({drive.Source}) say that it wrote {Units.Ratio(measured)} what it was given to its flash."
        : "How much the drive rewrites by itself is not visible in a block trace.";
}

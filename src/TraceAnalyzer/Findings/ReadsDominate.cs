using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Is far more read than written?</summary>
public sealed class ReadsDominate() : FindingRule<TraceFacts>("read-above-write", "Reads dominate: read bandwidth far exceeds write bandwidth", "bandwidth")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"shown if at least {Units.Count(thresholds.ReadWriteRatio)} times as many bytes are read as written";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);

        if (facts.OperationFilter is { } filter)
            return NotAnswerable($"Only a part of reads and writes is counted ({filter}).");

        // Both over the time from the first request to the last: else a short burst would count as much as a long run.
        long spanNs = facts.Device.CountedSpanNs;
        if (spanNs == 0)
            return NotAnswerable("All requests have the same time.");
        double seconds = spanNs / 1e9;
        double read = (facts.Read?.Overview.Bytes ?? 0) / seconds;
        double written = (facts.Write?.Overview.Bytes ?? 0) / seconds;
        return Answer(
            read >= thresholds.ReadWriteRatio * written ? Verdict.Shown : Verdict.NotShown,
            $"From the first request to the last, {Units.Duration(spanNs)}, the mean bandwidth is {Units.Rate(read)} for reads and {Units.Rate(written)} for writes.",
            written > 0 ? new Evidence("read over write bandwidth", read / written, Unit.Ratio, thresholds.ReadWriteRatio) : null,
            new Evidence("read bandwidth", read, Unit.BytesPerSecond),
            new Evidence("write bandwidth", written, Unit.BytesPerSecond));
    }
}

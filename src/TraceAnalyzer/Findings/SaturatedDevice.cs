using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Is reading as fast as the device allows?</summary>
public sealed class SaturatedDevice() : FindingRule<TraceFacts>("saturated", "Reads saturate the device", "bandwidth")
{
    private const double GiB = 1L << 30;

    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Time;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if the mean read bandwidth is at least {Units.Share(thresholds.SaturatedShare)} of what the device can read, as stated (--roofline, device_read_gib_per_s of run.json) or measured by a read-only fio job that did not run while tracing";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Read?.Overview is not { } read)
            return NotAnswerable("Nothing was read.");
        if (read.MeanBytesPerSecond is not { } mean)
            return NotAnswerable("All requests have the same time.");
        if (facts.Report.Run?.Facts.DeviceReadGiBPerSecond is not { } roofline)
            return NotAnswerable("What the device can read is neither stated (device_read_gib_per_s of run.json, or --roofline) nor measured (by a read-only fio job that did not run while tracing).");
        double share = mean / GiB / roofline;
        return Answer(
            share >= thresholds.SaturatedShare ? Verdict.Shown : Verdict.NotShown,
            $"The mean read bandwidth is {Units.Rate(mean)}, {Units.Share(share)} of the {Units.Rate(roofline * GiB)} that the device can read ({facts.Report.Run.Facts.DeviceBandwidthSource}); the peak is {Units.Rate(read.PeakBytesPerSecond)} over {Units.Duration(facts.Report.Time.WidthNs)}.",
            new Evidence("mean over device bandwidth", share, Unit.Share, thresholds.SaturatedShare),
            new Evidence("mean read bandwidth", mean / GiB, Unit.GiBPerSecond),
            new Evidence("device read bandwidth", roofline, Unit.GiBPerSecond));
    }
}

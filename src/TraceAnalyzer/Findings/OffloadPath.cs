using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Did what the workload says it moved reach the device at all?</summary>
public sealed class OffloadPath() : FindingRule<TraceFacts>("offload-path", "The device moves what the workload reports")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if the traced devices moved at least {Units.Share(thresholds.ServedShare)} of the bytes that the workload reports, in the direction that it reports more of; the kernel's counters agree with the trace within {Units.Share(thresholds.SameBytesShare)}";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Report.Run?.Moved is not { Length: > 1 } moved)
            return null;
        (string kernel, Evidence? agreement) = Kernel(moved, thresholds);
        (MovedBytes Source, long Bytes, double Share, bool IsWrite)[] reports = [.. moved.Where(source => source.By == MovedBytes.ByWorkload).Select(Reported).OfType<(MovedBytes, long, double, bool)>()];
        if (reports.Length == 0)
            return NotAnswerable($"No file reports what the workload moved while it was traced{kernel}.", agreement);
        (MovedBytes worst, long bytes, double share, bool isWrite) = reports.MinBy(report => report.Share);
        string what = isWrite ? "written" : "read";
        long device = (isWrite ? moved[0].WriteBytes : moved[0].ReadBytes) ?? 0;
        bool isServed = share >= thresholds.ServedShare;
        string rest = isServed ? "" : isWrite ? ": the rest was not written back while it was traced, or went elsewhere" : ": the rest came from the page cache, from elsewhere, or was not traced";
        return Answer(
            isServed ? Verdict.Shown : Verdict.NotShown,
            $"{worst.Source} reports {Units.Bytes(bytes)} {what}, and the device has {Units.Bytes(device)}, {Units.Share(share)} of it{rest}{kernel}.",
            new Evidence($"{what} by the device over what {worst.Source} reports", share, Unit.Share, thresholds.ServedShare),
            agreement);
    }

    private static (MovedBytes Source, long Bytes, double Share, bool IsWrite)? Reported(MovedBytes source)
    {
        bool isWrite = (source.WriteBytes ?? 0) > (source.ReadBytes ?? 0);
        return (isWrite ? source.DeviceWriteRatio : source.DeviceReadRatio) is { } share ? (source, (isWrite ? source.WriteBytes : source.ReadBytes)!.Value, share, isWrite) : null;
    }

    private static (string Words, Evidence? Evidence) Kernel(MovedBytes[] moved, Thresholds thresholds)
    {
        MovedBytes trace = moved[0];
        if (Array.Find(moved, source => source is { By: MovedBytes.ByKernel, IsNotComparable: false }) is not { ReadBytes: { } read, WriteBytes: { } written } || read + written == 0 || trace.Remark is not null)
            return ("", null);
        double share = ((trace.ReadBytes ?? 0) + (double)(trace.WriteBytes ?? 0)) / (read + (double)written);
        bool agrees = Math.Abs(1 - share) <= thresholds.SameBytesShare;
        return ($"; the kernel counted {Units.Bytes(read)} read and {Units.Bytes(written)} written, {(agrees ? "as the trace has it" : $"of which the trace has {Units.Share(share)}")}",
            new Evidence("traced bytes over those that the kernel counted", share, Unit.Share, agrees || share < 1 ? 1 - thresholds.SameBytesShare : 1 + thresholds.SameBytesShare));
    }
}

using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports.OfComparison;

/// <summary>One run as comparisons see it: a report, and the device of it that is compared.</summary>
/// <param name="Label">What people see.</param>
/// <param name="Report">The report.</param>
/// <param name="Device">The device; null if nothing was counted.</param>
public sealed record RunView(string Label, TraceReport Report, DeviceReport? Device)
{
    /// <summary>The share of the accesses that <see cref="HottestShare"/> looks up.</summary>
    private const double HottestTenth = 0.1;

    /// <summary>Counted reads and writes together; null if there are none.</summary>
    public OperationReport? Transfers => Device?.Transfers is { Overview.Requests: > 0 } transfers ? transfers : null;

    /// <summary>The counted requests of a class; null if there are none.</summary>
    public OperationReport? Operation(OperationClass @class) => Device?.OfClass(@class);

    /// <summary>Bytes of a class; 0 if there are none.</summary>
    public long Bytes(OperationClass @class) => Operation(@class)?.Overview.Bytes ?? 0;

    /// <summary>Share of a class in the bytes transferred, 0 to 1.</summary>
    public double ShareOfBytes(OperationClass @class) => Transfers is { Overview.Bytes: > 0 and var all } ? (double)Bytes(@class) / all : 0;

    /// <summary>Share of the accesses that the hottest tenth of the touched sectors has; null if not known.</summary>
    public static double? HottestShare(SectorAccessResult? access) =>
        access?.HotShares.FirstOrDefault(share => Math.Abs(share.HottestSectorShare - HottestTenth) < 1e-9)?.AccessShare;

    /// <summary>The device to compare: the one named, or what the run's findings are about; of a run that moved nothing the first.</summary>
    /// <exception cref="TraceException">The run does not have the device that was named.</exception>
    public static DeviceReport? Choose(TraceReport report, string? device)
    {
        if (device is not null)
        {
            return report.ReportedDevices.FirstOrDefault(candidate => candidate.Device == device || candidate.Name == device || candidate.Name == "/dev/" + device) ?? throw new TraceException(
                $"{report.Source.Name} has no device {device}; it has {(report.Devices.Length == 0 ? "none" : string.Join("; ", report.Devices.Select(other => other.Label())))}");
        }

        return report.MainDevice ?? report.Devices.FirstOrDefault();
    }
}

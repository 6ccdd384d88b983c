using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports;

/// <summary>Which devices are shown to people: all, unless there are too many to draw; report.json and the CSV files have every one.</summary>
public static class ShownDevices
{
    /// <summary>Most devices shown.</summary>
    public const int Most = 32;

    /// <summary>Of <paramref name="devices"/>, in their order, the <see cref="Most"/> that moved most bytes.</summary>
    public static DeviceReport[] Of(IEnumerable<DeviceReport> devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        DeviceReport[] all = [.. devices];
        if (all.Length <= Most)
            return all;
        HashSet<DeviceReport> shown = new(all.OrderByDescending(device => device.TransferredBytes).Take(Most), ReferenceEqualityComparer.Instance);
        return Array.FindAll(all, shown.Contains);
    }

    /// <summary>A sentence that says which, e.g. above a list of them; null if all are shown.</summary>
    /// <param name="devices">How many devices there are.</param>
    /// <param name="all">What has all of them.</param>
    public static string? Sentence(int devices, string all = "report.json and the CSV files") => devices <= Most
        ? null
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Shown are the {Most} of {devices} devices that moved most bytes; {all} {(all.StartsWith('-') ? "has" : "have")} all.");
}

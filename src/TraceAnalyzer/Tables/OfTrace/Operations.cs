using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>What tables by operation begin with, and how their rows are found.</summary>
public static class Operations
{
    /// <summary>Device, scope and operation.</summary>
    public static readonly Column[] Columns = [Column.Text("device", "Device"), Column.Text("scope", "Scope"), Column.Text("operation", "Operation")];

    /// <summary>Every operation of every device.</summary>
    public static IEnumerable<(string Device, string Scope, OperationReport Operation)> Of(TraceReport report) =>
        from device in report.Devices
        from operation in device.Operations
        select (device.Device, EnumNames.Camel(operation.Scope), operation);

    /// <summary>Only reads and writes transfer what they say: a discard of 1 GiB has no bandwidth.</summary>
    public static bool Transfers(OperationReport operation) => operation.Class is null or OperationClass.Read or OperationClass.Write;

    /// <summary>A part of a whole, 0 for a whole of nothing.</summary>
    public static double ShareOf(double part, double whole) => whole > 0 ? part / whole : 0;

    /// <summary>Start of a bin in nanoseconds.</summary>
    public static long StartNs(TimeBinning bins, int index) => bins.OriginNs + (index * bins.WidthNs);

    /// <summary>Start of a bin in seconds from the start of the report's time axis.</summary>
    public static double StartSeconds(TraceReport report, TimeBinning bins, int index) => (StartNs(bins, index) - report.Time.OriginNs) / 1e9;
}

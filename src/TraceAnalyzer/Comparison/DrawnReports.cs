using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Comparison;

/// <summary>What a comparison keeps of its reports, so that its figures and its page can be made again without them.</summary>
internal static class DrawnReports
{
    /// <summary>A report without what no figure of a comparison is drawn from: other devices, other classes, and what the comparison has on common axes.</summary>
    public static TraceReport Of(RunView run)
    {
        TraceReport report = run.Report;
        return new TraceReport
        {
            Source = report.Source with { Files = [] },
            Settings = report.Settings,
            Integrity = [.. report.Integrity.Where(counter => counter.Count > 0)],
            Events = report.Events,
            Actions = [],
            FirstEventNs = report.FirstEventNs,
            LastEventNs = report.LastEventNs,
            // Series over time are in the comparison, on its own axes.
            Time = report.Time with { Count = 0 },
            Devices = run.Device is { } device ? [Of(device)] : [],
            Run = report.Run is { } known ? Of(known) : null,
        };
    }

    private static DeviceReport Of(DeviceReport device) => new()
    {
        Device = device.Device,
        Name = device.Name,
        Actions = [],
        Operations = [.. device.Operations.Where(operation => operation is { Scope: OperationScope.Class, Class: OperationClass.Read or OperationClass.Write }).Select(Of)],
        CountedSpanNs = device.CountedSpanNs,
        Processes = [],
        Cpus = [],
        Space = device.Space,
        SectorTime = device.SectorTime,
    };

    private static OperationReport Of(OperationReport operation) => operation with
    {
        Throughput = new ThroughputResult([], []),
        SectorAccess = operation.SectorAccess is { } access ? access with { RowAccessedSectors = null, RowTouchedSectors = null, RowMaxAccesses = null } : null,
        Latency = operation.Latency is { } latency
            ? latency with { BySize = [], OverTime = latency.OverTime with { Columns = latency.OverTime.Columns with { Count = 0 }, Counts = [], P50Ns = [], P99Ns = [], MaxNs = [] } }
            : null,
    };

    private static RunReport Of(RunReport run) => new()
    {
        Folder = run.Folder,
        OtherTraces = [],
        Files = [],
        Problems = [],
        NotAnswerable = [],
        Facts = run.Facts,
        Frameworks = [],
        Gpu = run.Gpu is { } gpu ? gpu with { Gpus = [] } : null,
        Phases = [],
        Tokens = [],
        Tensors = [],
    };
}

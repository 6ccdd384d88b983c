using System.Collections.Immutable;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Sections;

/// <summary>The sections about each device of a trace. A new figure is a class of its own and a word here; so is a table.</summary>
internal static class TraceSections
{
    private const int MaxProcesses = 50;
    private const int MaxGroups = 50;

    /// <summary>All of them, in the order of the page.</summary>
    public static readonly ImmutableArray<Section<FigureContext>> All =
    [
        new("sizes", "Request sizes", [new RequestSizesFigure()],
            [View(OverviewTable.Overview, "Request sizes", "operation", "class", "requests", "min_size_bytes", "median_size_bytes", "mean_size_bytes", "max_size_bytes", "distinct_sizes",
                "dominating_size_bytes", "dominating_share_of_requests", "dominating_share_of_bytes")],
            "Each counted request's length in bytes is tallied exactly, without rounding. The dominant size is the one with the most requests."),
        new("bandwidth", "Bandwidth and IOPS", [new BandwidthFigure(), new IopsFigure()],
            [View(OverviewTable.Overview, "Totals and rates", "operation", "class", "requests", "bytes", "mean_bytes_per_second", "peak_bytes_per_second", "mean_iops", "peak_iops", "duration_ns")],
            "Requests and bytes are summed in equal time bins by the time of the counted event; a peak is the bin with the most. Means cover the span from the device's first to its last counted request, so that those of reads and writes add up."),
        new("space", "Where on the device", [new HeatmapFigure(OperationClass.Read), new HeatmapFigure(OperationClass.Write), new AccessMapFigure(), new AccessCdfFigure(), new LorenzFigure()],
            [context => View(SectorAccessTables.Access, IsEstimate(context) ? "Accesses of the touched sectors (an estimate)" : "Accesses of the touched sectors", "operation", "touched_bytes", "mean_accesses", "max_accesses", "gini", "hottest_1_percent_share", "hottest_10_percent_share",
                "hottest_20_percent_share", "hottest_50_percent_share")(context),
            ],
            "Each request adds one access to each 512-byte sector it covers; sectors that nothing touched do not count. The Gini coefficient of the counts is 0 where all touched sectors are accessed equally often, and approaches 1 where a few get all accesses."),
        new("sequence", "How requests follow each other", [new JumpsFigure()],
            [
                View(SequenceTable.Sequences, "Sequential requests", "operation", "space", "requests", "continuing_share", "streams", "own_following_share", "following_share", "run_p50_bytes", "run_p95_bytes", "half_of_bytes_run_bytes", "jump_p50_bytes", "jump_p95_bytes"),
                View(SequenceTable.Phases, "Sequential requests by phase", "operation", "phase", "requests", "continuing_share", "following_share"),
                context => context.OfDevice(SequenceTable.Processes).First(MaxProcesses).Select("operation", "process", "pid", "requests", "following_share"),
            ],
            "Counted at one action, in its order. A request continues a stream if it begins where one of the last 64 streams of its device and operation ended, whatever came between; a run is a stream from its first request to its last. A jump is the distance from the end of one request to the beginning of the next."),
        new("steps", "Steps through the block layer", [],
            [
                View(StepTables.Steps, "Steps", "step", "count", "min_ns", "mean_ns", "p50_ns", "p99_ns", "max_ns"),
                View(StepTables.Merges, "Merges, plugs and periods of activity", "queued", "issued", "merged", "merge_ratio", "plugs", "unplugs", "timer_unplugs", "requests_per_unplug", "requests_per_timer_unplug", "queue_periods", "queue_active_ns"),
            ],
            "The names are btt's: Q2G from queueing until a request is found, G2I to its insertion into the scheduler's queue, I2D to its issue, Q2M and M2D to and from a merge. A bio belongs to the request that it lies in when that is issued."),
        new("reuse", "Reuse and memory", [new MemoryCurveFigure(), new WorkingSetFigure()],
            [
                View(ReuseTables.Reuse, "Pages accessed again", "operation", "page_bytes_accessed", "again_bytes", "again_share", "distance_p50_bytes", "distance_p90_bytes", "time_p50_ns", "time_p90_ns", "footprint_bytes"),
                context => RoundSizes(View(ReuseTables.Memory, "What more memory would save, of the bytes read", "added_bytes", "lru_saved_share", "pinned_saved_share", "optimal_saved_share")(context)),
                context => (View(ReuseTables.Groups, "Layers and experts, those whose pinning saves most per byte first", "layer", "expert", "footprint_bytes", "again_bytes", "again_share", "distance_p50_bytes", "time_p50_ns")(context) is var groups
                    ? groups with { Rows = [.. groups.Rows.OrderByDescending(row => row[3].Number / row[2].Number).Take(MaxGroups)] } : groups).WithoutEmptyColumns(),
                context => ReferenceEquals(context.Device, context.Report.RunDevice)
                    ? RoundSizes(LogicalReuseTable.Memory.Of(context.Report).Select("memory_bytes", "lru_saved_share", "pinned_saved_share", "optimal_saved_share")) : LogicalReuseTable.Memory.Of(context.Report) with { Rows = [] },
                View(ReuseTables.Tokens, "Distinct pages read per token", "token", "unique_bytes", "repeated_bytes", "repeated_share"),
            ],
            "The reuse distance of an access is the number of distinct pages of 4 KiB accessed since its page was accessed before: an LRU cache of that size still has it. The optimum knows the future (Belady); pinning keeps the pages that are read again most. The first read of a page is never saved. The trace shows what missed the page cache that there was, so an LRU curve is a lower bound of what the same memory added to it would save.")
        { Note = context => context.Device.Reuse is { SampledShare: < 1 } reuse ? $"Estimated from {Units.Share(reuse.SampledShare)} of the pages; the shares of the curves have a standard error of {Units.Share(reuse.SamplingError)}." : null },
        new("wear", "Wear", [],
            [
                View(WearTables.Wear, "Writes and wear", "write_bytes", "footprint_bytes", "rewrite_factor", "overwrite_p50_bytes", "bytes_per_token", "bytes_per_hour", "bytes_per_day", "drive_writes_per_day", "years_to_rated", "discard_requests", "discard_bytes"),
                View(WearTables.Partial, "Writes that do not fill whole units", "unit_bytes", "requests", "share_of_requests", "share_of_bytes", "greatest_amplification"),
                context => ReferenceEquals(context.Device, context.Report.RunDevice) ? WearTables.Counters.Of(context.Report) : WearTables.Counters.Of(context.Report) with { Rows = [] },
            ],
            "Rates are those of the trace's time, as if it went on like this. A write that begins or ends within a unit of a drive makes it read and write the rest of the unit too, unless the drive collects such writes first. How much a drive rewrites by itself is not visible in a block trace; its own counters say, where their copies from before and after the run are in the folder.")
        { Note = context => context.Device.Write is null ? "Nothing was written." : null },
        new("latency", "Latency", [new LatencyPercentilesFigure(), new LatencyHeatmapFigure(), new LatencyBySizeFigure()],
            [View(LatencyTables.Latency, "Latencies", "operation", "kind", "count", "min_ns", "mean_ns", "p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns", "relative_error", "requests_without_queue")],
            "The events of a request are matched by device, sector and length: Q2D is from queue to issue, D2C from issue to completion, Q2C the whole. Count, mean and maximum are exact; percentiles come from a histogram of narrow logarithmic buckets, whose maximum relative error the table gives."),
        new("tails", "Tails and interference", [new TailsFigure()],
            [
                View(TailTables.Stretches, "Stretches of slow requests", "operation", "phase", "windows", "start_seconds", "end_seconds", "recovers", "p99_in_ns", "p99_out_ns", "ratio", "depth_ratio", "size_ratio", "write_rate_ratio", "p_value"),
                View(TailTables.Interference, "Reads by bytes written in the 100 ms before", "above_bytes", "up_to_bytes", "reads", "p50_ns", "p99_ns", "p999_ns"),
            ],
            "Percentiles of the requests issued in each window, which lasts until it has 100 of them. A stretch is the run of windows whose 99th percentiles stand most above the others; its p-value is the share of 999 shuffles of the windows that have one as clear, times the number of phases tested."),
        new("depth", "Queue depth", [new QueueDepthFigure()],
            [
                View(QueueDepthTables.Summary, "Queue depth", "device", "mean_depth", "max_depth", "idle_share"),
                View(LimitTables.Bounds, "What it would bring at most", "change", "of", "speedup", "assumption"),
                View(LimitTables.OtherDevices, "With another device", "change", "of", "now_ns", "least_ns", "speedup", "overlapped_ns", "overlapped_speedup"),
                View(TimeUseTables.Summary, "Busy and idle time", "span_ns", "idle_ns", "idle_share", "mean_busy_depth", "busy_bytes_per_second", "busy_iops", "queue_share", "gaps", "gap_p50_ns", "gap_p99_ns", "longest_gap_ns"),
                View(TimeUseTables.ByDepth, "Time by requests in flight", "from_depth", "to_depth", "time_ns", "share_of_time"),
            ],
            "A request is in flight from its issue (from its queueing, on devices without issue events) to its completion. Means are weighted by time; the device is idle while nothing is in flight, and an idle gap ends with the next issue; a request whose completion is not in the trace is counted under integrity instead."),
        new("processes", "Processes and CPUs", [],
            [
                context => context.OfDevice(UseTables.Processes).First(MaxProcesses).Select("process", "pid", "read_requests", "read_bytes", "write_requests", "write_bytes", "other_requests"),
                View(UseTables.Cpus, "CPUs", "cpu", "read_requests", "read_bytes", "write_requests", "write_bytes", "other_requests"),
                View(UseTables.Paths, "What in the kernel issued the requests", "path", "meaning", "read_requests", "read_bytes", "write_requests", "write_bytes", "other_requests", "share_of_bytes"),
            ],
            "Each counted request belongs to the process and the CPU that its counted event names. For write-back and other work that the kernel defers, that is a kernel thread and not the program that caused it."),
    ];

    /// <summary>Every figure of a device, in the order of the page.</summary>
    public static readonly ImmutableArray<Figure<FigureContext>> Figures = [.. All.SelectMany(section => section.Figures)];

    private static Func<FigureContext, Table> View(TableOf<TraceReport> table, string title, params string[] columns) =>
        context => context.OfDevice(table).Select(columns) with { Title = title };

    // The figure has all sizes.
    private static Table RoundSizes(Table curve) => curve with { Rows = [.. curve.Rows.Where((row, i) => i == curve.Rows.Count - 1 || long.IsPow2((long)row[0].Number!.Value))] };

    private static bool IsEstimate(FigureContext context) => context.Device.Operations.Any(operation => operation.SectorAccess?.Estimate is not null);
}

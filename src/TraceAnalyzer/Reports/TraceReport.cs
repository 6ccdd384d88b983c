namespace TraceAnalyzer.Reports;

/// <summary>
/// Everything an analysis found, as plain data: what figures, <c>report.json</c>, CSV files and the console are made of.
/// Nothing after this opens a trace. Times are nanoseconds on the trace's clock unless a name says otherwise;
/// sectors are 512 bytes. The schema is described in docs/report-schema.md.
/// </summary>
public sealed record TraceReport
{
    /// <summary>Version of the schema this build writes. Raised when a field changes its meaning or goes away.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>Version of the schema of this report.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>What was read.</summary>
    public required ReportSource Source { get; init; }

    /// <summary>What was asked.</summary>
    public required ReportSettings Settings { get; init; }

    /// <summary>What went wrong while reading, counter by counter; all of them, zero or not.</summary>
    public required IntegrityCounter[] Integrity { get; init; }

    /// <summary>Events in the trace, before any filter.</summary>
    public required long Events { get; init; }

    /// <summary>Events by action, before any filter; actions that occur, in the order of <see cref="BlockAction"/>.</summary>
    public required ActionCount[] Actions { get; init; }

    /// <summary>Time of the first event (the least time), before any filter; 0 if there is none.</summary>
    public required long FirstEventNs { get; init; }

    /// <summary>Time of the last event (the greatest time), before any filter.</summary>
    public required long LastEventNs { get; init; }

    /// <summary>Wall-clock time of the trace's start in nanoseconds since 1970 UTC, where the trace says so (blktrace's timestamp record).</summary>
    public long? WallClockStartUnixNs { get; init; }

    /// <summary>The time axis that every series and heatmap column refers to.</summary>
    public required TimeBinning Time { get; init; }

    /// <summary>One report a device, in the order of the device numbers. A remapped I/O shows at two devices: never add them up.</summary>
    public required DeviceReport[] Devices { get; init; }

    /// <summary>The study's own numbers, where <c>--study</c> asked for them.</summary>
    public StudyReport? Study { get; init; }

    /// <summary>What is known of the run; null if the trace was analysed alone.</summary>
    public RunReport? Run { get; init; }

    /// <summary>What the numbers show, and what they do not.</summary>
    public Finding[] Findings { get; init; } = [];

    /// <summary>True if anything was lost or did not fit: any counter of <see cref="Integrity"/> is above zero.</summary>
    public bool HasLosses => Integrity.Any(counter => counter.Count > 0);
}

/// <summary>Where a trace came from.</summary>
/// <param name="Name">Short name for titles: a file's or folder's name without endings, or <c>stdin</c>.</param>
/// <param name="Format">The format's name, e.g. <c>blktrace per-CPU set</c>.</param>
/// <param name="Files">The files read, names only (no folders, so that reports do not depend on where a trace lies).</param>
/// <param name="Bytes">Bytes read, after decompression.</param>
public sealed record ReportSource(string Name, string Format, string[] Files, long Bytes);

/// <summary>What was asked.</summary>
/// <param name="CountedAction">The action that counts as one request: <c>issue</c>, <c>queue</c> or <c>complete</c>.</param>
/// <param name="Filters">Each filter in words, e.g. <c>device 259,0</c>; empty if everything was counted.</param>
/// <param name="Study">True if the study's definitions were asked for.</param>
public sealed record ReportSettings(string CountedAction, string[] Filters, bool Study);

/// <summary>A counter of something that went wrong.</summary>
/// <param name="Name">Stable name, e.g. <c>skippedBytes</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Meaning">One sentence for people.</param>
/// <param name="FirstPlace">Where it was first seen, e.g. <c>run.blktrace.3, byte 4096</c>; null if the counter has no place.</param>
public sealed record IntegrityCounter(string Name, long Count, string Meaning, string? FirstPlace);

/// <summary>Number of events of an action.</summary>
/// <param name="Action">The action, e.g. <c>issue</c>.</param>
/// <param name="Letter">Its letter in blkparse, e.g. <c>D</c>.</param>
/// <param name="Count">How many.</param>
public sealed record ActionCount(string Action, string Letter, long Count);

/// <summary>Equal bins on the trace's clock. Bin i holds the times from <c>OriginNs + i * WidthNs</c> on, for one width.</summary>
/// <param name="OriginNs">Start of bin 0.</param>
/// <param name="WidthNs">Width, at least 1.</param>
/// <param name="Count">Number of bins; the last holds the last event. 0 for an empty trace.</param>
public sealed record TimeBinning(long OriginNs, long WidthNs, int Count);

/// <summary>What one device did.</summary>
public sealed record DeviceReport
{
    /// <summary><c>major,minor</c>, or <c>unknown</c> where the source names none.</summary>
    public required string Device { get; init; }

    /// <summary>Its name, where the source names devices instead of numbering them (biosnoop, fio, Windows); <see cref="Device"/> is then a number given here.</summary>
    public string? Name { get; init; }

    /// <summary>Events of the device by action, before any filter.</summary>
    public required ActionCount[] Actions { get; init; }

    /// <summary>Reads and writes together (<see cref="OperationScope.Transfers"/>), then each class, then each exact rwbs string: whatever occurs.</summary>
    public required OperationReport[] Operations { get; init; }

    /// <summary>From the first to the last counted request of any operation of the device, in nanoseconds; 0 if there are fewer than two.</summary>
    public long CountedSpanNs { get; init; }

    /// <summary>Share of read bytes in read and written bytes, 0 to 1; null if there are none.</summary>
    public double? ReadShareOfBytes { get; init; }

    /// <summary>Share of reads in reads and writes, 0 to 1; null if there are none.</summary>
    public double? ReadShareOfRequests { get; init; }

    /// <summary>Counted requests by process, most bytes first.</summary>
    public required ProcessUse[] Processes { get; init; }

    /// <summary>Counted requests by CPU, in the order of the CPUs; empty if the source does not say.</summary>
    public required CpuUse[] Cpus { get; init; }

    /// <summary>Counted requests by the path through the kernel that issued them, most bytes first; empty if no call stacks were recorded.</summary>
    public PathUse[] Paths { get; init; } = [];

    /// <summary>Counted requests by kernel call stack, ordered by class and frames; empty if none were recorded.</summary>
    public FoldedStack[] Stacks { get; init; } = [];

    /// <summary>Requests in flight; null if the trace has no completions.</summary>
    public QueueDepthResult? QueueDepth { get; init; }

    /// <summary>The touched part of the device cut into rows of equal length, gaps left out: the space axis of the heatmaps and of the access map. Null if no reads or writes were counted.</summary>
    public SpaceAxis? Space { get; init; }

    /// <summary>Sectors read and written over space and time; whichever occur.</summary>
    public required SectorTimeResult[] SectorTime { get; init; }

    /// <summary>What to call it: the name, if there is one, with the number that options take.</summary>
    public string Label() => Name is null ? Device : $"{Name} ({Device})";
}

/// <summary>What an <see cref="OperationReport"/> covers.</summary>
public enum OperationScope
{
    /// <summary>Reads and writes together.</summary>
    Transfers,

    /// <summary>One <see cref="OperationClass"/>.</summary>
    Class,

    /// <summary>One exact rwbs string.</summary>
    Rwbs,
}

/// <summary>The counted requests of one operation class or rwbs string.</summary>
public sealed record OperationReport
{
    /// <summary>What it covers.</summary>
    public required OperationScope Scope { get; init; }

    /// <summary><c>transfers</c>; <c>read</c>, <c>write</c>, <c>discard</c>, <c>flush</c>, <c>other</c>; or the rwbs string.</summary>
    public required string Name { get; init; }

    /// <summary>The class that <see cref="Name"/> belongs to; <c>transfers</c> for itself.</summary>
    public required string Class { get; init; }

    /// <summary>Totals.</summary>
    public required OverviewResult Overview { get; init; }

    /// <summary>Exact sizes.</summary>
    public required RequestSizeResult Sizes { get; init; }

    /// <summary>Bandwidth and IOPS over time.</summary>
    public required ThroughputResult Throughput { get; init; }

    /// <summary>Accesses of each sector; null if the operation touches no sectors.</summary>
    public SectorAccessResult? SectorAccess { get; init; }

    /// <summary>Latencies; null if the trace has none.</summary>
    public LatencyResult? Latency { get; init; }

    /// <summary>Times from each counted request to the next; only of reads and of writes, and null for fewer than two.</summary>
    public LatencyStatistics? InterArrival { get; init; }
}

/// <summary>Totals of the counted requests of an operation. Bytes of discards are bytes discarded, not transferred.</summary>
public sealed record OverviewResult
{
    /// <summary>Requests counted.</summary>
    public required long Requests { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Smallest size in bytes.</summary>
    public required long MinSizeBytes { get; init; }

    /// <summary>Mean size in bytes.</summary>
    public required double MeanSizeBytes { get; init; }

    /// <summary>Median size in bytes: the least size that at least half of the requests do not exceed.</summary>
    public required long MedianSizeBytes { get; init; }

    /// <summary>Largest size in bytes.</summary>
    public required long MaxSizeBytes { get; init; }

    /// <summary>Time of the first counted request.</summary>
    public required long FirstNs { get; init; }

    /// <summary>Time of the last counted request.</summary>
    public required long LastNs { get; init; }

    /// <summary>From the first to the last counted request, in nanoseconds; 0 for one request.</summary>
    public required long DurationNs { get; init; }

    /// <summary>Requests a second over the device's <see cref="DeviceReport.CountedSpanNs"/>; null if that is 0.</summary>
    public double? MeanIops { get; init; }

    /// <summary>
    /// Bytes a second over the device's <see cref="DeviceReport.CountedSpanNs"/>, so that the means of operations compare and add up; null if that is 0.
    /// </summary>
    public double? MeanBytesPerSecond { get; init; }

    /// <summary>Requests a second in the bin that has most requests.</summary>
    public required double PeakIops { get; init; }

    /// <summary>Bytes a second in the bin that has most bytes.</summary>
    public required double PeakBytesPerSecond { get; init; }

    /// <summary>Distinct bytes touched: 512 times the number of distinct sectors.</summary>
    public required long FootprintBytes { get; init; }
}

/// <summary>Exact request sizes.</summary>
/// <param name="Sizes">Each size that occurs, ascending.</param>
/// <param name="DominatingSizeBytes">The size with most requests (the larger one on a tie).</param>
/// <param name="DominatingShareOfRequests">Its share of the requests, 0 to 1.</param>
/// <param name="DominatingShareOfBytes">Its share of the bytes, 0 to 1; 0 if there are no bytes.</param>
public sealed record RequestSizeResult(SizeCount[] Sizes, long DominatingSizeBytes, double DominatingShareOfRequests, double DominatingShareOfBytes);

/// <summary>How often a size occurs.</summary>
/// <param name="SizeBytes">The size.</param>
/// <param name="Requests">Requests of that size.</param>
public sealed record SizeCount(long SizeBytes, long Requests);

/// <summary>Requests and bytes in each bin of <see cref="TraceReport.Time"/>; both arrays have its length. Divide by the width for rates.</summary>
/// <param name="Requests">Requests in each bin.</param>
/// <param name="Bytes">Bytes in each bin.</param>
public sealed record ThroughputResult(long[] Requests, long[] Bytes);

/// <summary>How often the touched sectors were accessed.</summary>
public sealed record SectorAccessResult
{
    /// <summary>Distinct sectors touched.</summary>
    public required long TouchedSectors { get; init; }

    /// <summary>Sum of the accesses of all sectors: sectors transferred.</summary>
    public required long AccessedSectors { get; init; }

    /// <summary>Maximal runs of neighbouring sectors with the same access count.</summary>
    public required long Runs { get; init; }

    /// <summary>Greatest access count of a sector.</summary>
    public required long MaxAccesses { get; init; }

    /// <summary>Mean access count of the touched sectors.</summary>
    public required double MeanAccesses { get; init; }

    /// <summary>How many sectors have each access count, ascending; the study's distribution (count 0 dropped). The cumulated share of sectors is the study's CDF.</summary>
    public required AccessCount[] Distribution { get; init; }

    /// <summary>Gini coefficient of the access counts of the touched sectors: 0 = all alike, towards 1 = few have all.</summary>
    public required double Gini { get; init; }

    /// <summary>The Lorenz curve at each distinct count: cumulated share of sectors (coldest first) and of accesses, starting with (0, 0).</summary>
    public required LorenzPoint[] Lorenz { get; init; }

    /// <summary>Share of the accesses that go to the hottest 1, 10, 20 and 50 % of the touched sectors.</summary>
    public required HotShare[] HotShares { get; init; }

    /// <summary>For each row of <see cref="DeviceReport.Space"/>: accesses (sectors transferred) within the row. Null for operations without a map (discards).</summary>
    public long[]? RowAccessedSectors { get; init; }

    /// <summary>For each row of <see cref="DeviceReport.Space"/>: distinct sectors touched within the row.</summary>
    public long[]? RowTouchedSectors { get; init; }

    /// <summary>For each row of <see cref="DeviceReport.Space"/>: greatest access count of a sector of the row.</summary>
    public long[]? RowMaxAccesses { get; init; }
}

/// <summary>How many sectors have an access count.</summary>
/// <param name="Accesses">The count, at least 1.</param>
/// <param name="Sectors">Sectors that have it.</param>
public sealed record AccessCount(long Accesses, long Sectors);

/// <summary>A point of a Lorenz curve, both 0 to 1.</summary>
/// <param name="SectorShare">Share of the touched sectors, coldest first.</param>
/// <param name="AccessShare">Share of the accesses they have.</param>
public sealed record LorenzPoint(double SectorShare, double AccessShare);

/// <summary>What the hottest sectors get, both 0 to 1.</summary>
/// <param name="HottestSectorShare">Share of the touched sectors, hottest first.</param>
/// <param name="AccessShare">Share of the accesses they have.</param>
public sealed record HotShare(double HottestSectorShare, double AccessShare);

/// <summary>The touched space as rows of equal length. Rows ascend; a row whose start is not the previous row's end follows a gap that nothing touched.</summary>
/// <param name="RowSectors">Sectors a row covers, a power of two; rows start at its multiples.</param>
/// <param name="RowStartSectors">First sector of each row.</param>
public sealed record SpaceAxis(long RowSectors, long[] RowStartSectors);

/// <summary>Sectors accessed over space and time.</summary>
/// <param name="Class"><c>read</c> or <c>write</c>.</param>
/// <param name="Columns">The time axis of the columns, which may be coarser or finer than <see cref="TraceReport.Time"/>.</param>
/// <param name="Rows">One entry a row of <see cref="DeviceReport.Space"/>: sectors accessed in each column. A row that ends in zeros is cut short.</param>
public sealed record SectorTimeResult(string Class, TimeBinning Columns, long[][] Rows);

/// <summary>Latencies of the requests of an operation.</summary>
public sealed record LatencyResult
{
    /// <summary>Queue to issue; null if no request has both.</summary>
    public LatencyStatistics? Q2D { get; init; }

    /// <summary>Issue to completion: the time of driver and device.</summary>
    public LatencyStatistics? D2C { get; init; }

    /// <summary>Queue to completion.</summary>
    public LatencyStatistics? Q2C { get; init; }

    /// <summary>Which latency <see cref="BySize"/> and <see cref="OverTime"/> show: <c>D2C</c>, or <c>Q2C</c> on devices that have no D.</summary>
    public required string DetailKind { get; init; }

    /// <summary>By request size: one entry a range of sizes that doubles.</summary>
    public required SizeLatency[] BySize { get; init; }

    /// <summary>Over time, for the heatmap and the percentile lines.</summary>
    public required LatencyOverTime OverTime { get; init; }
}

/// <summary>Summary of a latency, or of times between arrivals, nanoseconds. Count, mean, min and max are exact; percentiles carry <see cref="RelativeError"/>.</summary>
public sealed record LatencyStatistics
{
    /// <summary>Requests that have this latency.</summary>
    public required long Count { get; init; }

    /// <summary>Least.</summary>
    public required long MinNs { get; init; }

    /// <summary>Mean.</summary>
    public required double MeanNs { get; init; }

    /// <summary>Median.</summary>
    public required double P50Ns { get; init; }

    /// <summary>90th percentile.</summary>
    public required double P90Ns { get; init; }

    /// <summary>99th percentile.</summary>
    public required double P99Ns { get; init; }

    /// <summary>99.9th percentile.</summary>
    public required double P999Ns { get; init; }

    /// <summary>Greatest.</summary>
    public required long MaxNs { get; init; }

    /// <summary>Greatest relative error of a percentile, from the width of the histogram's buckets.</summary>
    public required double RelativeError { get; init; }

    /// <summary>The histogram: upper bound (inclusive) of each bucket that holds something, ascending, and its count; the CDF is drawn from it.</summary>
    public required LatencyBucket[] Buckets { get; init; }
}

/// <summary>A bucket of a latency histogram.</summary>
/// <param name="UpToNs">Greatest latency that falls into it.</param>
/// <param name="Count">How many do.</param>
public sealed record LatencyBucket(long UpToNs, long Count);

/// <summary>Latency of the requests of a range of sizes.</summary>
/// <param name="AboveBytes">Sizes above this ...</param>
/// <param name="UpToBytes">... and up to this, a power of two.</param>
/// <param name="Statistics">Their latency.</param>
public sealed record SizeLatency(long AboveBytes, long UpToBytes, LatencyStatistics Statistics);

/// <summary>Latency over time: a histogram for each column, by the time of issue.</summary>
/// <param name="Columns">The time axis of the columns.</param>
/// <param name="BucketUpToNs">Greatest latency of each bucket (a row of the heatmap), ascending, without gaps between them.</param>
/// <param name="FirstBucketAboveNs">Latencies of bucket 0 are above this.</param>
/// <param name="Counts">For each column the count in each bucket; null for a column without requests.</param>
/// <param name="P50Ns">For each column the median, 0 where there are no requests.</param>
/// <param name="P99Ns">For each column the 99th percentile, 0 where there are no requests.</param>
/// <param name="MaxNs">For each column the exact maximum, 0 where there are no requests.</param>
/// <param name="RelativeError">Greatest relative error of the percentiles.</param>
public sealed record LatencyOverTime(
    TimeBinning Columns, long[] BucketUpToNs, long FirstBucketAboveNs, long[]?[] Counts, double[] P50Ns, double[] P99Ns, long[] MaxNs, double RelativeError);

/// <summary>Requests in flight: issued (queued, on bio-based devices) and not yet completed.</summary>
public sealed record QueueDepthResult
{
    /// <summary>Bins of the two arrays below.</summary>
    public required TimeBinning Columns { get; init; }

    /// <summary>Time-weighted mean depth in each bin.</summary>
    public required double[] Mean { get; init; }

    /// <summary>Greatest depth in each bin.</summary>
    public required long[] Max { get; init; }

    /// <summary>Greatest depth of all.</summary>
    public required long MaxDepth { get; init; }

    /// <summary>Time-weighted mean depth from the first issue to the last completion.</summary>
    public required double MeanDepth { get; init; }

    /// <summary>For each depth from 0 on: nanoseconds spent at it, from the device's first event to its last.</summary>
    public required long[] TimeAtDepthNs { get; init; }

    /// <summary>For each depth from 0 on: requests issued that then were that many in flight, themselves included.</summary>
    public required long[] IssuedAtDepth { get; init; }
}

/// <summary>What a process did: counted requests.</summary>
/// <param name="Pid">Process (thread) number; -1 if the source does not say.</param>
/// <param name="Name">Command name; null if the trace does not say.</param>
/// <param name="ReadRequests">Reads.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="WriteRequests">Writes.</param>
/// <param name="WriteBytes">Bytes written.</param>
/// <param name="OtherRequests">Requests that move no data.</param>
public sealed record ProcessUse(int Pid, string? Name, long ReadRequests, long ReadBytes, long WriteRequests, long WriteBytes, long OtherRequests);

/// <summary>What came along a path through the kernel: counted requests.</summary>
/// <param name="Path">The path, e.g. <c>readahead</c>; see docs/analyses/kernel-paths.md.</param>
/// <param name="Meaning">What that is, in a few words.</param>
/// <param name="ReadRequests">Reads.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="WriteRequests">Writes.</param>
/// <param name="WriteBytes">Bytes written.</param>
/// <param name="OtherRequests">Requests that move no data.</param>
/// <param name="ShareOfBytes">Share of the device's bytes read and written, 0 to 1; null if there are none.</param>
public sealed record PathUse(
    string Path, string Meaning, long ReadRequests, long ReadBytes, long WriteRequests, long WriteBytes, long OtherRequests, double? ShareOfBytes);

/// <summary>What was issued with a call stack: counted requests.</summary>
/// <param name="Class">Class of the operations, e.g. <c>read</c>.</param>
/// <param name="Frames">Functions of the kernel from the outermost to the innermost, joined by <c>;</c>.</param>
/// <param name="Requests">How many.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record FoldedStack(string Class, string Frames, long Requests, long Bytes);

/// <summary>What happened on a CPU: counted requests.</summary>
/// <param name="Cpu">The CPU.</param>
/// <param name="ReadRequests">Reads.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="WriteRequests">Writes.</param>
/// <param name="WriteBytes">Bytes written.</param>
/// <param name="OtherRequests">Requests that move no data.</param>
public sealed record CpuUse(int Cpu, long ReadRequests, long ReadBytes, long WriteRequests, long WriteBytes, long OtherRequests);

/// <summary>
/// The numbers as the CHEOPS'25 study's scripts define them, which differ from this tool's own on purpose
/// (issue events only; read = the rwbs string contains <c>R</c>, write = it contains <c>W</c>; whole seconds of the trace clock;
/// sizes truncated to KiB).
/// </summary>
/// <param name="FirstSecond">The trace clock's whole second of the first entry of the series below.</param>
/// <param name="ReadBytes">Bytes read in each second; seconds without any are 0; both series share one range.</param>
/// <param name="WriteBytes">Bytes written in each second.</param>
/// <param name="Operations">For each exact rwbs string, sizes and sector accesses.</param>
public sealed record StudyReport(long FirstSecond, long[] ReadBytes, long[] WriteBytes, StudyOperation[] Operations);

/// <summary>The study's per-rwbs numbers.</summary>
/// <param name="Rwbs">The rwbs string.</param>
/// <param name="Sizes">Requests of each size in KiB, truncated.</param>
/// <param name="Access">For each access count: sectors that have it, and the CDF.</param>
public sealed record StudyOperation(string Rwbs, StudySize[] Sizes, StudyAccess[] Access);

/// <summary>Requests of a size in the study's way.</summary>
/// <param name="SizeKiB">Bytes / 1024, truncated.</param>
/// <param name="Requests">How many.</param>
public sealed record StudySize(long SizeKiB, long Requests);

/// <summary>Sector accesses in the study's way.</summary>
/// <param name="Accesses">The access count.</param>
/// <param name="Sectors">Sectors that have it.</param>
/// <param name="Cdf">Share of the touched sectors whose count is not greater.</param>
public sealed record StudyAccess(long Accesses, long Sectors, double Cdf);

using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Figures;

/// <summary>A request of a <see cref="SyntheticTrace"/>. Sizes and offsets that are no multiples of 4 KiB round outwards in the access maps.</summary>
/// <param name="IssueNs">When it was issued.</param>
/// <param name="IsRead">Read or write.</param>
/// <param name="OffsetBytes">Where.</param>
/// <param name="SizeBytes">How much.</param>
/// <param name="Q2dNs">Time from queueing to issue; negative if there is no queue event.</param>
/// <param name="D2cNs">Time from issue to completion; negative if there is no completion.</param>
internal readonly record struct SyntheticRequest(long IssueNs, bool IsRead, long OffsetBytes, long SizeBytes, long Q2dNs = -1, long D2cNs = -1);

/// <summary>
/// Makes reports as the analysis does, in the plainest way: counts every 4 KiB block of every request. For drawing
/// only; the analysis itself is tested elsewhere.
/// </summary>
internal sealed class SyntheticTrace(string name, string device = "259,0")
{
    private const int BlockBytes = 4096;
    private const int ChunkBlocks = 1 << 18;

    private readonly List<SyntheticRequest> _requests = [];

    public int TimeBins { get; init; } = 600;

    public int HeatColumns { get; init; } = 600;

    public int MaxRows { get; init; } = 1024;

    public string[] Filters { get; init; } = [];

    public void Add(SyntheticRequest request) => _requests.Add(request);

    public TraceReport Report() => Combine(this);

    /// <summary>One report of several devices.</summary>
    public static TraceReport Combine(params SyntheticTrace[] devices)
    {
        var all = devices.SelectMany(device => device._requests).ToList();
        long first = all.Count == 0 ? 0 : all.Min(request => request.IssueNs);
        long last = all.Count == 0 ? 0 : all.Max(request => request.IssueNs + Math.Max(0, request.D2cNs));
        TimeBinning time = all.Count == 0 ? new TimeBinning(0, 1, 0) : Bins(first, last, devices[0].TimeBins);
        return new TraceReport
        {
            Source = new ReportSource(devices[0].Name, "blktrace per-CPU set", ["synthetic.blktrace.0"], 1),
            Settings = new ReportSettings("issue", devices[0].Filters, false),
            Integrity = [],
            Events = all.Count,
            Actions = [],
            FirstEventNs = first,
            LastEventNs = last,
            Time = time,
            Devices = [.. devices.Select(device => device.DeviceReport(time, last))],
        };
    }

    private string Name => name;

    private static TimeBinning Bins(long first, long last, int about)
    {
        long width = Math.Max(1, (last - first + about) / about);
        return new TimeBinning(first, width, (int)((last - first) / width) + 1);
    }

    private DeviceReport DeviceReport(TimeBinning time, long last)
    {
        SpaceAxis? space = Space();
        var operations = new List<OperationReport>();
        var sectorTime = new List<SectorTimeResult>();
        foreach (bool isRead in (bool[])[true, false])
        {
            List<SyntheticRequest> requests = [.. _requests.Where(request => request.IsRead == isRead)];
            if (requests.Count == 0)
                continue;
            OperationClass @class = isRead ? OperationClass.Read : OperationClass.Write;
            operations.Add(Operation(@class, requests, time, space!));
            sectorTime.Add(SectorTime(@class, requests, Bins(time.OriginNs, last, HeatColumns), space!));
        }

        // Figures of one run draw classes only; comparisons ask for reads and writes together.
        if (_requests.Count > 0)
            operations.Add(Operation(null, _requests, time, space!));

        var report = new DeviceReport
        {
            Device = device,
            Actions = [],
            Operations = [.. operations],
            ReadShareOfBytes = _requests.Sum(request => request.SizeBytes) is > 0 and var all ? _requests.Where(request => request.IsRead).Sum(request => request.SizeBytes) / (double)all : null,
            Processes = [],
            Cpus = [],
            QueueDepth = QueueDepth(time),
            Reuse = Reuse(time),
            Space = space,
            SectorTime = [.. sectorTime],
        };
        return report with { Tails = TailSummary.Of(report, [], time, new TailSummary.Series(time.OriginNs, time.WidthNs, new long[time.Count])) };
    }

    private ReuseResult? Reuse(TimeBinning time)
    {
        if (PageSequence.Of([new PageSpace(Pages(isRead: true), Pages(isRead: false), [])]) is not { } sequence)
            return null;
        var summary = new ReuseSummary(sequence);
        long readBytes = Pages(isRead: true).Sum(access => (long)(access.End - access.First)) * BlockBytes;
        return new ReuseResult
        {
            PageBytes = BlockBytes,
            ReadBytes = readBytes,
            WriteBytes = Pages(isRead: false).Sum(access => (long)(access.End - access.First)) * BlockBytes,
            FootprintBytes = summary.FootprintBytes,
            SampledShare = Math.ScaleB(1, -sequence.Level),
            SamplingError = 0,
            Read = summary.Statistics(isWrite: false, readBytes),
            Memory = summary.Curves(ReuseSummary.SizesFor(summary.FootprintBytes), readBytes, workers: 1),
            WorkingSet = summary.WorkingSet(time),
        };

        PageAccess[] Pages(bool isRead) =>
        [
            .. _requests.Where(request => request.IsRead == isRead && request.SizeBytes > 0)
                .Select(request => new PageAccess(request.IssueNs, (ulong)(request.OffsetBytes / BlockBytes), (ulong)((request.OffsetBytes + request.SizeBytes + BlockBytes - 1) / BlockBytes))),
        ];
    }

    private static SequenceResult? Sequence(List<SyntheticRequest> requests)
    {
        var counter = new SequenceCounter(new AnalysisOptions());
        counter.Add(
            [.. requests.OrderBy(request => request.IssueNs).Select(request => new BlockEvent { Action = BlockAction.Issue, Class = OperationClass.Read, Sector = (ulong)request.OffsetBytes / 512, LengthSectors = (uint)(request.SizeBytes / 512), LengthBytes = (uint)request.SizeBytes })],
            [], pidsOfName: null, firstEventNs: 0);
        return counter.Of([default], OperationClass.Read, static _ => null);
    }

    private static IEnumerable<long> Blocks(SyntheticRequest request)
    {
        for (long block = request.OffsetBytes / BlockBytes; block * BlockBytes < request.OffsetBytes + request.SizeBytes; block++)
            yield return block;
    }

    private SpaceAxis? Space()
    {
        if (_requests.Count == 0)
            return null;
        for (long rowSectors = 8; ; rowSectors *= 2)
        {
            var rows = new HashSet<long>();
            foreach (SyntheticRequest request in _requests)
            {
                long end = request.OffsetBytes + Math.Max(1, request.SizeBytes);
                for (long row = request.OffsetBytes / 512 / rowSectors; row * rowSectors * 512 < end; row++)
                    rows.Add(row);
                if (rows.Count > MaxRows)
                    break;
            }

            if (rows.Count <= MaxRows)
                return new SpaceAxis(rowSectors, [.. rows.Order().Select(row => row * rowSectors)]);
        }
    }

    private static OperationReport Operation(OperationClass? @class, List<SyntheticRequest> requests, TimeBinning time, SpaceAxis space)
    {
        var requestBins = new long[time.Count];
        var byteBins = new long[time.Count];
        foreach (SyntheticRequest request in requests)
        {
            int bin = (int)((request.IssueNs - time.OriginNs) / time.WidthNs);
            requestBins[bin]++;
            byteBins[bin] += request.SizeBytes;
        }

        SizeCount[] sizes = [.. requests.GroupBy(request => request.SizeBytes).OrderBy(group => group.Key).Select(group => new SizeCount(group.Key, group.Count()))];
        SizeCount mode = sizes.OrderByDescending(size => size.Requests).ThenByDescending(size => size.SizeBytes).First();
        long bytes = requests.Sum(request => request.SizeBytes);
        long firstNs = requests.Min(request => request.IssueNs);
        long lastNs = requests.Max(request => request.IssueNs);
        double seconds = (lastNs - firstNs) / 1e9;
        SectorAccessResult access = Access(requests, space);
        return new OperationReport
        {
            Scope = @class is null ? OperationScope.Transfers : OperationScope.Class,
            Name = @class?.Name() ?? "transfers",
            Class = @class,
            Overview = new OverviewResult
            {
                Requests = requests.Count,
                Bytes = bytes,
                MinSizeBytes = sizes[0].SizeBytes,
                MeanSizeBytes = bytes / (double)requests.Count,
                MedianSizeBytes = mode.SizeBytes,
                MaxSizeBytes = sizes[^1].SizeBytes,
                FirstNs = firstNs,
                LastNs = lastNs,
                DurationNs = lastNs - firstNs,
                MeanIops = seconds > 0 ? requests.Count / seconds : null,
                MeanBytesPerSecond = seconds > 0 ? bytes / seconds : null,
                PeakIops = requestBins.Max() / (time.WidthNs / 1e9),
                PeakBytesPerSecond = byteBins.Max() / (time.WidthNs / 1e9),
                FootprintBytes = access.TouchedSectors * 512,
            },
            Sizes = new RequestSizeResult(sizes, mode.SizeBytes, mode.Requests / (double)requests.Count, bytes == 0 ? 0 : mode.SizeBytes * mode.Requests / (double)bytes),
            Throughput = new ThroughputResult(requestBins, byteBins),
            SectorAccess = access,
            Latency = Latency(requests, time),
            Sequence = @class is null ? null : Sequence(requests),
        };
    }

    private static SectorAccessResult Access(List<SyntheticRequest> requests, SpaceAxis space)
    {
        var chunks = new Dictionary<long, int[]>();
        foreach (SyntheticRequest request in requests)
        {
            foreach (long block in Blocks(request))
            {
                if (!chunks.TryGetValue(block / ChunkBlocks, out int[]? counts))
                    chunks.Add(block / ChunkBlocks, counts = new int[ChunkBlocks]);
                counts[block % ChunkBlocks]++;
            }
        }

        int rows = space.RowStartSectors.Length;
        var accessed = new long[rows];
        var touched = new long[rows];
        var max = new long[rows];
        var distribution = new SortedDictionary<long, long>();
        foreach ((long chunk, int[] counts) in chunks)
        {
            for (int i = 0; i < counts.Length; i++)
            {
                if (counts[i] == 0)
                    continue;
                distribution[counts[i]] = distribution.GetValueOrDefault(counts[i]) + 8;
                int row = Array.BinarySearch(space.RowStartSectors, ((chunk * ChunkBlocks) + i) * 8);
                row = row < 0 ? ~row - 1 : row;
                accessed[row] += counts[i] * 8;
                touched[row] += 8;
                max[row] = Math.Max(max[row], counts[i]);
            }
        }

        double sectors = distribution.Values.Sum();
        double accesses = distribution.Sum(entry => (double)entry.Key * entry.Value);
        var lorenz = new List<LorenzPoint> { new(0, 0) };
        double area = 0;
        foreach ((long count, long number) in distribution)
        {
            LorenzPoint last = lorenz[^1];
            var next = new LorenzPoint(last.SectorShare + (number / sectors), last.AccessShare + (count * number / accesses));
            area += (next.SectorShare - last.SectorShare) * (next.AccessShare + last.AccessShare) / 2;
            lorenz.Add(next);
        }

        return new SectorAccessResult
        {
            TouchedSectors = (long)sectors,
            AccessedSectors = (long)accesses,
            Runs = 1,
            MaxAccesses = distribution.Keys.LastOrDefault(),
            MeanAccesses = sectors > 0 ? accesses / sectors : 0,
            Distribution = [.. distribution.Select(entry => new AccessCount(entry.Key, entry.Value))],
            Gini = 1 - (2 * area),
            Lorenz = [.. lorenz],
            HotShares = [],
            RowAccessedSectors = accessed,
            RowTouchedSectors = touched,
            RowMaxAccesses = max,
        };
    }

    private static SectorTimeResult SectorTime(OperationClass @class, List<SyntheticRequest> requests, TimeBinning columns, SpaceAxis space)
    {
        var rows = new long[space.RowStartSectors.Length][];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = new long[columns.Count];
        foreach (SyntheticRequest request in requests)
        {
            int column = (int)((request.IssueNs - columns.OriginNs) / columns.WidthNs);
            foreach (long block in Blocks(request))
            {
                int row = Array.BinarySearch(space.RowStartSectors, block * 8);
                rows[row < 0 ? ~row - 1 : row][column] += 8;
            }
        }

        // As the report does: a row ends with its last access.
        return new SectorTimeResult(@class, columns, Array.ConvertAll(rows, row => row[..(Array.FindLastIndex(row, cell => cell != 0) + 1)]));
    }

    private static LatencyResult? Latency(List<SyntheticRequest> requests, TimeBinning time)
    {
        List<SyntheticRequest> complete = [.. requests.Where(request => request.D2cNs >= 0)];
        if (complete.Count == 0)
            return null;
        return new LatencyResult
        {
            D2C = Statistics(complete.Select(request => request.D2cNs)),
            Q2D = Statistics(complete.Where(request => request.Q2dNs >= 0).Select(request => request.Q2dNs)),
            Q2C = Statistics(complete.Where(request => request.Q2dNs >= 0).Select(request => request.Q2dNs + request.D2cNs)),
            DetailKind = LatencyKind.D2C,
            BySize =
            [
                .. complete.GroupBy(request => (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)request.SizeBytes)).OrderBy(group => group.Key)
                    .Select(group => new SizeLatency(group.Key / 2, group.Key, Statistics(group.Select(request => request.D2cNs))!)),
            ],
            OverTime = OverTime(complete, new TimeBinning(time.OriginNs, time.WidthNs * 2, (time.Count + 1) / 2)),
        };
    }

    // Log-linear buckets, 16 an octave.
    private static int BucketOf(long ns)
    {
        if (ns < 16)
            return (int)ns;
        int octave = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)ns) - 4;
        return (octave * 16) + (int)(ns >> octave);
    }

    private static long BucketEnd(int bucket) => bucket < 32 ? bucket : ((((long)bucket % 16) + 17) << ((bucket / 16) - 1)) - 1;

    private static LatencyStatistics? Statistics(IEnumerable<long> latencies)
    {
        long[] sorted = [.. latencies.Order()];
        if (sorted.Length == 0)
            return null;
        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
        return new LatencyStatistics
        {
            Count = sorted.Length,
            MinNs = sorted[0],
            MeanNs = sorted.Average(),
            P50Ns = At(0.5),
            P90Ns = At(0.9),
            P99Ns = At(0.99),
            P999Ns = At(0.999),
            MaxNs = sorted[^1],
            RelativeError = 1 / 32.0,
            Buckets = [.. sorted.GroupBy(BucketOf).Select(group => new LatencyBucket(BucketEnd(group.Key), group.Count()))],
        };
    }

    private static LatencyOverTime OverTime(List<SyntheticRequest> requests, TimeBinning columns)
    {
        int first = requests.Min(request => BucketOf(request.D2cNs));
        int last = requests.Max(request => BucketOf(request.D2cNs));
        var counts = new long[]?[columns.Count];
        var p50 = new double[columns.Count];
        var p99 = new double[columns.Count];
        var max = new long[columns.Count];
        foreach (var column in requests.GroupBy(request => (int)((request.IssueNs - columns.OriginNs) / columns.WidthNs)))
        {
            long[] row = counts[column.Key] = new long[last - first + 1];
            foreach (SyntheticRequest request in column)
                row[BucketOf(request.D2cNs) - first]++;
            LatencyStatistics statistics = Statistics(column.Select(request => request.D2cNs))!;
            (p50[column.Key], p99[column.Key], max[column.Key]) = (statistics.P50Ns, statistics.P99Ns, statistics.MaxNs);
        }

        long[] ends = [.. Enumerable.Range(first, last - first + 1).Select(BucketEnd)];
        return new LatencyOverTime(columns, ends, first == 0 ? -1 : BucketEnd(first - 1), counts, p50, p99, max, 1 / 32.0);
    }

    private QueueDepthResult? QueueDepth(TimeBinning columns)
    {
        var changes = _requests.Where(request => request.D2cNs >= 0)
            .SelectMany(request => ((long, int)[])[(request.IssueNs, 1), (request.IssueNs + request.D2cNs, -1)]).Order().ToList();
        if (changes.Count == 0)
            return null;
        var mean = new double[columns.Count];
        var max = new long[columns.Count];
        long depth = 0;
        long from = changes[0].Item1;
        double all = 0;
        foreach ((long time, int change) in changes)
        {
            all += depth * (double)(time - from);
            while (from < time)
            {
                int bin = (int)((from - columns.OriginNs) / columns.WidthNs);
                long until = Math.Min(time, columns.OriginNs + ((bin + 1) * columns.WidthNs));
                max[bin] = Math.Max(max[bin], depth);
                mean[bin] += depth * (until - from) / (double)columns.WidthNs;
                from = until;
            }

            depth += change;
            int at = Math.Min(columns.Count - 1, (int)((time - columns.OriginNs) / columns.WidthNs));
            max[at] = Math.Max(max[at], depth);
        }

        return new QueueDepthResult
        {
            Columns = columns,
            Mean = mean,
            Max = max,
            MaxDepth = max.Max(),
            MeanDepth = all / Math.Max(1, changes[^1].Item1 - changes[0].Item1),
            TimeAtDepthNs = [],
            IssuedAtDepth = [],
        };
    }
}

using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>Adds up the devices that served the I/O (docs/analyses/devices.md).</summary>
internal static class AggregateSummary
{
    /// <summary>What stands in the place of a device's number.</summary>
    public const string AllDevices = "all";

    // Beyond, they are counted.
    private const int MostNames = 4;

    /// <summary>What they did together.</summary>
    /// <param name="leaves">The devices, at least two.</param>
    /// <param name="scopes">Operations of each, with what each device did in it (null for nothing).</param>
    /// <param name="clock">What was in flight on any of them; null if that is not known.</param>
    /// <param name="inFlight">The same over time, of each.</param>
    /// <param name="time">The report's bins.</param>
    /// <param name="limits">How large series may be.</param>
    /// <param name="lastNs">Time of the trace's last event.</param>
    /// <param name="isFiltered">True if a filter leaves out some of what was in flight.</param>
    /// <param name="actions">Events of all of them, by action.</param>
    public static AggregateReport Of(
        LeafDevices leaves, IReadOnlyList<JointScope> scopes, DepthClock? clock, InFlightAccumulator? inFlight, TimeBinning time, ReportLimits limits, long lastNs, bool isFiltered, ActionCount[] actions)
    {
        DeviceReport[] devices = leaves.Devices;
        long firstNs = scopes.Min(scope => scope.Accumulators.Throughput.FirstNs);
        long spanNs = scopes.Max(scope => scope.Accumulators.Throughput.LastNs) - firstNs;
        OperationReport[] operations = [.. scopes.Select(scope => Operation(scope, devices, time, spanNs, lastNs, limits))];
        OperationReport? transfers = Array.Find(operations, operation => operation.Scope == OperationScope.Transfers);
        double? queueShare = scopes.FirstOrDefault(scope => scope.Kind == OperationScope.Transfers)?.Accumulators.Latency.QueueShare;
        (long readBytes, long reads) = SumOf(OperationClass.Read);
        (long writeBytes, long writes) = SumOf(OperationClass.Write);
        var whole = new DeviceReport
        {
            Device = AllDevices,
            Name = devices.Length <= MostNames ? string.Join("+", devices.Select(device => device.Name ?? device.Device)) : FormattableString.Invariant($"{devices.Length} devices"),
            Actions = actions,
            Operations = operations,
            CountedSpanNs = spanNs,
            ReadShareOfBytes = Share(readBytes, writeBytes),
            ReadShareOfRequests = Share(reads, writes),
            Processes = Processes(devices),
            OtherProcesses = devices.Select(device => device.OtherProcesses).OfType<OtherProcesses>().Aggregate((OtherProcesses?)null, Add),
            Cpus = Cpus(devices),
            QueueDepth = clock is null || inFlight is null ? null : QueueDepthSummary.Of(clock, inFlight, lastNs, limits.Columns),
            TimeUse = clock is null ? null : TimeUseSummary.Of(clock, isFiltered ? null : transfers?.Overview, queueShare),
            Reissues = devices.Sum(device => device.Reissues),
            SectorTime = [],
        };
        return new AggregateReport
        {
            Devices = [.. devices.Select(device => device.Device)],
            LeftOut = leaves.LeftOut,
            Whole = whole,
            WithoutDepth = clock is not null ? null
                : devices.All(device => device.TimeUse is null) ? "the trace has no completions"
                : "other devices than these issued requests too, or some of these never issue",
            Balance = Balance(devices, whole, time),
        };

        (long Bytes, long Requests) SumOf(OperationClass @class) => Array.Find(operations, operation => operation.Scope == OperationScope.Class && operation.Class == @class)?.Overview is { } overview ? (overview.Bytes, overview.Requests) : (0, 0);
    }

    private static double? Share(long part, long rest) => part + rest == 0 ? null : (double)part / (part + rest);

    private static OperationReport Operation(JointScope scope, DeviceReport[] devices, TimeBinning time, long spanNs, long lastNs, ReportLimits limits)
    {
        OperationReport[] parts = [.. devices.SelectMany(device => device.Operations).Where(operation => operation.Scope == scope.Kind && operation.Name == scope.Name)];
        ThroughputResult throughput = OverviewSummary.Throughput(scope.Accumulators, time);
        long touched = parts.Sum(part => part.SectorAccess?.TouchedSectors ?? 0);
        return new OperationReport
        {
            Scope = scope.Kind,
            Name = scope.Name,
            Class = scope.Class,
            Overview = OverviewSummary.Of(scope.Accumulators, throughput, time, touched, spanNs),
            Sizes = scope.Accumulators.Sizes.ToResult(),
            Throughput = throughput,
            SectorAccess = Access([.. parts.Select(part => part.SectorAccess).OfType<SectorAccessResult>()]),
            Latency = scope.Accumulators.Latency.ToResult(lastNs, scope.HasQueue, limits.Columns),
            Sequence = scope.Sequence,
            FileSequence = scope.FileSequence,
        };
    }

    // A sector of one device is not one of another: distributions add up. What is an estimate of one is one of all.
    private static SectorAccessResult? Access(SectorAccessResult[] parts)
    {
        if (parts.Length == 0 || parts.Any(part => part.Estimate is not null))
            return null;
        AccessCount[] distribution = [.. parts.SelectMany(part => part.Distribution).GroupBy(count => count.Accesses).OrderBy(group => group.Key).Select(group => new AccessCount(group.Key, group.Sum(count => count.Sectors)))];
        long touched = parts.Sum(part => part.TouchedSectors);
        long accessed = parts.Sum(part => part.AccessedSectors);
        LorenzPoint[] lorenz = Inequality.Lorenz(distribution);
        return new SectorAccessResult
        {
            TouchedSectors = touched,
            AccessedSectors = accessed,
            Runs = parts.Sum(part => part.Runs),
            MaxAccesses = distribution[^1].Accesses,
            MeanAccesses = (double)accessed / touched,
            Distribution = distribution,
            Gini = Inequality.Gini(lorenz),
            Lorenz = lorenz,
            HotShares = Inequality.HotShares(lorenz),
        };
    }

    private static ProcessUse[] Processes(DeviceReport[] devices) =>
    [
        .. devices.SelectMany(device => device.Processes).GroupBy(use => use.Pid).Select(process => process.Aggregate((one, other) => one with
        {
            ReadRequests = one.ReadRequests + other.ReadRequests,
            ReadBytes = one.ReadBytes + other.ReadBytes,
            WriteRequests = one.WriteRequests + other.WriteRequests,
            WriteBytes = one.WriteBytes + other.WriteBytes,
            OtherRequests = one.OtherRequests + other.OtherRequests,
        })).OrderByDescending(use => use.ReadBytes + use.WriteBytes).ThenBy(use => use.Pid),
    ];

    // Processes that are not told apart may be the same on several devices.
    private static OtherProcesses Add(OtherProcesses? one, OtherProcesses other) => one is null ? other : new OtherProcesses(
        Math.Max(one.AtLeast, other.AtLeast), one.ReadRequests + other.ReadRequests, one.ReadBytes + other.ReadBytes,
        one.WriteRequests + other.WriteRequests, one.WriteBytes + other.WriteBytes, one.OtherRequests + other.OtherRequests);

    private static CpuUse[] Cpus(DeviceReport[] devices) =>
    [
        .. devices.SelectMany(device => device.Cpus).GroupBy(use => use.Cpu).OrderBy(cpu => cpu.Key).Select(cpu => cpu.Aggregate((one, other) => one with
        {
            ReadRequests = one.ReadRequests + other.ReadRequests,
            ReadBytes = one.ReadBytes + other.ReadBytes,
            WriteRequests = one.WriteRequests + other.WriteRequests,
            WriteBytes = one.WriteBytes + other.WriteBytes,
            OtherRequests = one.OtherRequests + other.OtherRequests,
        })),
    ];

    private static DeviceBalance Balance(DeviceReport[] devices, DeviceReport whole, TimeBinning time)
    {
        long all = devices.Sum(device => device.TransferredBytes);
        DevicePart[] parts =
        [
            .. devices.Select(device => new DevicePart(
                device.Device, device.Transfers?.Overview.Requests ?? 0, device.TransferredBytes, all == 0 ? 0 : (double)device.TransferredBytes / all,
                device.TimeUse is { } use ? use.SpanNs - use.IdleNs : null)),
        ];
        double[] overTime = new double[time.Count];
        long[][] series = [.. devices.Select(device => device.Transfers?.Throughput.Bytes ?? new long[time.Count])];
        for (int bin = 0; bin < overTime.Length; bin++)
            overTime[bin] = MaxOverMean(series.Select(bytes => bytes[bin])) ?? 0;
        long busyNs = whole.TimeUse is { } together ? together.SpanNs - together.IdleNs : 0;
        return new DeviceBalance
        {
            Parts = parts,
            MaxOverMean = MaxOverMean(parts.Select(part => part.Bytes)),
            Gini = all == 0 ? null : Gini(parts.Select(part => part.Bytes)),
            BusyDevices = busyNs > 0 && parts.All(part => part.BusyNs is not null) ? parts.Sum(part => (double)part.BusyNs!.Value) / busyNs : null,
            MaxOverMeanOverTime = overTime,
        };
    }

    private static double? MaxOverMean(IEnumerable<long> values)
    {
        (int count, double sum, long max) = (0, 0, 0);
        foreach (long value in values)
            (count, sum, max) = (count + 1, sum + value, Math.Max(max, value));
        return sum > 0 ? max * count / sum : null;
    }

    private static double Gini(IEnumerable<long> values) =>
        Inequality.Gini(Inequality.Lorenz([.. values.GroupBy(value => value).OrderBy(group => group.Key).Select(group => new AccessCount(group.Key, group.Count()))]));
}

/// <summary>An operation of several devices.</summary>
/// <param name="Kind">What it covers.</param>
/// <param name="Name">Its name.</param>
/// <param name="Class">Its class; null for reads and writes together.</param>
/// <param name="HasQueue">True if the trace records when requests of a device were queued.</param>
/// <param name="Accumulators">What all of them did in it, but for where.</param>
internal sealed record JointScope(OperationScope Kind, string Name, OperationClass? Class, bool HasQueue, OperationAccumulators Accumulators)
{
    /// <summary>How the requests follow each other, each device by itself; null if that is not known.</summary>
    public SequenceResult? Sequence { get; init; }

    /// <summary>The same by offsets in files.</summary>
    public SequenceResult? FileSequence { get; init; }
}

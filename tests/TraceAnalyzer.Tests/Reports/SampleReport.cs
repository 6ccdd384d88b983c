using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Reports;

/// <summary>A small report with every optional part in it, and with names that somebody chose to do harm.</summary>
internal static class SampleReport
{
    /// <summary>Escape sequence, quotes, comma, newline and tab.</summary>
    public const string HostileName = "\u001b[2J\"rm\", -rf\n\t";

    /// <summary>A formula for a spreadsheet, then a right-to-left override.</summary>
    public const string FormulaName = "=1+1\u202E";

    private const long OriginNs = 5_000_000_000;

    private static readonly TimeBinning s_time = new(OriginNs, 500_000_000, 3);

    public static TraceReport Full() => new()
    {
        Source = new ReportSource("kv-offload", "blktrace per-CPU set", ["run.blktrace.0", "run.blktrace.1"], 3_145_728),
        Settings = new ReportSettings("issue", ["device 259,0", "process \"python3\""], Study: true),
        Integrity =
        [
            new IntegrityCounter("badRecords", 0, "records or lines that could not be understood", null),
            new IntegrityCounter("lostEvents", 1234, "events the tracer reported lost", null),
            new IntegrityCounter("skippedBytes", 7, "bytes that belong to no record", "run.blktrace.1, byte 4096"),
        ],
        Events = 16_310,
        Actions = [new ActionCount("queue", "Q", 16_296), new ActionCount("issue", "D", 7), new ActionCount("complete", "C", 7)],
        FirstEventNs = OriginNs + 1,
        LastEventNs = OriginNs + 1_400_000_000,
        WallClockStartUnixNs = 1_700_000_000_123_456_789,
        Time = s_time,
        Devices = [Disk(), Unnumbered()],
        Study = new StudyReport(5, [393_216, 131_072], [0, 4096],
        [
            new StudyOperation("R", [new StudySize(128, 4)], [new StudyAccess(1, 512, 0.5), new StudyAccess(3, 512, 1)]),
            new StudyOperation("WS", [new StudySize(4, 1)], [new StudyAccess(1, 8, 1)]),
        ])
        {
            Seconds = [5, 6],
        },
        Notes = ["Bins of 1 us would be 1,400,000 in each series; bins of series over time are 500 ms wide, so that the report stays small."],
        Run = Run(),
        Limit = Limit,
        Findings =
        [
            new Finding("uniform-access", "Sectors are read uniformly", Verdict.NotShown, "The Gini coefficient is 0.250.", [new Evidence("Gini coefficient", 0.25, Unit.Coefficient, 0.1), new Evidence("size", 131_072, Unit.Bytes)], "lorenz") { Rule = "shown if the Gini coefficient is at most 0.100", TraceCompleteness = 0.93, Caveats = ["events were lost: counts and bytes are lower bounds"] },
            new Finding("saturated", "Reads saturate the device", Verdict.NotAnswerable, "What the device can read is not given.", [], null),
        ],
        Thresholds = new Thresholds(),
    };

    /// <summary>The same, with its devices added up besides.</summary>
    public static TraceReport OfSeveral() => Full() with { Aggregate = Together(Disk(), Unnumbered()) };

    private static AggregateReport Together(DeviceReport one, DeviceReport other) => new()
    {
        Devices = [one.Device, other.Device],
        LeftOut = ["9,0 is made of other devices, to which its requests go: its requests are not counted again."],
        Whole = one with { Device = "all", Name = "two devices", Space = null, SectorTime = [], Operations = [.. one.Operations.Select(operation => operation with { SectorAccess = null })] },
        WithoutDepth = "the trace has no completions",
        Balance = new DeviceBalance
        {
            Parts = [new DevicePart(one.Device, 5, 528_384, 1, 250), new DevicePart(other.Device, 0, 0, 0, null)],
            MaxOverMean = 2,
            Gini = 0.5,
            BusyDevices = 1.25,
            MaxOverMeanOverTime = [2, 0, 2],
        },
    };

    // A source that names its devices, and one with call stacks.
    private static DeviceReport Unnumbered() => new()
    {
        Device = "4095,0",
        Name = FormulaName,
        OtherProcesses = new OtherProcesses(7, 1, 4096, 2, 8192, 3),
        Actions = [],
        Operations = [],
        Processes = [],
        Cpus = [],
        SectorTime = [],
        Paths = [new PathUse("readahead", "buffered reads", 4, 524_288, 0, 0, 0, 0.75)],
        Stacks = [new FoldedStack(OperationClass.Read, "do_syscall_64;filemap_read", 4, 524_288)],
    };

    private static RunReport Run() => new()
    {
        Folder = "kv-offload",
        Trace = "run",
        OtherTraces = ["init"],
        Files = [new RunFile("gpu.txt", "GPU log"), new RunFile("watts.csv", RunFile.NotUnderstood) { Reason = "a table of no kind known here" }, new RunFile("plot.py", RunFile.NotUsed) { Reason = "text" }],
        Problems = [new RunFileProblem("tokens.csv", "1 line not understood and skipped")],
        NotAnswerable = ["Layers: nothing says which file holds which layer."],
        Facts = new RunFacts
        {
            Framework = "FlexGen",
            Model = "facebook/opt-6.7b",
            Dtype = "float16",
            BatchSize = 16,
            PromptTokens = 256,
            GeneratedTokens = 32,
            WeightsOnDiskPercent = 0,
            CacheOnDiskPercent = 100,
            DeviceReadGiBPerSecond = 5.3,
            DeviceWriteGiBPerSecond = 2.5,
            DeviceBandwidthSource = "run.json",
            IsDeviceBandwidthBuffered = true,
            DevicePoints = [new DevicePoint("fio.json", true, 131_072, 4, 2.5e9)],
        },
        Frameworks = [new FrameworkFigures { File = "stdout.txt", Framework = "FlexGen", ModelGiB = 12.386, CacheGiB = 2.25, PrefillSeconds = 0.636, DecodeSeconds = 21.663, TotalSeconds = 22.299, TokenSeconds = [0.636, 0.7] }],
        Clock = new RunClock("timestamp record of the trace", 1_700_000_000_000_000_000, 1_000),
        Logged = new LoggedRun("stdout.txt", "the run ends with the GPU's last work", 1_200_000_000, [new LoggedPhase(SpanKind.Prefill, 0, OriginNs, OriginNs + 636_000_000, 20, 0.5)]),
        Gpu = new GpuUse
        {
            File = "gpu.txt",
            Samples = 2,
            MeanPercent = 20,
            TimeWeightedMeanPercent = 10,
            TraceMeanPercent = 12.5,
            LongestGapNs = 200_000_000,
            UtcOffsetMinutes = 60,
            Shares = new BusyShares(0.5, 0.25, 0.125, 0.125, 200_000_000),
            SampleNs = [OriginNs, OriginNs + 200_000_000],
            SamplePercent = [10, 30],
            Gpus = [Gpu("GPU 0", 20), Gpu("GPU 1", 40)],
        },
        IoBusyShare = 0.625,
        IoIntervals = new IoIntervals(1_000_000, [OriginNs, OriginNs + 200_000_000], [OriginNs + 100_000_000, OriginNs + 300_000_000]),
        Phases = [Span("bench", null) with { Source = "run.json", UncertaintyNs = 22_000_000, Confidence = 0.875 }],
        Tokens = [Span("prefill", 0), Span("decode", 1)],
        TokenSource = "tokens.csv",
        TokenUncertaintyNs = 14_000_000,
        OutsideTokens = Span("outside", null),
        Detection = new PassDetection(PassKind.KvCache, [OriginNs, OriginNs + 700_000_000], 0.9, 2, 14_000_000, 700_000_000) { Score = 0.97, EndNs = OriginNs + 1_400_000_000, Extents = [new PassExtent(0, 4095, 16, 2_097_152), new PassExtent(0, 4095, 16, 2_097_152)] },
        Tensors = [Tensor("t_0", "layers.0.k_cache", 0, TensorRole.KeyCache)],
        FileSystem = new FileSystemStart(2048, "remaps of partition 259,1 in the trace"),
        DeviceMap = ["md0: as the table of the folder has it, with which 12 remaps of the trace agree"],
        Unmapped = Tensor("", null, null, null),
        ModelUse = new ModelUse
        {
            TensorBytes = 262_144,
            PassBytes = 196_608,
            Roles = [new RoleUse { Role = TensorRole.KeyCache, Tensors = 1, LengthBytes = 262_144, ReadBytes = 262_144, DistinctReadBytes = 131_072, WriteBytes = 4096 }],
            TokenRoles = [new TokenRoleUse(0, TensorRole.KeyCache, 131_072)],
            PhaseRoles = [new PhaseRoleUse("bench", TensorRole.KeyCache, 262_144)],
            Experts = new ExpertReport
            {
                OfTokens = true,
                HoldHalf = 1,
                Hold80Percent = 2,
                Hold95Percent = 3,
                NeverRead = 1,
                Fetches = 2,
                RequestsPerFetch = 1.5,
                PiecesPerExpert = 3,
                DeviceExtentsPerFetch = 3.5,
                MaxRequestBytes = 65_536,
                LaidOutRequestsPerFetch = 3,
                PackedRequestsPerFetch = 1,
                UnfetchedReadBytes = 3072,
                PackedSavedBytes = 2048,
                RoutedFetches = 4,
                RoutedWithoutReads = 2,
                UnroutedReadBytes = 4096,
                Experts = [new ExpertUse { Layer = 0, Expert = 1, LengthBytes = 65_536, ReadRequests = 3, ReadBytes = 65_536, Tokens = 2, RoutedTokens = 2, TokenReadBytes = 65_536, Pieces = 3 }],
                ByToken = [new ExpertTokenUse(0, 0, 1, 65_536)],
            },
            Order = new AccessOrder
            {
                Tokens = 2,
                ReadBytes = 524_288,
                LeftOutBytes = 4096,
                Requests = 10,
                MaxRequestBytes = 65_536,
                Steps =
                [
                    new OrderSteps { ChangesLayer = false, Steps = 4, Sequential = 2, Forward = 1, Backward = 1, OtherFile = 0, MedianJumpBytes = 131_072, MaxJumpBytes = 262_144 },
                    new OrderSteps { ChangesLayer = true, Steps = 1, Sequential = 0, Forward = 0, Backward = 0, OtherFile = 1 },
                ],
                AsLaidOut = new LayoutUse(262_144, 4, 9),
                InOrderOfUse = new LayoutUse(393_216, 2, 8),
            },
        },
        Places = [new TensorPlace(0, 300, 0)],
        Layers = new LayersOverTime(s_time, [[131_072, 0, 131_072]], [[4096]]),
        StallSource = "layers.csv",
        CallSource = "layers.csv",
        LayerIo = [new LayerIo { Layer = 0, ReadRequests = 2, ReadBytes = 262_144, WriteRequests = 1, WriteBytes = 4096, IoBusyNs = 350_000_000, BytesPerSecond = 760_000 }],
        LayerTurns =
        [
            new LayerTurn
            {
                Number = 1, Layer = 0, Turns = 2, TimeNs = 700_000_000, ReadRequests = 2, ReadBytes = 262_144, WriteRequests = 1, WriteBytes = 4096,
                IoBusyNs = 350_000_000, ComputeNs = 100_000_000, OverlapNs = 50_000_000, StallNs = 300_000_000, IdleNs = 300_000_000,
            },
        ],
        KvRows = new KvRowUse { PositionBytes = 131_072, Reads = [2, 1], PredictedReads = [2, 1], RankCorrelation = -1, Columns = s_time, PositionsPerRow = 1, ReadBytes = [[131_072, 131_072], [131_072]] },
        Limits =
        [
            new SpanLimit { Name = "bench", StartNs = OriginNs + 10, EndNs = OriginNs + 1_010, InFlightShare = 0.25, MeanBusyDepth = 1.4, BusyBytesPerSecond = 2_113_536_000, Kind = LimitKind.Host },
            new SpanLimit { Name = "decode", Index = 1, StartNs = OriginNs + 10, EndNs = OriginNs + 510, InFlightShare = 0, Kind = LimitKind.Host, OutsideTraceNs = 100, KindInTrace = LimitKind.Mixed },
        ],
        LogicalReuse = new LogicalReuse("tensor_io.csv", 393_216, 131_072, [new MemoryPoint(65_536, 0, 131_072, 131_072), new MemoryPoint(131_072, 262_144, 262_144, 262_144)]),
        DriveCounters = [new DriveCounters("nvme-smart-after.json, nvme-smart-before.json", 512_000, 768_000), new DriveCounters("smart.json", null, null) { Remark = "one copy" }],
        Moved =
        [
            new MovedBytes(MovedBytes.Trace, MovedBytes.ByTrace, 1_048_576, 8_192),
            new MovedBytes("result.json", MovedBytes.ByWorkload, 2_097_152, 8_192) { DeviceReadRatio = 0.5, DeviceWriteRatio = 1, Remark = "the storage tier" },
            new MovedBytes("nvfs.txt", MovedBytes.ByDriver, null, null) { IsNotComparable = true },
        ],
        Movement = new Movement
        {
            Model = "KV cache on disk",
            PredictedTokens = 2,
            PredictedReadBytes = 400_000,
            PredictedWriteBytes = 4096,
            FrameworkReadBytes = 393_216,
            FrameworkWriteBytes = 4096,
            TraceReadBytes = 262_144,
            TraceWriteBytes = 4096,
            CacheHitBytes = 131_072,
            ExcessReadBytes = 0,
            UnmappedReadBytes = 0,
            FrameworkElsewhereReadBytes = 0,
            UnexplainedReadBytes = 0,
        },
    };

    private static SpanUseReport Span(string name, int? index) => new()
    {
        Name = name,
        Index = index,
        StartNs = OriginNs,
        EndNs = OriginNs + 700_000_000,
        ReadRequests = 2,
        ReadBytes = 262_144,
        WriteRequests = 1,
        WriteBytes = 4096,
        FirstNs = OriginNs + 1,
        LastNs = OriginNs + 600_000_000,
        IoBusyNs = 350_000_000,
        ReadBytesPerSecond = 374_491.4,
        WriteBytesPerSecond = 5_851.4,
        GpuMeanPercent = 20,
        InCallsNs = 200_000_000,
        InCallsIoNs = 150_000_000,
        ComputeNs = 100_000_000,
        OverlapNs = 50_000_000,
        StallNs = 300_000_000,
        IdleNs = 300_000_000,
    };

    private static GpuSeriesUse Gpu(string name, double percent) => new()
    {
        Name = name,
        MeanPercent = percent,
        TimeWeightedMeanPercent = percent,
        TraceMeanPercent = percent,
        LongestGapNs = 200_000_000,
        Shares = new BusyShares(0.5, 0.25, 0.125, 0.125, 200_000_000),
        SampleNs = [OriginNs, OriginNs + 200_000_000],
        SamplePercent = [percent, percent],
    };

    private static TensorUse Tensor(string file, string? tensor, int? layer, TensorRole? role) => new()
    {
        File = file,
        Tensor = tensor,
        Layer = layer,
        Role = role,
        Projection = file.Length > 0 ? "k" : null,
        Expert = file.Length > 0 ? 1 : null,
        OffsetBytes = file.Length > 0 ? 512 : null,
        LengthBytes = 131_072,
        Reads = 2,
        ReadRequests = 2,
        ReadBytes = 262_144,
        DistinctReadBytes = 131_072,
        WriteRequests = 1,
        WriteBytes = 4096,
        FrameworkReadBytes = file.Length > 0 ? 393_216 : null,
        FrameworkWriteBytes = file.Length > 0 ? 4096 : null,
    };

    /// <summary>A report of the size of a big one: <paramref name="numbers"/> cells in a sector-time map.</summary>
    public static TraceReport Big(int numbers)
    {
        const int Columns = 1000;
        TraceReport report = Full();
        DeviceReport disk = report.Devices[0];
        long[][] rows = [.. Enumerable.Range(0, numbers / Columns).Select(row => Enumerable.Range(0, Columns).Select(column => 1L + (row * column) % 4096).ToArray())];
        var columns = new TimeBinning(OriginNs, 1_500_000, Columns);
        var space = new SpaceAxis(256, [.. Enumerable.Range(0, rows.Length).Select(row => row * 256L)]);
        return report with { Devices = [disk with { Operations = [.. disk.Operations.Select(operation => operation with { SectorAccess = null })], Space = space, SectorTime = [new SectorTimeResult(OperationClass.Read, columns, rows)] }] };
    }

    private static DeviceReport Disk() => new()
    {
        Device = "259,0",
        Actions = [new ActionCount("issue", "D", 7)],
        Operations =
        [
            Operation(OperationScope.Transfers, "transfers", null, 5, 528_384),
            Operation(OperationScope.Class, "read", OperationClass.Read, 4, 524_288),
            Operation(OperationScope.Class, "discard", OperationClass.Discard, 1, 1L << 30) with { Latency = null },
            Operation(OperationScope.Class, "flush", OperationClass.Flush, 1, 0) with { Latency = null, SectorAccess = null },
            AnEstimate(Operation(OperationScope.Rwbs, "R", OperationClass.Read, 4, 524_288)),
        ],
        CountedSpanNs = 1_250_000_000,
        ReadShareOfBytes = 524_288.0 / 528_384,
        ReadShareOfRequests = 0.8,
        Processes =
        [
            new ProcessUse(4711, HostileName, 3, 393_216, 0, 0, 0),
            new ProcessUse(4712, FormulaName, 1, 131_072, 1, 4096, 0),
            new ProcessUse(-1, null, 0, 0, 0, 0, 2),
            new ProcessUse(1, "a", 0, 0, 0, 0, 0),
            new ProcessUse(2, "b", 0, 0, 0, 0, 0),
            new ProcessUse(3, "c", 0, 0, 0, 0, 0),
        ],
        Cpus = [new CpuUse(0, 4, 524_288, 0, 0, 0), new CpuUse(3, 0, 0, 1, 4096, 2)],
        Reissues = 3,
        Sequence = new DeviceSequence { Requests = 5, Following = 1, WithoutSeek = 2, MeanSeekSectors = 1234.5 },
        Steps = new StepResult
        {
            Steps = [new StepStatistics(Step.Q2Q, 6, 0, 1_000.5, 900, 2_000, 2_001), new StepStatistics(Step.I2D, 5, 10, 20, 15, 40, 41)],
            Processes = [new UserSteps(7, HostileName, [new StepStatistics(Step.D2C, 5, 10, 20, 15, 40, 41)])],
            Cpus = [new UserSteps(1, null, [new StepStatistics(Step.D2C, 5, 10, 20, 15, 40, 41)])],
            Queued = 7,
            Issued = 5,
            Merged = 2,
            MergeRatio = 1.4,
            MinSectors = 8,
            MaxSectors = 256,
            TotalSectors = 1032,
            Plugs = 3,
            Unplugs = 1,
            TimerUnplugs = 2,
            RequestsPerUnplug = 3,
            RequestsPerTimerUnplug = 1.5,
            QueueActivity = new ActivePeriods(2, 500_000_000, 400_000_000, 900_000_000),
            CompletionActivity = new ActivePeriods(1, 1_400_000_000, 1_400_000_000, 0),
            GivenUp = 1,
        },
        Tails =
        [
            new TailResult
            {
                Class = OperationClass.Read,
                Kind = LatencyKind.D2C,
                Windows = [new TailWindow(OriginNs, OriginNs + 500_000_000, 120, 80_000, 120_000, null), new TailWindow(OriginNs + 500_000_000, OriginNs + 1_000_000_000, 1_200, 80_000, 500_000, 900_000)],
                RelativeError = 0.03,
                Stretches =
                [
                    new TailStretch { Windows = 2, StartNs = OriginNs + 500_000_000, EndNs = OriginNs + 1_000_000_000, Recovers = false, P99InNs = 500_000, P99OutNs = 120_000, Ratio = 4.17, DepthRatio = 1.1, SizeRatio = 1, WriteRateRatio = 3, PValue = 0.01 },
                    new TailStretch { Phase = "bench", Windows = 2, StartNs = OriginNs + 500_000_000, EndNs = OriginNs + 1_000_000_000, Recovers = true, P99InNs = 500_000, P99OutNs = 120_000, Ratio = 4.17, PValue = 0.02 },
                ],
            },
        ],
        Interference = new WriteInterference
        {
            WindowNs = 100_000_000,
            Bins = [new InterferenceBin(null, 0, 1_100, 80_000, 120_000, 130_000), new InterferenceBin(0, 1 << 20, 220, 90_000, 400_000, null), new InterferenceBin(1 << 30, null, 3, 90_000, 400_000, null)],
            Unknown = 1,
            P99Ratio = 3.3,
            Correlation = 0.4,
            PValue = 0.03,
        },
        QueueDepth = new QueueDepthResult
        {
            Columns = s_time,
            Mean = [0.5, 1.25, 0],
            Max = [1, 2, 0],
            MaxDepth = 2,
            MeanDepth = 0.875,
            TimeAtDepthNs = [750, 250],
            IssuedAtDepth = [0, 3, 2],
        },
        Limit = Limit,
        TimeUse = new TimeUse
        {
            SpanNs = 1_000,
            IdleNs = 750,
            IdleShare = 0.75,
            Depths = [new DepthTime(1, 1, 150), new DepthTime(2, 2, 100)],
            MeanBusyDepth = 1.4,
            Gaps = new IdleGapResult { Count = 2, TotalNs = 750, P50Ns = 250, P99Ns = 500, LongestNs = 500, RelativeError = 0.00390625 },
            BusyBytesPerSecond = 2_113_536_000,
            BusyIops = 20_000_000,
            QueueShare = 0.25,
        },
        Reuse = new ReuseResult
        {
            PageBytes = 4096,
            ReadBytes = 524_288,
            WriteBytes = 4096,
            FootprintBytes = 262_144,
            SampledShare = 0.5,
            SamplingError = 0.01,
            Read = Again(524_288, 262_144),
            Write = Again(4096, 4096),
            Memory = [new MemoryPoint(131_072, 0, 131_072, 65_536), new MemoryPoint(262_144, 262_144, 262_144, 262_144)],
            WorkingSet = new WorkingSet(s_time, [131_072, 0, 262_144], [131_072, 0, 131_072]),
            Tokens = [new TokenWorkingSet(0, 131_072, 0), new TokenWorkingSet(1, 262_144, 131_072)],
            Groups = [new ReuseGroup { Layer = 0, Expert = 1, FootprintBytes = 131_072, ReadBytes = 262_144, AgainBytes = 131_072, DistanceP50Bytes = 131_072, TimeP50Ns = 700_000_000 }],
        },
        Wear = new WearResult
        {
            WriteBytes = 4096,
            WriteRequests = 1,
            FootprintBytes = 4096,
            RewriteFactor = 1,
            SpanNs = 1_000_000_000,
            BytesPerDay = 353_894_400,
            BytesPerToken = 2048,
            OverwriteP50Bytes = 4096,
            OverwriteP90Bytes = 8192,
            PartialWrites = [new PartialWrites(4096, 0, 0, 4096), new PartialWrites(16_384, 1, 4096, 16_384)],
            DiscardRequests = 1,
            DiscardBytes = 65_536,
            CapacityBytes = 1_000_000_000,
            RatedBytes = 600_000_000_000,
            DriveWritesPerDay = 0.3538944,
            YearsToRated = 4.641,
        },
        Space = new SpaceAxis(256, [0, 256, 8_589_934_592]),
        SectorTime = [new SectorTimeResult(OperationClass.Read, s_time, [[256, 0, 512], [], [0, 7]]), new SectorTimeResult(OperationClass.Write, s_time, [[8], [], []])],
    };

    private static ReuseStatistics Again(long bytes, long againBytes) => new()
    {
        AgainBytes = againBytes,
        FirstBytes = bytes - againBytes,
        DistanceP50Bytes = 131_072,
        DistanceP90Bytes = 196_608,
        DistanceP99Bytes = 262_144,
        TimeP50Ns = 500_000_000,
        TimeP90Ns = 700_000_000,
        TimeP99Ns = 1_400_000_000,
    };

    private static LimitVerdict Limit => new()
    {
        Kind = LimitKind.ShallowQueue,
        Scope = "259,0",
        Sentence = "Few requests at once limit.",
        Details = "All parts agree (decode: shallow queue).",
        Rule = "shallow queue if the mean depth is below 4",
        Shares = [new LimitShare("nothing in flight", 0.75), new LimitShare("1 in flight", 0.25)],
        Evidence = [new Evidence("mean depth while busy", 1.4, Unit.Count, 4)],
        Reference = new LimitReference("fio.json", 5e9, 2e9, IsLowerBound: true)
        {
            IsUpperBound = true,
            Points = "at 128 KiB and depth 4 fio measured 5 GB/s; fio.json",
            ReadBytesPerSecondAtDepth = 4e9,
            WriteBytesPerSecondAtDepth = 1e9,
        },
        Bounds = [new LimitBound("with an infinitely fast device", 1.25, "run", "all else takes as long")],
        OtherDevices = [new OtherDevice("4 such devices", "token", 1_000_000, 500_000, 250_000)],
    };

    private static OperationReport Operation(OperationScope scope, string name, OperationClass? @class, long requests, long bytes) => new()
    {
        Scope = scope,
        Name = name,
        Class = @class,
        Overview = new OverviewResult
        {
            Requests = requests,
            Bytes = bytes,
            MinSizeBytes = Math.Min(bytes, 4096),
            MeanSizeBytes = (double)bytes / requests,
            MedianSizeBytes = requests == 1 ? bytes : 131_072,
            MaxSizeBytes = requests == 1 ? bytes : 131_072,
            FirstNs = OriginNs + 10,
            LastNs = OriginNs + 10 + (requests == 1 ? 0 : 1_250_000_000),
            DurationNs = requests == 1 ? 0 : 1_250_000_000,
            MeanIops = requests == 1 ? null : requests / 1.25,
            MeanBytesPerSecond = requests == 1 ? null : bytes / 1.25,
            PeakIops = 6,
            PeakBytesPerSecond = 786_432,
            FootprintBytes = 524_288,
        },
        Sizes = requests == 1
            ? new RequestSizeResult([new SizeCount(bytes, 1)], bytes, 1, bytes == 0 ? 0 : 1)
            : new RequestSizeResult([new SizeCount(4096, 1), new SizeCount(131_072, requests - 1)], 131_072, 1 - 1.0 / requests, 1 / 3.0),
        Throughput = requests == 1
            ? new ThroughputResult([1, 0, 0], [bytes, 0, 0])
            : new ThroughputResult([3, 0, requests - 3], [393_216, 0, bytes - 393_216]),
        SectorAccess = new SectorAccessResult
        {
            TouchedSectors = 1024,
            AccessedSectors = 2048,
            Runs = 2,
            MaxAccesses = 3,
            MeanAccesses = 2,
            Distribution = [new AccessCount(1, 512), new AccessCount(3, 512)],
            Gini = 0.25,
            Lorenz = [new LorenzPoint(0, 0), new LorenzPoint(0.5, 0.25), new LorenzPoint(1, 1)],
            HotShares = [new HotShare(0.01, 0.015), new HotShare(0.1, 0.15)],
            RowAccessedSectors = [768, 0, 1280],
            RowTouchedSectors = [256, 0, 768],
            RowMaxAccesses = [3, 0, 3],
        },
        Sequence = @class == OperationClass.Read && scope == OperationScope.Class
            ? new SequenceResult
            {
                Requests = 4,
                Continuing = 3,
                ContinuingShare = 0.75,
                ByChance = 1,
                Following = 1,
                FollowingShare = 0.25,
                OwnFollowing = 2,
                OwnFollowingShare = 0.5,
                Streams = 2,
                Runs = 1,
                RunP50Bytes = 131_072,
                RunP95Bytes = 131_072,
                HalfOfBytesRunBytes = 131_072,
                Jumps = new JumpResult { Forward = 1, Backward = 1, DistanceP50Bytes = 4096, DistanceP95Bytes = 8192, RelativeError = 0.03, StrideBytes = -4096, StrideAtLeast = 1, Buckets = [new JumpBucket(-4095, -2048, 1), new JumpBucket(512, 512, 1)] },
                Processes = [new ProcessSequence(7, HostileName, 4, 2, 0.5)],
                Phases = [new PhaseSequence("bench", 4, 3, 0.75, 1, 0.25)]
            }
            : null,
        FileSequence = @class == OperationClass.Read && scope == OperationScope.Class
            ? new SequenceResult { Requests = 3, Continuing = 2, ContinuingShare = 2 / 3.0, Following = 1, FollowingShare = 1 / 3.0, Streams = 1, Runs = 1, OtherFile = 1 }
            : null,
        InterArrival = scope == OperationScope.Class && requests > 1 ? Statistics(300_000_000) : null,
        Latency = new LatencyResult
        {
            Q2D = Statistics(1_500),
            D2C = Statistics(85_300),
            Q2C = Statistics(86_800),
            RequestsWithoutQueue = 1,
            DetailKind = LatencyKind.D2C,
            BySize = [new SizeLatency(2048, 4096, Statistics(40_000)), new SizeLatency(65_536, 131_072, Statistics(90_000))],
            OverTime = new LatencyOverTime(s_time, [65_535, 131_071], 32_767, [[1, 2], null, [0, 1]], [60_000.5, 0, 90_000], [80_000, 0, 90_000], [80_000, 0, 90_001], 0.01),
        },
    };

    // As if memory had been short, and there had been more sizes than are told apart.
    private static OperationReport AnEstimate(OperationReport operation) => operation with
    {
        SectorAccess = operation.SectorAccess! with { Estimate = new SectorAccessEstimate(0.25, 40, 0.01, 0.02) },
        Sizes = operation.Sizes with { RangeBytes = 2 },
    };

    private static LatencyStatistics Statistics(long medianNs) => new()
    {
        Count = 4,
        MinNs = medianNs / 2,
        MeanNs = medianNs + 1 / 3.0,
        P50Ns = medianNs,
        P90Ns = 2 * medianNs,
        P99Ns = 3 * medianNs,
        P999Ns = 3.5 * medianNs,
        MaxNs = 4 * medianNs,
        RelativeError = 0.01,
        Buckets = [new LatencyBucket(medianNs, 3), new LatencyBucket(4 * medianNs, 1)],
    };
}

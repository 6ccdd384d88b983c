using System.Globalization;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Findings;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Analysis;

/// <summary>Turns what was accumulated into a <see cref="TraceReport"/>.</summary>
internal sealed class ReportBuilder
{
    // Enough for a figure a page wide, and round widths leave at least a fifth of it.
    private const int MaxSeriesBins = 1000;

    private const int MaxNotes = 10;

    // Devices whose tails are tested, which takes tens of milliseconds of each.
    private const int MaxTails = 16;

    private readonly OrderedStage _stage;
    private readonly AnalysisOptions _options;
    private readonly RunContext? _run;
    private readonly TraceAccumulators _accumulators;
    private readonly ILookup<DeviceId, (OperationKey Key, OperationBucket Operation)> _operations;
    private readonly Dictionary<string, DeviceId> _ids;
    private readonly ReportLimits _limits;
    private readonly TimeBinning _time;
    private readonly List<string> _notes = [];
    private readonly Dictionary<DeviceId, string> _deviceNames;

    private ReportBuilder(AnalysisOptions options, RunContext? run, OrderedStage stage, TraceAccumulators accumulators)
    {
        _options = options;
        _run = run;
        _stage = stage;
        _accumulators = accumulators;
        _operations = accumulators.Operations.ToLookup(operation => operation.Key.Device);
        _ids = accumulators.Devices.ToDictionary(device => device.ToString());
        _limits = Limits();
        _time = SeriesBinning();
        _deviceNames = stage.DeviceNames?.All.ToDictionary(named => named.Device, named => named.Name) ?? [];
        if (options.Filter is { Device: { } chosen, DeviceName: { } name })
            _deviceNames.TryAdd(chosen, name);
    }

    public static TraceReport Build(TraceSource source, AnalysisOptions options, RunContext? run, OrderedStage stage, TraceAccumulators accumulators, string? note = null)
    {
        var builder = new ReportBuilder(options, run, stage, accumulators);
        if (note is not null)
            builder._notes.Add(note);
        return builder.Build(source);
    }

    private TraceReport Build(TraceSource source)
    {
        bool hasEvents = _stage.Events > 0;
        DeviceReport[] devices = WithFilesWhereTheyLie([.. _accumulators.Devices.Select(Device)]);
        AddEstimateNotes(devices);
        if (_stage.Devices.Sentence is { } others)
            _notes.Add(others);
        if (_stage.Processes.IsFull)
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"The trace names more processes than {Units.Count(ProcessNames.Most)}; those named later have numbers only."));
        var report = new TraceReport
        {
            Source = new ReportSource(source.Name, source.Format, [.. source.Files], _stage.Bytes),
            Settings = new ReportSettings(_options.CountedAction.Name(), _options.Filter.Describe(), _options.Study),
            Integrity = Integrity(),
            Events = _stage.Events,
            Actions = ActionCounts(_accumulators.Devices.Select(_accumulators.ActionsOf).Append(_stage.Devices.OtherActions)),
            FirstEventNs = hasEvents ? _stage.FirstNs : 0,
            LastEventNs = hasEvents ? _stage.LastNs : 0,

            // blkparse -d moves the events to start at 0 but not the timestamp record: then the two clocks cannot be joined.
            WallClockStartUnixNs = hasEvents && _stage.WallClock is { } anchor && anchor.TraceNs <= _stage.FirstNs ? anchor.UnixNs + (_stage.FirstNs - anchor.TraceNs) : null,
            Time = _time,
            Devices = devices,
            Study = _options.Study ? StudySummary.Of([.. _operations.SelectMany(operations => operations), .. _accumulators.Reissues?.Operations ?? []], _time.OriginNs) : null,
            Notes = [.. _notes],
        };
        if (Leaves(report) is { AreSeveral: true } leaves)
            report = report with { Aggregate = Aggregate(leaves) };
        if (_run is { } run)
            report = report with { Run = RunReportBuilder.Build(run, Measurements(report)) };
        report = WithTails(report);
        report = new PageReports(report, _run, _options, _limits, (device, @class) => [.. _operations[IdOf(device.Device)].Where(operation => operation.Key.Class == @class).Select(operation => operation.Operation.Accumulated())]).Added();
        report = LimitSummary.AddTo(report, _options, isFiltered: !_options.Filter.IsNone, device => ActivityOf(report, device, OperationClass.Read, OperationClass.Write), FlightOf(DataDevices(report)));
        return report.MainDevice is { } device
            ? report with { Thresholds = _options.Thresholds, Findings = Findings(FactsOf(report, device)) }
            : report;
    }

    private TraceReport WithTails(TraceReport report)
    {
        HashSet<string> busiest = [.. report.Devices.OrderByDescending(device => device.TransferredBytes).Take(MaxTails).Select(device => device.Device)];
        DeviceReport[] devices = Array.ConvertAll(report.Devices, device =>
        {
            if (!busiest.Contains(device.Device))
                return device;
            DeviceId id = IdOf(device.Device);
            TailSummary.Series writes = TailSummary.SeriesOf(ActivityOf(report, device, OperationClass.Write), _stage.Clock!.OriginNs);
            SpanUseReport[] phases = report.RunDevice is { } own && (own == device || own.Device == AggregateSummary.AllDevices) ? report.Run!.Phases : [];
            TailResult[] tails = TailSummary.Of(device, phases, _time, writes);
            return device with
            {
                Tails = tails,
                Interference = _options.Filter.IsNone
                    ? TailSummary.Interference(device.Read?.Latency?.D2C, _stage.Writes.Of(id), Array.Find(tails, tail => tail.Class == OperationClass.Read)?.Windows, writes)
                    : null,
            };
        });
        return report with { Devices = devices };
    }

    // Where it is not known which device files lie on, they are taken to lie on the busiest.
    private DeviceReport[] WithFilesWhereTheyLie(DeviceReport[] devices)
    {
        if (devices.Length < 2 || _run?.Tensors?.Extents.IsByDevice != false)
            return devices;
        DeviceReport busiest = devices.MaxBy(device => device.TransferredBytes)!;
        return Array.ConvertAll(devices, device => device == busiest ? device : device with { Operations = Array.ConvertAll(device.Operations, operation => operation with { FileSequence = null }) });
    }

    private TraceFacts FactsOf(TraceReport report, DeviceReport device)
    {
        DeviceId[] own = [.. OwnDevices(report, device).Select(part => IdOf(part.Device))];

        // Partitions are made of others too, but do nothing themselves. With a filter the requests of an array are those of other devices too.
        DeviceId[] arrays = _options.Filter.Device is not null ? [] : [.. _accumulators.Devices.Where(_stage.Matcher.Together.MadeOfOthers.Contains).Except(own)];
        bool isBtrfs = own.Length > 1 && _run?.Folder.DeviceTables.SelectMany(part => part.Content.Tables).Any(table => table.IsFileSystem) == true;
        var facts = new TraceFacts(report, device)
        {
            Queue = DeviceQueues.LimitsOf(_run?.Environment?.Devices ?? [], [.. own.Select(id => id.ToString())], [.. arrays.Select(id => id.ToString())], isBtrfs),
            WriteOut = WriteOutOf(report, device),
        };
        return facts with { Splits = facts.Main.Class is { } main ? own.Concat(arrays).Sum(id => _accumulators.SplitsOf(id, main)) : 0 };
    }

    private Finding[] Findings(TraceFacts facts) => Contradictions.Mark(FindingCaveats.Apply(
        FindingRules.Judge(_options.Rules, facts, _options.Thresholds).Select(judged => (judged.Finding, judged.Rule.RestsOn)), facts.Report.Integrity, facts.Report.Events, facts.Device));

    private LeafDevices Leaves(TraceReport report) => LeafDevices.Of(report.Devices, _stage.Matcher.Together.MadeOfOthers);

    private AggregateReport Aggregate(LeafDevices leaves)
    {
        DeviceId[] ids = [.. leaves.Devices.Select(device => IdOf(device.Device))];
        List<Scope>[] scopes = [.. ids.Select(id => Scopes([.. _operations[id].Select(operation => (operation.Key, operation.Operation.Accumulated()))]).Scopes)];
        bool hasQueue = ids.Any(id => _stage.Matcher.Devices.GetValueOrDefault(id) is { SawQueue: true });
        JointScope[] joint =
        [
            .. scopes.SelectMany(list => list).DistinctBy(scope => (scope.Kind, scope.Name)).OrderBy(scope => scope.Kind).ThenBy(scope => scope.Class).ThenBy(scope => scope.Kind == OperationScope.Rwbs ? scope.Name : "", StringComparer.Ordinal)
                .Select(scope => new JointScope(scope.Kind, scope.Name, scope.Class, hasQueue,
                    OperationAccumulators.OfDevices([.. scopes.Select(list => list.Find(other => other.Kind == scope.Kind && other.Name == scope.Name)?.Accumulators)], static _ => true)!)
                {
                    Sequence = scope.Kind == OperationScope.Class ? _stage.Sequences?.Of(ids, scope.Class!.Value, _stage.Processes.Find) : null,
                    FileSequence = scope.Kind == OperationScope.Class && _run?.Tensors?.Extents.IsByDevice == true ? _stage.Sequences?.InFilesOf(ids, scope.Class!.Value) : null,
                }),
        ];
        var inFlight = new InFlightAccumulator(TimeScale.Doubling(_stage.Clock!.OriginNs, DepthClock.MaxColumns));
        foreach (InFlightAccumulator device in ids.Select(id => _accumulators.InFlightOf(id, _stage.Clock)).OfType<InFlightAccumulator>())
            inFlight.Merge(device);
        DepthClock? clock = ids.All(id => _stage.Matcher.Devices.GetValueOrDefault(id) is { SawCompletion: true }) ? _stage.Matcher.Together.ClockOf(ids) : null;
        return AggregateSummary.Of(leaves, joint, clock, inFlight, _time, _limits, _stage.LastNs, !_options.Filter.IsNone, ActionCounts(ids.Select(_accumulators.ActionsOf)));
    }

    // The run's data lies on the devices that served the I/O, or, of several that do not count together, on the one that moves most.
    private RunMeasurements Measurements(TraceReport report)
    {
        DeviceReport? busiest = report.BusiestDevice;
        DeviceReport[] data = DataDevices(report);
        DeviceReport[] issuing = busiest is null ? [] : LimitSummary.Issuing(report, busiest);
        bool isByDevice = _run?.Tensors?.Extents.IsByDevice == true;
        OperationAccumulators? Of(OperationClass @class)
        {
            OperationAccumulators?[] devices =
            [
                .. data.Select(device => _operations[IdOf(device.Device)].Where(operation => operation.Key.Class == @class).Select(operation => operation.Operation.Accumulated()).ToArray())
                    .Select(parts => parts.Length == 0 ? null : OperationAccumulators.Together(parts)),
            ];
            return devices is [var only] ? only : OperationAccumulators.OfDevices(devices, place => isByDevice || data[place] == busiest);
        }

        DeviceReport[] unlike = report.Aggregate is not null || busiest is null ? [] : [.. issuing.Where(other => other != busiest && 10 * other.TransferredBytes >= busiest.TransferredBytes)];
        return new RunMeasurements(Of(OperationClass.Read), Of(OperationClass.Write), BusyOf(data), report.FirstEventNs, report.LastEventNs, report.WallClockStartUnixNs)
        {
            ReadBytes = (report.Aggregate is null ? issuing : data).Sum(device => device.Read?.Overview.Bytes ?? 0),
            WriteBytes = (report.Aggregate is null ? issuing : data).Sum(device => device.Write?.Overview.Bytes ?? 0),
            IsFiltered = !_options.Filter.IsNone,
            Devices = [.. (report.Aggregate is null ? issuing : data).Select(device => (device.Device, device.Name))],
            ShowsFio = report.Devices.SelectMany(device => device.Processes).Any(process => process.Name == "fio"),
            Device = busiest?.Label() ?? "",
            ShareOfBytes = busiest is { TransferredBytes: > 0 } ? busiest.TransferredBytes / (double)issuing.Sum(device => device.TransferredBytes) : 1,
            OtherDevices = [.. unlike.Select(other => other.Label())],
            FilesAreOfOne = report.Aggregate is not null && !isByDevice,
            RereadBytes = data.Sum(device => device.Read?.Overview is { } read ? read.Bytes - read.FootprintBytes : 0),
        };
    }

    private static DeviceReport[] OwnDevices(TraceReport report, DeviceReport device) => device.Device == AggregateSummary.AllDevices ? DataDevices(report) : [device];

    private static DeviceReport[] DataDevices(TraceReport report) => report.Aggregate is { } aggregate
        ? [.. report.Devices.Where(device => aggregate.Devices.Contains(device.Device))]
        : report.BusiestDevice is { } busiest ? [busiest] : [];

    private BusyTimeline? BusyOf(DeviceReport[] devices)
    {
        DeviceFlight?[] flights = [.. devices.Select(device => _stage.Matcher.Devices.GetValueOrDefault(IdOf(device.Device)))];
        if (flights.Length == 0 || flights.Any(flight => flight is not { SawIssue: true, SawCompletion: true }))
            return null;
        return flights is [var only] ? only!.Busy : _stage.Matcher.Together.ClockOf([.. devices.Select(device => IdOf(device.Device))])?.Busy;
    }

    private SpanFlight? FlightOf(DeviceReport[] devices)
    {
        DepthIntegral[] depths = [.. devices.Select(device => _stage.Matcher.Devices.GetValueOrDefault(IdOf(device.Device))?.Issued.Integral).OfType<DepthIntegral>()];
        return depths.Length > 0 && depths.Length == devices.Length && BusyOf(devices) is { } busy ? new SpanFlight(busy, depths) : null;
    }

    private ActivityAccumulator ActivityOf(TraceReport report, DeviceReport device, params ReadOnlySpan<OperationClass> classes)
    {
        var all = new ActivityAccumulator(_stage.Clock!.OriginNs);
        foreach (DeviceReport part in OwnDevices(report, device))
        {
            foreach ((OperationKey key, OperationBucket operation) in _operations[IdOf(part.Device)])
            {
                if (classes.Contains(key.Class))
                    all.Merge(operation.Accumulated().Activity);
            }
        }

        return all;
    }

    private WriteOut? WriteOutOf(TraceReport report, DeviceReport device) =>
        WriteOuts.Find(ActivityOf(report, device, OperationClass.Read), ActivityOf(report, device, OperationClass.Write));

    private DeviceId IdOf(string device) => _ids[device];

    private ReportLimits Limits()
    {
        long scopes = 0;
        int heatmaps = 0;
        foreach (IGrouping<DeviceId, (OperationKey Key, OperationBucket Operation)> operations in _operations)
        {
            OperationClass[] classes = [.. operations.Select(operation => operation.Key.Class).Distinct()];
            int transfers = classes.Count(@class => @class.MovesData());
            scopes += operations.Count() + classes.Length + Math.Min(1, transfers);
            heatmaps += transfers;
        }

        return new ReportLimits(_ids.Count, 2 * scopes, heatmaps, _operations.Sum(operations => operations.Sum(operation => operation.Operation.Requests)));
    }

    private TimeBinning SeriesBinning()
    {
        if (_stage.Clock is not { } clock)
            return new TimeBinning(0, 1, 0);

        long spanNs = Math.Max(1, _stage.LastNs - clock.OriginNs + 1);
        long startNs = clock.BinWidthNs ?? TimeScale.FinestWidthNs;
        long finestNs = _operations.SelectMany(operations => operations).Select(operation => operation.Operation.SeriesWidthNs()).DefaultIfEmpty(startNs).Max();
        long maxBins = Math.Min(_limits.SeriesBins, clock.BinWidthNs is null ? MaxSeriesBins : ThroughputAccumulator.MaxAskedBins);
        long widthNs = RoundWidth(spanNs, startNs, finestNs, maxBins);
        long count = ((spanNs - 1) / widthNs) + 1;
        if (clock.BinWidthNs is { } asked && widthNs != asked)
        {
            string what = clock.IsFixed ? "The study's own numbers are of whole seconds, but bins" : string.Create(CultureInfo.InvariantCulture, $"Bins of {Units.Duration(asked)} would be {Units.Count(((spanNs - 1) / asked) + 1)} in each series; bins");
            _notes.Add($"{what} of series over time are {Units.Duration(widthNs)} wide, so that the report stays small.");
        }

        return new TimeBinning(clock.OriginNs, widthNs, (int)count);
    }

    // The least of 1, 2, 5, 10, 20, 50 ... times the start that is a multiple of the bins kept and gives few enough bins.
    private static long RoundWidth(long spanNs, long startNs, long finestNs, long maxBins)
    {
        for (long decade = startNs; ; decade *= 10)
        {
            foreach (long step in (long[])[1, 2, 5])
            {
                long width = decade * step;
                if (width % finestNs == 0 && (spanNs - 1) / width < maxBins)
                    return width;
                if (decade > long.MaxValue / 100)
                    return Math.Max(finestNs, spanNs);
            }
        }
    }

    private void AddEstimateNotes(DeviceReport[] devices)
    {
        var estimated = devices.SelectMany(device => device.Operations
            .Where(operation => operation is { Scope: OperationScope.Class, SectorAccess.Estimate: not null })
            .Select(operation => (Device: device.Label(), operation.Name, Estimate: operation.SectorAccess!.Estimate!))).ToList();
        foreach ((string device, string name, SectorAccessEstimate estimate) in estimated.Take(MaxNotes))
        {
            _notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Sector accesses of {name} on device {device} are an estimate from 1/{1 / estimate.SampledShare:F0} of its space, because memory was short (--max-memory): the footprint has a standard error of {Units.Share(estimate.TouchedError)}, shares of sectors and accesses of at most {Units.Share(estimate.ShareError)}."));
        }

        if (estimated.Count > MaxNotes)
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"So are those of {estimated.Count - MaxNotes} more operations of devices (sectorAccess.estimate)."));
    }

    private IntegrityCounter[] Integrity()
    {
        _stage.Diagnostics.Add(ReadCounter.TimesOutOfRange, _operations.Sum(operations => operations.Sum(operation => operation.Operation.OutOfRange())));
        return [.. ReadCounters.All.Select(entry =>
            new IntegrityCounter(entry.Name, _stage.Diagnostics[entry.Counter], entry.Meaning, _stage.Diagnostics.FirstPlace(entry.Counter)) { IsLoss = ReadCounters.IsLoss(entry.Counter) })];
    }

    private static ActionCount[] ActionCounts(IEnumerable<long[]> counts)
    {
        long[] sums = new long[BlockActions.Count];
        foreach (long[] part in counts)
        {
            for (int i = 0; i < sums.Length; i++)
                sums[i] += part[i];
        }

        return [.. Enum.GetValues<BlockAction>()
            .Where(action => sums[(int)action] > 0)
            .Select(action => new ActionCount(action.Name(), action.Letter(), sums[(int)action]))];
    }

    private DeviceReport Device(DeviceId device)
    {
        List<(OperationKey Key, OperationAccumulators Accumulators)> operations =
            [.. _operations[device].Select(operation => (operation.Key, operation.Operation.Accumulated()))];
        (List<Scope> scopes, List<OperationClass> classes, Dictionary<OperationClass, OperationAccumulators> byClass) = Scopes(operations);

        SectorTimeAccumulator[] heatmaps = [.. classes.Where(@class => @class.MovesData()).Select(@class => byClass[@class].SectorTime)];
        SpaceAxis? space = scopes.Find(scope => scope.Kind == OperationScope.Transfers) is { } all ? SpaceOf(all.Accumulators.Access, heatmaps) : null;

        // What a completion interrupted has nothing to do with the request.
        StackTable? stacks = _options.CountedAction == BlockAction.Complete ? null : _stage.Stacks;
        long spanNs = scopes.Count == 0
            ? 0
            : scopes.Max(scope => scope.Accumulators.Throughput.LastNs) - scopes.Min(scope => scope.Accumulators.Throughput.FirstNs);
        OperationReport[] reports =
        [
            .. scopes.Select(scope => Operation(
                device,
                scope,
                space,
                spanNs,
                scope.Kind == OperationScope.Transfers ? heatmaps : [scope.Accumulators.SectorTime],
                scope.Kind == OperationScope.Class ? _accumulators.ArrivalsOf(device, scope.Class!.Value)?.ToResult() : null)),
        ];
        OverviewResult? read = Find(reports, OperationClass.Read);
        OverviewResult? write = Find(reports, OperationClass.Write);
        (ProcessUse[] processes, OtherProcesses? otherProcesses) = UseSummary.Processes(operations, _stage.Processes.Find, _limits.Processes);
        return new DeviceReport
        {
            Device = device.ToString(),
            Name = _deviceNames.GetValueOrDefault(device),
            Actions = ActionCounts([_accumulators.ActionsOf(device)]),
            Operations = reports,
            CountedSpanNs = spanNs,
            ReadShareOfBytes = Share(read?.Bytes ?? 0, write?.Bytes ?? 0),
            ReadShareOfRequests = Share(read?.Requests ?? 0, write?.Requests ?? 0),
            Processes = processes,
            OtherProcesses = otherProcesses,
            Cpus = UseSummary.Cpus(operations),
            Paths = PathSummary.Paths(operations, stacks),
            Stacks = PathSummary.Folded(operations, stacks),
            QueueDepth = QueueDepth(device),
            TimeUse = TimeUse(device, scopes.Find(scope => scope.Kind == OperationScope.Transfers), Array.Find(reports, report => report.Scope == OperationScope.Transfers)),
            Reissues = _stage.Matcher.Devices.GetValueOrDefault(device)?.Reissues ?? 0,
            Sequence = _stage.Sequences?.Of(device),
            Steps = _stage.Steps?.Of(device, _stage.Processes.Find),
            Space = space,
            SectorTime = space is null || !_options.Heatmaps
                ? []
                : [.. classes.Where(@class => @class.MovesData() && Find(reports, @class) is not null)
                    .Select(@class => byClass[@class].SectorTime.ToResult(@class, space, _stage.LastNs, _limits.HeatmapColumns))],
        };
    }

    // Reads and writes together, classes, rwbs strings: what occurs.
    private (List<Scope> Scopes, List<OperationClass> Classes, Dictionary<OperationClass, OperationAccumulators> ByClass) Scopes(List<(OperationKey Key, OperationAccumulators Accumulators)> operations)
    {
        List<OperationClass> classes = [.. operations.Select(operation => operation.Key.Class).Distinct()];
        Dictionary<OperationClass, OperationAccumulators> byClass = classes.ToDictionary(
            @class => @class,
            @class => OperationAccumulators.Together([.. operations.Where(operation => operation.Key.Class == @class).Select(operation => operation.Accumulators)]));

        var scopes = new List<Scope>();
        OperationAccumulators[] transfers = [.. classes.Where(@class => @class.MovesData()).Select(@class => byClass[@class])];
        if (transfers.Length > 0)
            scopes.Add(new Scope(OperationScope.Transfers, "transfers", null, OperationAccumulators.Transfers(transfers)));
        foreach (OperationClass @class in classes)
            scopes.Add(new Scope(OperationScope.Class, @class.Name(), @class, byClass[@class]));
        foreach ((OperationKey key, OperationAccumulators accumulators) in operations)
            scopes.Add(new Scope(OperationScope.Rwbs, NameOf(key), key.Class, accumulators));
        scopes.RemoveAll(scope => scope.Accumulators.Sizes.IsEmpty);

        // Of an operation none of whose requests has a time that can be right.
        foreach (Scope scope in scopes)
            scope.Accumulators.Throughput.StandAt(_stage.FirstNs);
        return (scopes, classes, byClass);
    }

    private static string NameOf(OperationKey key) =>
        key.Class == OperationClass.Other && key.Rwbs.Class != OperationClass.Other ? $"{key.Rwbs} (passthrough)" : key.Rwbs.ToString();

    private static OverviewResult? Find(OperationReport[] reports, OperationClass @class) =>
        Array.Find(reports, report => report.Scope == OperationScope.Class && report.Class == @class)?.Overview;

    private static double? Share(long part, long rest) => part + rest == 0 ? null : (double)part / (part + rest);

    // Of a sample some of the space is not known, but the heatmaps, where there are any, saw it all.
    private SpaceAxis? SpaceOf(SectorAccessView map, SectorTimeAccumulator[] heatmaps)
    {
        int minRowShift = Math.Max(SectorTimeAccumulator.FinestRowShift, heatmaps.Max(heatmap => heatmap.RowShift));
        return map.Level > 0 && _options.Heatmaps
            ? SpaceRows.AxisOf(heatmaps.SelectMany(heatmap => heatmap.TouchedRows()).OrderBy(row => row.Start), minRowShift, _limits.Rows)
            : SpaceRows.AxisOf(map.Runs(), minRowShift, _limits.Rows);
    }

    private OperationReport Operation(DeviceId device, Scope scope, SpaceAxis? space, long spanNs, SectorTimeAccumulator[] heatmaps, LatencyStatistics? arrivals)
    {
        OperationAccumulators accumulators = scope.Accumulators;
        ThroughputResult throughput = OverviewSummary.Throughput(accumulators, _time);
        SectorAccessView map = accumulators.Access;
        SpaceAxis? rows = scope.MovesData ? space : null;
        SectorAccessResult? access = SectorAccessSummary.Of(map, rows, map.Level > 0 && rows is not null && _options.Heatmaps ? SectorTimeAccumulator.RowSums(heatmaps, rows) : null);
        return new OperationReport
        {
            Scope = scope.Kind,
            Name = scope.Name,
            Class = scope.Class,
            Overview = OverviewSummary.Of(accumulators, throughput, _time, access?.TouchedSectors ?? 0, spanNs),
            Sizes = accumulators.Sizes.ToResult(),
            Throughput = throughput,
            SectorAccess = access,
            Latency = accumulators.Latency.ToResult(_stage.LastNs, _stage.Matcher.Devices.GetValueOrDefault(device) is { SawQueue: true }, _limits.Columns),
            InterArrival = arrivals,
            Sequence = scope.Kind == OperationScope.Class ? _stage.Sequences?.Of([device], scope.Class!.Value, _stage.Processes.Find) : null,
            FileSequence = scope.Kind == OperationScope.Class ? _stage.Sequences?.InFilesOf([device], scope.Class!.Value) : null,
        };
    }

    private QueueDepthResult? QueueDepth(DeviceId device)
    {
        if (!_stage.Matcher.Devices.TryGetValue(device, out DeviceFlight? flight) || !flight.SawCompletion
            || _accumulators.InFlightOf(device, _stage.Clock!) is not { } inFlight)
            return null;

        return QueueDepthSummary.Of(flight.InFlight, inFlight, _stage.LastNs, _limits.Columns);
    }

    // Of the whole device, so that bytes and requests that a filter left out would be missing in its rates.
    private TimeUse? TimeUse(DeviceId device, Scope? transfers, OperationReport? report) =>
        _stage.Matcher.Devices.GetValueOrDefault(device) is { SawCompletion: true } flight
            ? TimeUseSummary.Of(flight.InFlight, _options.Filter.IsNone ? report?.Overview : null, transfers?.Accumulators.Latency.QueueShare)
            : null;

    private sealed record Scope(OperationScope Kind, string Name, OperationClass? Class, OperationAccumulators Accumulators)
    {
        public bool MovesData => Class?.MovesData() ?? true;
    }
}

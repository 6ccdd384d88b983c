using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>What needs the order in which pages were accessed: when they were accessed again (docs/analyses/reuse.md), and wear (docs/analyses/wear.md).</summary>
/// <param name="report">The report, with its run if it has one.</param>
/// <param name="run">The run; null if the trace stands alone.</param>
/// <param name="options">Threads, and what the user says of the drive.</param>
/// <param name="limits">How large series may be.</param>
/// <param name="operationsOf">What was accumulated of a device's reads or writes, operation by operation.</param>
internal sealed class PageReports(TraceReport report, RunContext? run, AnalysisOptions options, ReportLimits limits, Func<DeviceReport, OperationClass, IReadOnlyList<OperationAccumulators>> operationsOf)
{
    private const double DayNs = 24 * 3600e9;
    private const double DaysPerYear = 365.25;

    private readonly LayerPages _layers = new(run?.Tensors);

    /// <summary>The report with the reuse and wear of each device, and of all that served the I/O together.</summary>
    public TraceReport Added() => report with
    {
        Devices = [.. report.Devices.Select(device => device.TransferredBytes == 0 ? device : With(device, [device]))],
        Aggregate = report.Aggregate is not { } aggregate ? null
            : aggregate with { Whole = With(aggregate.Whole, [.. report.Devices.Where(device => aggregate.Devices.Contains(device.Device))]) },
    };

    private DeviceReport With(DeviceReport device, DeviceReport[] parts)
    {
        OperationAccumulators[] reads = [.. parts.SelectMany(part => operationsOf(part, OperationClass.Read))];
        OperationAccumulators[] writes = [.. parts.SelectMany(part => operationsOf(part, OperationClass.Write))];
        PageSpace[] spaces = [.. parts.Select(SpaceOf)];
        var sequence = PageSequence.Of(spaces, reads.Concat(writes).Select(operation => operation.Pages.Level).DefaultIfEmpty(0).Max());
        ReuseSummary? summary = sequence is null ? null : new ReuseSummary(sequence);
        return device with
        {
            Reuse = summary is null ? null : ReuseOf(summary, spaces, reads.Sum(operation => operation.Pages.PageBytes), writes.Sum(operation => operation.Pages.PageBytes), isOfRun: device == report.RunDevice),
            Wear = device.Write is { } write ? WearOf(device, write, writes, summary) : null,
        };
    }

    private PageSpace SpaceOf(DeviceReport device) => new(
        [.. operationsOf(device, OperationClass.Read).SelectMany(operation => operation.Pages.Accesses)],
        [.. operationsOf(device, OperationClass.Write).SelectMany(operation => operation.Pages.Accesses)],
        run?.Tensors is { } map && (map.Extents.IsByDevice || device == report.BusiestDevice) && DeviceId.TryParse(device.Device, out DeviceId id) ? _layers.On(id) : []);

    private ReuseResult ReuseOf(ReuseSummary summary, PageSpace[] spaces, long readBytes, long writeBytes, bool isOfRun)
    {
        PageSequence sequence = summary.Sequence;
        long footprint = summary.FootprintBytes;
        long[] sizes = ReuseSummary.SizesFor(footprint);
        return new ReuseResult
        {
            PageBytes = PageSequence.PageBytes,
            ReadBytes = readBytes,
            WriteBytes = writeBytes,
            FootprintBytes = footprint,
            SampledShare = Math.ScaleB(1, -sequence.Level),
            SamplingError = sequence.Level == 0 ? 0 : ReuseSummary.ErrorOf(sequence.Halves(spaces), sizes),
            Read = summary.Statistics(isWrite: false, readBytes),
            Write = summary.Statistics(isWrite: true, writeBytes),
            Memory = summary.Curves(sizes, readBytes, options.Workers),
            WorkingSet = summary.WorkingSet(report.Time, limits.Windows),
            Tokens = isOfRun ? summary.Tokens(Spans(report.Run!)) : [],
            Groups = summary.Groups(_layers.Groups),
        };
    }

    private WearResult WearOf(DeviceReport device, OperationReport write, OperationAccumulators[] writes, ReuseSummary? summary)
    {
        var units = new Accumulators.WriteUnitAccumulator();
        foreach (OperationAccumulators operation in writes)
            units.Merge(operation.Units);
        // Of all devices: one that writes for a second of an hour does not do so all day.
        OverviewResult[] counted = [.. report.Devices.SelectMany(each => each.Operations).Select(operation => operation.Overview).Where(overview => overview.Requests > 0)];
        long spanNs = counted.Max(overview => overview.LastNs) - counted.Min(overview => overview.FirstNs);
        double? perDay = spanNs > 0 ? write.Overview.Bytes * DayNs / spanNs : null;
        (double? median, double? most) = summary?.OverwriteBytes() ?? default;
        OverviewResult? discard = device.OfClass(OperationClass.Discard)?.Overview;
        DriveRating rating = options.Drive;
        return new WearResult
        {
            WriteBytes = write.Overview.Bytes,
            WriteRequests = write.Overview.Requests,
            FootprintBytes = write.Overview.FootprintBytes > 0 ? write.Overview.FootprintBytes : null,
            RewriteFactor = write.Overview.FootprintBytes > 0 ? (double)write.Overview.Bytes / write.Overview.FootprintBytes : null,
            SpanNs = spanNs,
            BytesPerDay = perDay,
            BytesPerToken = device == report.RunDevice && TokenMeans.Of(report.Run!) is { } means ? means.MeanWriteBytes : null,
            OverwriteP50Bytes = median,
            OverwriteP90Bytes = most,
            PartialWrites = units.ToResult(),
            DiscardRequests = discard?.Requests ?? 0,
            DiscardBytes = discard?.Bytes ?? 0,
            CapacityBytes = rating.CapacityBytes,
            RatedBytes = rating.RatedBytes,
            DriveWritesPerDay = perDay / rating.CapacityBytes,
            YearsToRated = perDay > 0 ? rating.RatedBytes / (perDay * DaysPerYear) : null,
        };
    }

    // Spans that overlap would claim the same requests.
    private static List<(int Index, long StartNs, long EndNs)> Spans(RunReport run)
    {
        var spans = new List<(int Index, long StartNs, long EndNs)>();
        foreach (SpanUseReport token in run.Tokens.OrderBy(token => token.StartNs))
        {
            long start = spans.Count == 0 ? token.StartNs : Math.Max(token.StartNs, spans[^1].EndNs);
            if (start < token.EndNs)
                spans.Add((token.Index ?? spans.Count, start, token.EndNs));
        }

        return spans;
    }
}

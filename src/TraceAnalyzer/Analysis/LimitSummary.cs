using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Findings.Limits;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>What limits each device and the run (docs/analyses/verdict.md).</summary>
internal static class LimitSummary
{
    /// <summary>The report with the verdict of each device and of the run.</summary>
    /// <param name="report">The report, with its run if it has one.</param>
    /// <param name="isFiltered">True if a filter leaves out some of what was in flight.</param>
    /// <param name="activityOf">When a device read and wrote.</param>
    /// <param name="options">What the user says of the device where the trace is analyzed alone.</param>
    /// <param name="flight">When requests of the run's devices were in flight; null if the trace does not say.</param>
    public static TraceReport AddTo(TraceReport report, AnalysisOptions options, bool isFiltered, Func<DeviceReport, ActivityAccumulator> activityOf, SpanFlight? flight)
    {
        report = report with { Devices = [.. report.Devices.Select(device => device with { Limit = LimitOf(device) })] };
        if (report.Aggregate is { Whole: { TimeUse: not null } whole } aggregate)
        {
            LimitVerdict limit = LimitRules.WithParts(LimitOf(whole)!, [.. report.Devices.Where(device => aggregate.Devices.Contains(device.Device)).Select(device => device.Limit).OfType<LimitVerdict>()]);
            return WithSpans(report with { Limit = limit, Aggregate = aggregate with { Whole = whole with { Limit = limit } } });
        }

        DeviceReport[] main = report.BusiestDevice is { } busiest ? [.. Issuing(report, busiest).Where(device => 10 * device.TransferredBytes >= busiest.TransferredBytes)] : [];
        return main.Length > 1 ? report with { Limit = LimitRules.OfSeveral([.. main.Select(device => device.Limit!)]) } : WithSpans(report with { Limit = report.BusiestDevice?.Limit });

        LimitVerdict? LimitOf(DeviceReport device) => device.TransferredBytes > 0 ? LimitRules.Of(FactsOf(report, options, device, isFiltered, activityOf(device))) : null;

        TraceReport WithSpans(TraceReport judged)
        {
            // The device as it was before its verdict, as which it is known.
            if (report.RunDevice is not { } device || judged is not { Run: { } run, Limit: { } limit } || flight is null)
                return judged;
            SpanLimit[] spans = SpanLimits.Of(run, FactsOf(report, options, device, isFiltered, activityOf(device)), flight, (report.FirstEventNs, report.LastEventNs));
            return judged with
            {
                Run = run with { Limits = spans },
                Limit = SpanLimits.Sentence(spans, limit.Kind) is { } parts ? limit with { Details = limit.Details is { } alone ? $"{alone} {parts}" : parts } : limit,
            };
        }
    }

    private static LimitFacts FactsOf(TraceReport report, AnalysisOptions options, DeviceReport device, bool isFiltered, ActivityAccumulator activity)
    {
        RunFacts? facts = report.Run?.Facts;
        bool isRunDevice = report.RunDevice == device;
        (double TokenNs, double WithoutIoNs)[] tokens =
        [
            .. (isRunDevice ? report.Run!.Tokens : []).Where(token => token is { Index: > 0, Kind: SpanKind.Decode, IoBusyNs: not null }).Select(token => ((double)(token.EndNs - token.StartNs), (double)(token.EndNs - token.StartNs - token.IoBusyNs!.Value))),
        ];
        const double GiB = 1L << 30;
        return new LimitFacts(device.Label(), device.TimeUse)
        {
            ReadBytes = device.Read?.Overview.Bytes ?? 0,
            WriteBytes = device.Write?.Overview.Bytes ?? 0,
            IsFiltered = isFiltered,
            IsPart = report.Aggregate?.Devices.Contains(device.Device) == true,
            Stated = Stated(),
            Surface = SurfaceOf(),
            ReadSizeBytes = SizeOf(device.Read),
            WriteSizeBytes = SizeOf(device.Write),
            BestSecondBytesPerSecond = BestSecond(activity),
            Tokens = tokens.Length == 0 ? null : (Median(tokens.Select(token => token.TokenNs)), Median(tokens.Select(token => token.WithoutIoNs))),
        };

        // A greatest bandwidth of fio counts as stated only where no size and depth are known with it.
        LimitReference? Stated()
        {
            if (report.Run is null)
                return options.RooflineGiBPerSecond is { } given && device == report.MainDevice ? new LimitReference("--roofline", given * GiB, null, IsLowerBound: false) : null;
            return isRunDevice && facts is { DevicePoints.Length: 0, IsDeviceBandwidthBuffered: null } && (facts.DeviceReadGiBPerSecond ?? facts.DeviceWriteGiBPerSecond) is not null
                ? new LimitReference(facts.DeviceBandwidthSource ?? "run.json", facts.DeviceReadGiBPerSecond * GiB, facts.DeviceWriteGiBPerSecond * GiB, IsLowerBound: false)
                : null;
        }

        ReferenceSurface? SurfaceOf()
        {
            DevicePoint[] points = report.Run is null ? (device == report.MainDevice ? [.. options.DevicePoints] : []) : isRunDevice ? facts!.DevicePoints : [];
            return points.Length > 0 ? new ReferenceSurface(points) : null;
        }

        static double SizeOf(OperationReport? operation) => operation is null ? 0 : operation.Sizes.DominatingSizeBytes;

        static double Median(IEnumerable<double> values)
        {
            double[] sorted = [.. values.Order()];
            return sorted[sorted.Length / 2];
        }
    }

    /// <summary>The devices that the run's data lies on. A device that is made of others (md, dm) has queued what these issue, and issues nothing itself.</summary>
    public static DeviceReport[] Issuing(TraceReport report, DeviceReport busiest)
    {
        return [.. report.Devices.Where(device => device == busiest || (Issues(device) && Issues(busiest)))];

        static bool Issues(DeviceReport device) => device.Actions.Any(action => action.Action == BlockAction.Issue.Name() && action.Count > 0);
    }

    // Over columns that depend on the trace alone, not on the width of the bins that were asked for; a second, or a column where these are wider.
    private static double? BestSecond(ActivityAccumulator activity)
    {
        const long SecondNs = 1_000_000_000;
        (int Column, long Bytes, long FirstNs, long LastNs)[] columns = [.. activity.Columns];
        if (columns.Length == 0 || columns[^1].LastNs - columns[0].FirstNs < SecondNs)
            return null;
        int width = (int)Math.Max(1, (SecondNs + activity.WidthNs - 1) / activity.WidthNs);
        long inWindow = 0;
        long best = 0;
        for (int first = 0, i = 0; i < columns.Length; i++)
        {
            inWindow += columns[i].Bytes;
            for (; columns[i].Column - columns[first].Column >= width; first++)
                inWindow -= columns[first].Bytes;
            best = Math.Max(best, inWindow);
        }

        return best / (width * (activity.WidthNs / 1e9));
    }
}

using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Comparison;

/// <summary>The table of headline numbers. A new number is a line here.</summary>
internal static class HeadlineMetrics
{
    /// <summary>Differences below this share are called about equal.</summary>
    private const double AboutEqual = 0.02;

    private const MetricPreference Neither = MetricPreference.Neither;
    private const MetricPreference Higher = MetricPreference.Higher;
    private const MetricPreference Lower = MetricPreference.Lower;

    // Only what the user of a run feels has a direction that is better. More bandwidth, or a lower latency, can be a result of another load or another
    // number of requests in flight.

    // Of reads and writes together.
    private static readonly Metric[] s_ofRun =
    [
        new("duration", "time from first to last transfer", Unit.Nanoseconds, Neither, "longer", "shorter", (_, all) => all?.Overview.DurationNs),
        new("requests", "requests", Unit.Count, Neither, "more", "fewer", (_, all) => all?.Overview.Requests ?? 0),
        new("bytes", "bytes", Unit.Bytes, Neither, "more", "fewer", (_, all) => all?.Overview.Bytes ?? 0),
        new("meanBandwidth", "mean bandwidth", Unit.BytesPerSecond, Neither, "higher", "lower", (_, all) => all?.Overview.MeanBytesPerSecond),
        new("busyBandwidth", "bandwidth while busy", Unit.BytesPerSecond, Neither, "higher", "lower", (run, all) => run.Device?.QueueDepth is { BusyNs: > 0 } depth ? all?.Overview.Bytes * 1e9 / depth.BusyNs : null),
        new("busyQueueDepth", "mean queue depth while busy", Unit.Count, Neither, "higher", "lower", (run, _) => run.Device?.QueueDepth?.BusyDepth),
        new("readShareOfBytes", "reads' share of bytes", Unit.Share, Neither, "higher", "lower", (run, _) => run.Device?.ReadShareOfBytes),
        new("meanQueueDepth", "mean queue depth", Unit.Count, Neither, "higher", "lower", (run, _) => run.Device?.QueueDepth?.MeanDepth),
        new("readAgainShare", "reads of pages accessed before", Unit.Share, Neither, "higher", "lower", (run, _) => run.Device?.Reuse is { ReadBytes: > 0, Read: { } read } reuse ? reuse.ShareOfReads(read.AgainBytes) : null),
        new("reuseDistanceP50", "reuse distance of reads p50", Unit.Bytes, Neither, "longer", "shorter", (run, _) => run.Device?.Reuse?.Read?.DistanceP50Bytes),
        new("writeBytesPerDay", "written per day at this rate", Unit.Bytes, Neither, "more", "fewer", (run, _) => run.Device?.Wear?.BytesPerDay),
        new("rewriteFactor", "written over distinct bytes", Unit.Ratio, Neither, "higher", "lower", (run, _) => run.Device?.Wear?.RewriteFactor),
        new("maxQueueDepth", "max queue depth", Unit.Count, Neither, "higher", "lower", (run, _) => run.Device?.QueueDepth?.MaxDepth),
    ];

    // Of what is known besides the requests.
    private static readonly Metric[] s_besides =
    [
        new("decodedTokens", "number of decoded tokens", Unit.Count, Neither, "more", "fewer", (run, _) => TokenMeans.Of(run)?.Tokens),
        new("prefillTime", "prefill time", Unit.Nanoseconds, Lower, "longer", "shorter", (run, _) => Prefill(run, span => span.EndNs - span.StartNs)),
        new("prefillReadBytes", "bytes read in the prefill", Unit.Bytes, Neither, "more", "fewer", (run, _) => Prefill(run, span => span.ReadBytes)),
        new("prefillWriteBytes", "bytes written in the prefill", Unit.Bytes, Neither, "more", "fewer", (run, _) => Prefill(run, span => span.WriteBytes)),
        new("tokenTime", "mean time per decoded token", Unit.Nanoseconds, Lower, "longer", "shorter", (run, _) => TokenMeans.Of(run)?.MeanNs),
        new("tokenStall", "I/O stall time per decoded token", Unit.Nanoseconds, Lower, "longer", "shorter", (run, _) => TokenMeans.Of(run)?.MeanStallNs),
        new("tokenReadBytes", "mean bytes read per decoded token", Unit.Bytes, Neither, "more", "fewer", (run, _) => TokenMeans.Of(run)?.MeanReadBytes),
        new("tokenWriteBytes", "mean bytes written per decoded token", Unit.Bytes, Neither, "more", "fewer", (run, _) => TokenMeans.Of(run)?.MeanWriteBytes),
        new("sequenceReadBytes", "mean bytes read per token and sequence", Unit.Bytes, Neither, "more", "fewer",
            (run, _) => run.Report.Run?.Facts.BatchSize is > 0 and { } batch ? TokenMeans.OfTokens(run)?.MeanReadBytes / batch : null),
        new("sequenceTokenRate", "throughput (tokens/s, all sequences)", Unit.Count, Higher, "higher", "lower",
            (run, _) => run.Report.Run?.Facts.BatchSize is > 0 and { } batch && TokenMeans.OfTokens(run) is { MeanNs: > 0 } means ? batch * 1e9 / means.MeanNs : null),
        new("ioBusyShare", "time with requests in flight", Unit.Share, Neither, "higher", "lower", (run, _) => run.Report.Run?.IoBusyShare),
        new("gpuTraceMean", "GPU utilization, over the trace", Unit.Share, Neither, "higher", "lower", (run, _) => run.Report.Run?.Gpu?.TraceMeanPercent / 100),
        new("gpuMean", "GPU utilization, all samples of the log", Unit.Share, Neither, "higher", "lower", (run, _) => run.Report.Run?.Gpu?.MeanPercent / 100),
        new("gpuWeightedMean", "GPU utilization, time-weighted, whole log", Unit.Share, Neither, "higher", "lower", (run, _) => run.Report.Run?.Gpu?.TimeWeightedMeanPercent / 100),
        new("ioOnlyShare", "GPU-idle I/O time (share)", Unit.Share, Lower, "higher", "lower", (run, _) => run.Report.Run?.Gpu?.Shares?.IoOnly),
        new("cacheHitBytes", "reads served by the page cache", Unit.Bytes, Neither, "more", "fewer", (run, _) => run.Report.Run?.Movement?.CacheHitBytes),
        new("excessReadBytes", "read and not logged by the framework", Unit.Bytes, Neither, "more", "fewer", (run, _) => run.Report.Run?.Movement?.ExcessReadBytes),
    ];

    // Of reads, and of writes.
    private static readonly Metric[] s_ofClass =
    [
        new("requests", "requests", Unit.Count, Neither, "more", "fewer", (_, own) => own?.Overview.Requests ?? 0),
        new("bytes", "bytes", Unit.Bytes, Neither, "more", "fewer", (_, own) => own?.Overview.Bytes ?? 0),
        new("meanBandwidth", "mean bandwidth", Unit.BytesPerSecond, Neither, "higher", "lower", (_, own) => own?.Overview.MeanBytesPerSecond),
        new("peakBandwidth", "peak bandwidth (one bin)", Unit.BytesPerSecond, Neither, "higher", "lower", (_, own) => own?.Overview.PeakBytesPerSecond),
        new("dominatingSize", "dominant size", Unit.Bytes, Neither, "larger", "smaller", (_, own) => own?.Sizes.DominatingSizeBytes),
        new("dominatingShareOfRequests", "its share of requests", Unit.Share, Neither, "higher", "lower", (_, own) => own?.Sizes.DominatingShareOfRequests),
        new("footprint", "footprint", Unit.Bytes, Neither, "larger", "smaller", (_, own) => own?.Overview.FootprintBytes ?? 0),
        new("meanAccesses", "mean accesses per sector", Unit.Count, Neither, "more", "fewer", (_, own) => own?.SectorAccess?.MeanAccesses),
        new("maxAccesses", "max accesses per sector", Unit.Count, Neither, "more", "fewer", (_, own) => own?.SectorAccess?.MaxAccesses),
        new("gini", "Gini of accesses", Unit.Coefficient, Neither, "less even", "more even", (_, own) => own?.SectorAccess?.Gini),
        new("hottestTenthShare", "accesses to the hottest 10 %", Unit.Share, Neither, "higher", "lower", (_, own) => RunView.HottestShare(own?.SectorAccess)),
        new("d2cP50", "D2C latency p50", Unit.Nanoseconds, Neither, "higher", "lower", (_, own) => own?.Latency?.D2C?.P50Ns),
        new("d2cP99", "D2C latency p99", Unit.Nanoseconds, Neither, "higher", "lower", (_, own) => own?.Latency?.D2C?.P99Ns),
        new("d2cP999", "D2C latency p99.9", Unit.Nanoseconds, Neither, "higher", "lower", (_, own) => own?.Latency?.D2C?.P999Ns),
        new("continuingShare", "requests that continue a stream", Unit.Share, Neither, "higher", "lower", (_, own) => own?.Sequence?.ContinuingShare),
        new("streams", "interleaved streams", Unit.Count, Neither, "more", "fewer", (_, own) => own?.Sequence?.Streams),
        new("halfOfBytesRun", "run length, half of the bytes", Unit.Bytes, Neither, "longer", "shorter", (_, own) => own?.Sequence?.HalfOfBytesRunBytes),
        new("interArrivalP50", "inter-arrival time p50", Unit.Nanoseconds, Neither, "longer", "shorter", (_, own) => own?.InterArrival?.P50Ns),
        new("interArrivalP99", "inter-arrival time p99", Unit.Nanoseconds, Neither, "longer", "shorter", (_, own) => own?.InterArrival?.P99Ns),
    ];

    /// <summary>All numbers of all runs; classes that no run has are left out, and so are numbers that no run has.</summary>
    public static ComparedMetric[] Of(IReadOnlyList<RunView> runs)
    {
        IEnumerable<ComparedMetric> metrics = s_ofRun.Select(metric => Compare(metric, MetricClass.Transfers, runs, run => run.Transfers));
        foreach (OperationClass @class in OperationClasses.MovingData.Where(@class => runs.Any(run => run.Operation(@class) is not null)))
            metrics = metrics.Concat(s_ofClass.Select(metric => Compare(metric, @class == OperationClass.Read ? MetricClass.Read : MetricClass.Write, runs, run => run.Operation(@class))));
        string kinds = string.Join(" or ", runs.Select(run => TokenMeans.Of(run)?.Name).OfType<string>().Distinct());
        metrics = metrics.Concat(s_besides.Select(metric => Compare(metric with { Label = metric.Label.Replace("decoded token", kinds, StringComparison.Ordinal) }, MetricClass.Run, runs, _ => null)));
        return [.. metrics.Where(metric => metric.Runs.Any(run => run.Value is not null))];
    }

    private static double? Prefill(RunView run, Func<SpanUseReport, long> of) =>
        run.Report.Run?.Prefill is { } prefill ? of(prefill) : null;

    private static ComparedMetric Compare(Metric metric, MetricClass @class, IReadOnlyList<RunView> runs, Func<RunView, OperationReport?> operation)
    {
        double?[] values = [.. runs.Select(run => metric.Of(run, operation(run)))];
        return new ComparedMetric(metric.Name, @class, metric.Label, metric.Unit, metric.Preference,
            [.. values.Select((value, i) => i == 0 ? new MetricValue(value, null, null, null) : Beside(values[0], value, metric))]);
    }

    private static MetricValue Beside(double? first, double? other, Metric metric)
    {
        if (first is not { } left || other is not { } right)
            return new MetricValue(other, null, null, null);
        double difference = right - left;
        string direction = difference == 0 ? "equal"
            : Math.Abs(difference) < AboutEqual * Math.Max(Math.Abs(left), Math.Abs(right)) ? "about equal"
            : difference > 0 ? metric.More : metric.Less;
        // Coefficients near 0 differ by any factor without meaning anything.
        double? ratio = left == 0 || metric.Unit == Unit.Coefficient ? null : right / left;
        return new MetricValue(other, difference, ratio, direction);
    }

    private sealed record Metric(
        string Name, string Label, Unit Unit, MetricPreference Preference, string More, string Less, Func<RunView, OperationReport?, double?> Of);
}

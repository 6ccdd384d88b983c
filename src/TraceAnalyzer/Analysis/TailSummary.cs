using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>Slow requests over time, and reads by what was written just before them; made of what other analyses counted.</summary>
internal static class TailSummary
{
    // Of thousands of phases nobody reads the stretches, and each is tested by itself.
    private const int MostPhases = 16;

    /// <summary>The tails of a device's reads and writes.</summary>
    /// <param name="device">The device.</param>
    /// <param name="phases">The run's phases, if it is about this device.</param>
    /// <param name="time">Bins of the device's series.</param>
    /// <param name="writes">When the device wrote.</param>
    public static TailResult[] Of(DeviceReport device, SpanUseReport[] phases, TimeBinning time, Series writes)
    {
        var results = new List<TailResult>();
        foreach (OperationReport? operation in (OperationReport?[])[device.Read, device.Write])
        {
            if (operation?.Latency is not { } latency || LatencyWindows.Of(latency.OverTime) is not { Length: > 0 } windows)
                continue;
            (string? Name, TailWindow[] Windows)[] parts =
            [
                .. phases.Where(phase => !phases.Any(other => IsWithin(other, phase))).Select(phase => ((string?)phase.Name, Array.FindAll(windows, window => Middle(window) >= phase.StartNs && Middle(window) < phase.EndNs))).Where(part => part.Item2.Length >= 2 * StretchTest.Least).Take(MostPhases),
            ];
            results.Add(new TailResult
            {
                Class = operation.Class!.Value,
                Kind = latency.DetailKind,
                Windows = windows,
                RelativeError = latency.OverTime.RelativeError,
                Stretches =
                [
                    .. parts.Prepend((Name: null, Windows: windows)).Select(part => Stretch(part.Name, part.Windows, part.Name is null ? 1 : parts.Length, operation, device, time, writes)).OfType<TailStretch>(),
                ],
            });
        }

        return [.. results];
    }

    /// <summary>Bytes over time.</summary>
    public static Series SeriesOf(ActivityAccumulator activity, long originNs)
    {
        double[] bytes = new double[ActivityAccumulator.MaxColumns];
        foreach ((int column, long columnBytes, _, _) in activity.Columns)
            bytes[column] = columnBytes;
        return new Series(originNs, activity.WidthNs, bytes);
    }

    /// <summary>Reads by what was written just before them; null if nothing is written or the reads have no D2C.</summary>
    /// <param name="d2c">D2C of all reads.</param>
    /// <param name="history">Those with writes before them.</param>
    /// <param name="windows">Windows of the reads; null if there are none.</param>
    /// <param name="writes">When the device wrote.</param>
    public static WriteInterference? Interference(LatencyStatistics? d2c, (LogHistogram[] Bins, long Unknown)? history, TailWindow[]? windows, Series writes)
    {
        if (d2c is null || history is not { } read)
            return null;
        var with = new LogHistogram(read.Bins[0].PrecisionBits);
        foreach (LogHistogram bin in read.Bins)
            with.Merge(bin);

        // What is in no bin: all reads without those in one. The few whose writes are not known stay among them.
        var without = new LogHistogram(with.PrecisionBits);
        foreach (LatencyBucket bucket in d2c.Buckets)
        {
            int index = LogHistogram.BucketOf(bucket.UpToNs, with.PrecisionBits);
            without.AddAt(index, Math.Max(0, bucket.Count - with.Counts[index]));
        }

        var bins = new List<InterferenceBin>();
        if (without.Count > 0)
            bins.Add(Bin(null, 0, without));
        for (int i = 0; i < read.Bins.Length; i++)
        {
            if (read.Bins[i].Count > 0)
                bins.Add(Bin(i == 0 ? 0 : WriteHistory.UpToBytes[i - 1], i < WriteHistory.UpToBytes.Length ? WriteHistory.UpToBytes[i] : null, read.Bins[i]));
        }

        (double Correlation, double PValue)? test = windows is null ? null
            : ShiftTest.Of([.. windows.Select(window => window.P99Ns)], [.. windows.Select(window => writes.In(window.StartNs, window.EndNs))]);
        return new WriteInterference
        {
            WindowNs = WriteHistory.WindowMs * 1_000_000L,
            Bins = [.. bins],
            Unknown = read.Unknown,
            P99Ratio = with.Count >= TailResult.LeastRequests && without.Count >= TailResult.LeastRequests ? with.Quantile(0.99) / without.Quantile(0.99) : null,
            Correlation = test?.Correlation,
            PValue = test?.PValue,
        };
    }

    private static InterferenceBin Bin(long? aboveBytes, long? upToBytes, LogHistogram reads) =>
        new(aboveBytes, upToBytes, reads.Count, reads.Quantile(0.5), reads.Quantile(0.99), reads.Count >= 1_000 ? reads.Quantile(0.999) : null);

    private static TailStretch? Stretch(string? phase, TailWindow[] windows, int judged, OperationReport operation, DeviceReport device, TimeBinning time, Series writes)
    {
        double[] levels = Array.ConvertAll(windows, window => Math.Log2(window.P99Ns));
        if (StretchTest.Of(levels) is not { } found)
            return null;
        double inside = levels[found.Start..found.End].Average();
        double outside = levels[..found.Start].Concat(levels[found.End..]).Average();
        (long StartNs, long EndNs)[] spansIn = Spans(windows[found.Start..found.End]);
        (long StartNs, long EndNs)[] spansOut = [.. Spans(windows[..found.Start]), .. Spans(windows[found.End..])];
        var bytes = new Series(time.OriginNs, time.WidthNs, operation.Throughput.Bytes);
        var requests = new Series(time.OriginNs, time.WidthNs, operation.Throughput.Requests);
        return new TailStretch
        {
            Phase = phase,
            Windows = windows.Length,
            StartNs = windows[found.Start].StartNs,
            EndNs = windows[found.End - 1].EndNs,
            Recovers = found.End < windows.Length,
            P99InNs = Math.Pow(2, inside),
            P99OutNs = Math.Pow(2, outside),
            Ratio = Math.Pow(2, inside - outside),
            DepthRatio = device.QueueDepth is { } depth ? RatioOf(DepthIn(depth, spansIn), DepthIn(depth, spansOut)) : null,
            SizeRatio = RatioOf(bytes.In(spansIn) / requests.In(spansIn), bytes.In(spansOut) / requests.In(spansOut)),
            WriteRateRatio = RatioOf(writes.In(spansIn) / LengthOf(spansIn), writes.In(spansOut) / LengthOf(spansOut)),
            PValue = Math.Min(1, found.PValue * judged),
        };
    }

    // While busy: columns without a request in flight do not count.
    private static double DepthIn(QueueDepthResult depth, (long StartNs, long EndNs)[] spans)
    {
        var sums = new Series(depth.Columns.OriginNs, depth.Columns.WidthNs, depth.Mean);
        var busy = new Series(depth.Columns.OriginNs, depth.Columns.WidthNs, Array.ConvertAll(depth.Mean, mean => mean > 0 ? 1.0 : 0));
        return sums.In(spans) / busy.In(spans);
    }

    private static double? RatioOf(double inside, double outside) => outside > 0 && double.IsFinite(inside / outside) ? inside / outside : null;

    // A phase that consists of others is judged by them.
    private static bool IsWithin(SpanUseReport part, SpanUseReport phase) =>
        part.StartNs >= phase.StartNs && part.EndNs <= phase.EndNs && part.EndNs - part.StartNs < phase.EndNs - phase.StartNs;

    private static long Middle(TailWindow window) => window.StartNs + ((window.EndNs - window.StartNs) / 2);

    private static (long StartNs, long EndNs)[] Spans(TailWindow[] windows) => Array.ConvertAll(windows, window => (window.StartNs, window.EndNs));

    private static double LengthOf((long StartNs, long EndNs)[] spans) => spans.Sum(span => (double)(span.EndNs - span.StartNs));

    /// <summary>Amounts in columns of time. What of a column lies in a span is taken in proportion.</summary>
    internal sealed class Series
    {
        private readonly long _originNs;
        private readonly long _widthNs;
        private readonly double[] _sums;

        public Series(long originNs, long widthNs, double[] amounts)
        {
            (_originNs, _widthNs, _sums) = (originNs, widthNs, new double[amounts.Length + 1]);
            for (int i = 0; i < amounts.Length; i++)
                _sums[i + 1] = _sums[i] + amounts[i];
        }

        public Series(long originNs, long widthNs, long[] amounts)
            : this(originNs, widthNs, Array.ConvertAll(amounts, amount => (double)amount))
        {
        }

        public double In(IEnumerable<(long StartNs, long EndNs)> spans) => spans.Sum(span => In(span.StartNs, span.EndNs));

        public double In(long startNs, long endNs) => UpTo(endNs) - UpTo(startNs);

        private double UpTo(long timeNs)
        {
            double column = Math.Clamp(((double)timeNs - _originNs) / _widthNs, 0, _sums.Length - 1);
            int whole = (int)column;
            return whole == _sums.Length - 1 ? _sums[whole] : _sums[whole] + ((_sums[whole + 1] - _sums[whole]) * (column - whole));
        }
    }
}

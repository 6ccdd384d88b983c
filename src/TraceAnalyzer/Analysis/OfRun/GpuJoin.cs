using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs.Gpu;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Puts a GPU log on the trace's clock.</summary>
internal static class GpuJoin
{
    private const int QuarterHour = 15;
    private const long NsPerMinute = 60_000_000_000;
    private const int MinutesPerDay = 1440;
    private const long NsPerTick = 100;

    /// <summary>Use of the GPUs, with shares of time if log and trace could be joined; null without a log that has a sample.</summary>
    public static GpuUse? Of(RunContext context, RunClock? clock, RunMeasurements? trace)
    {
        if (context.Folder.GpuLog is not { } part)
            return null;
        GpuLog log = part.Content;
        long[] localNs = TimesOf(log.Together);
        double[] percent = PercentOf(log.Together);
        int? localMinutes = clock is null || trace is null || !SideRanges.TimeNs.Holds(clock.OffsetNs) || !RunClocks.IsUsual(trace)
            ? null
            : LocalMinutes(log, localNs, context.Folder.Settings.UtcOffsetMinutes, trace.FirstNs + clock.OffsetNs, trace.LastNs + clock.OffsetNs);
        long zeroNs = localMinutes is { } minutes ? clock!.OffsetNs + (minutes * NsPerMinute) : localNs[0];
        long[] samplesNs = Array.ConvertAll(localNs, ns => ns - zeroNs);
        return new GpuUse
        {
            File = part.File,
            Samples = log.SampleCount,
            MeanPercent = log.MeanPercent,
            TimeWeightedMeanPercent = log.TimeWeightedMeanPercent,
            TraceMeanPercent = localMinutes is null ? null : LoggedRuns.MeanPercent(samplesNs, percent, trace!.FirstNs, trace.LastNs),
            LongestGapNs = log.Gpus.Max(gpu => LongestGap(TimesOf(gpu.Samples))),
            UtcOffsetMinutes = localMinutes is { } found ? found % MinutesPerDay : null,
            Shares = localMinutes is null ? null : Shares(samplesNs, percent, trace!),
            SampleNs = samplesNs,
            SamplePercent = percent,
            Gpus = log.Gpus.Count == 1 ? [] : [.. log.Gpus.Select(gpu => Of(gpu, zeroNs, localMinutes is null ? null : trace))],
        };
    }

    private static GpuSeriesUse Of(GpuSeries gpu, long zeroNs, RunMeasurements? trace)
    {
        long[] samplesNs = Array.ConvertAll(TimesOf(gpu.Samples), ns => ns - zeroNs);
        double[] percent = PercentOf(gpu.Samples);
        return new GpuSeriesUse
        {
            Name = gpu.Name ?? "GPU",
            MeanPercent = gpu.MeanPercent,
            TimeWeightedMeanPercent = gpu.TimeWeightedMeanPercent,
            TraceMeanPercent = trace is null ? null : LoggedRuns.MeanPercent(samplesNs, percent, trace.FirstNs, trace.LastNs),
            LongestGapNs = LongestGap(samplesNs),
            Shares = trace is null ? null : Shares(samplesNs, percent, trace),
            SampleNs = samplesNs,
            SamplePercent = percent,
        };
    }

    private static long[] TimesOf(IReadOnlyList<GpuSample> samples) => [.. samples.Select(sample => (sample.LocalTime - DateTime.UnixEpoch).Ticks * NsPerTick)];

    private static double[] PercentOf(IReadOnlyList<GpuSample> samples) => [.. samples.Select(sample => sample.UtilizationPercent)];

    private static long LongestGap(long[] samplesNs) => samplesNs.Zip(samplesNs.Skip(1), (sample, next) => next - sample).DefaultIfEmpty(0).Max();

    // The log does not say its time zone: of all there can be, the one in which log and trace have most time in common, if need be UTC. Nor does dmon
    // say its date if it is not asked to: then also of all days that the trace has.
    private static int LocalMinutes(GpuLog log, long[] localNs, int? utcOffset, long traceFirstNs, long traceLastNs)
    {
        int[] zones = utcOffset is { } stated ? [stated] : [.. Enumerable.Range(-12 * 4, (26 * 4) + 1).Select(quarter => quarter * QuarterHour)];
        long firstDay = traceFirstNs / NsPerMinute / MinutesPerDay;
        // Without a date the log begins on day 0, so that the trace's days are to be taken off.
        int[] days = log.HasDate ? [0] : [0, .. Enumerable.Range(-2, 4).Select(day => (int)-(firstDay + day))];
        return (from day in days
                from zone in zones
                let minutes = (day * MinutesPerDay) + zone
                let shiftNs = minutes * NsPerMinute
                let commonNs = Math.Max(0, Math.Min(localNs[^1] - shiftNs, traceLastNs) - Math.Max(localNs[0] - shiftNs, traceFirstNs))
                orderby commonNs descending, Math.Abs(zone)
                select minutes).First();
    }

    private static BusyShares? Shares(long[] samplesNs, double[] percent, RunMeasurements trace)
    {
        if (trace.Busy is not { } io)
            return null;
        double both = 0;
        double gpuOnly = 0;
        double ioOnly = 0;
        double neither = 0;
        for (int i = 0; i + 1 < samplesNs.Length; i++)
        {
            long fromNs = Math.Max(samplesNs[i], trace.FirstNs);
            long toNs = Math.Min(samplesNs[i + 1], trace.LastNs);
            if (fromNs >= toNs)
                continue;
            double busyNs = Math.Min(io.BusyNs(fromNs, toNs), toNs - fromNs);
            double idleNs = toNs - fromNs - busyNs;
            if (percent[i] > 0)
            {
                both += busyNs;
                gpuOnly += idleNs;
            }
            else
            {
                ioOnly += busyNs;
                neither += idleNs;
            }
        }

        double all = both + gpuOnly + ioOnly + neither;
        return all == 0 ? null : new BusyShares(both / all, gpuOnly / all, ioOnly / all, neither / all, (long)Math.Round(all));
    }
}

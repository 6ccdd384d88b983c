using TraceAnalyzer.Reports;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis;

/// <summary>Puts a GPU log on the trace's clock.</summary>
internal static class GpuJoin
{
    private const int QuarterHour = 15;
    private const long NsPerMinute = 60_000_000_000;
    private const long NsPerTick = 100;

    /// <summary>Use of the GPU, with shares of time if log and trace could be joined; null without a log.</summary>
    public static GpuUse? Of(RunContext context, RunClock? clock, RunMeasurements? trace)
    {
        if (context.Folder.GpuLogs.Count == 0)
            return null;
        RunPart<GpuLog> part = context.Folder.GpuLogs[0];
        GpuLog log = part.Content;
        long[] localNs = [.. log.Samples.Select(sample => (sample.LocalTime - DateTime.UnixEpoch).Ticks * NsPerTick)];
        double[] percent = [.. log.Samples.Select(sample => sample.UtilizationPercent)];
        int? utcOffset = clock is null || trace is null || localNs.Length == 0
            ? null
            : context.Folder.Settings.UtcOffsetMinutes ?? UtcOffsetOf(localNs, trace.FirstNs + clock.OffsetNs, trace.LastNs + clock.OffsetNs);
        long zeroNs = utcOffset is { } minutes ? clock!.OffsetNs + (minutes * NsPerMinute) : localNs.FirstOrDefault();
        long[] samplesNs = Array.ConvertAll(localNs, ns => ns - zeroNs);
        return new GpuUse
        {
            File = part.File,
            Samples = log.Samples.Count,
            MeanPercent = log.MeanPercent,
            TimeWeightedMeanPercent = log.TimeWeightedMeanPercent,
            LongestGapNs = localNs.Zip(localNs.Skip(1), (sample, next) => next - sample).DefaultIfEmpty(0).Max(),
            UtcOffsetMinutes = utcOffset,
            Shares = utcOffset is null ? null : Shares(samplesNs, percent, trace!),
            SampleNs = samplesNs,
            SamplePercent = percent,
        };
    }

    // The log does not say its time zone: of all there can be, the one in which log and trace have most time in common, if need be UTC.
    private static int UtcOffsetOf(long[] localNs, long traceFirstNs, long traceLastNs) =>
        Enumerable.Range(-12 * 4, (26 * 4) + 1)
            .Select(quarter => quarter * QuarterHour)
            .OrderByDescending(minutes => Math.Max(0, Math.Min(localNs[^1] - (minutes * NsPerMinute), traceLastNs) - Math.Max(localNs[0] - (minutes * NsPerMinute), traceFirstNs)))
            .ThenBy(Math.Abs)
            .First();

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

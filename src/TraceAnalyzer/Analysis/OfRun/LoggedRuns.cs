using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// Places what a framework's log says took how long (prefill, decode, each token) in the time of the GPU log, which knows no other mark: where the GPU works
/// most for as long as the run took (docs/analyses/clock-and-gpu.md).
/// </summary>
internal static class LoggedRuns
{
    private const long NsPerSecond = 1_000_000_000;

    // nvidia-smi's utilization is that of the last sample period of the driver, which is up to a second.
    private const long DriverPeriodNs = NsPerSecond;

    // Of windows with as much work as the one with most, to so many samples, the last counts: a warm-up works as the run does and comes before it.
    private const int SamplesApart = 2;

    // Ends with less work than the most by up to this share of the run's time cannot be ruled out.
    private const double Doubtful = 0.01;

    /// <summary>The phases; null if there is no log with times, or no GPU log.</summary>
    public static LoggedRun? Of(RunFolder folder, GpuUse? gpu)
    {
        RunPart<FrameworkLog>? log = folder.FrameworkLogs.FirstOrDefault(part => SecondsOf(part.Content).Any());
        if (log is null || gpu is null || gpu.SampleNs.Length < 2)
            return null;
        (SpanKind Kind, int? Index, double Seconds)[] spans = [.. SecondsOf(log.Content)];
        long totalNs = (long)(spans.Sum(span => span.Seconds) * NsPerSecond);
        if (EndOf(gpu, totalNs) is not var (end, earliest, latest))
            return null;
        long startNs = gpu.SampleNs[end] - totalNs;
        bool isWhole = latest < gpu.SampleNs.Length - 1;
        long uncertaintyNs = Median(gpu.SampleNs) + DriverPeriodNs
            + Math.Max(gpu.SampleNs[end] - gpu.SampleNs[earliest], gpu.SampleNs[latest] - gpu.SampleNs[end]);
        var phases = new List<LoggedPhase>();
        if (startNs > gpu.SampleNs[0])
            phases.Add(Phase(SpanKind.Before, null, gpu.SampleNs[0], startNs, gpu));
        foreach ((SpanKind kind, int? index, double seconds) in spans)
        {
            long nextNs = startNs + (long)(seconds * NsPerSecond);
            phases.Add(Phase(kind, index, startNs, nextNs, gpu));
            startNs = nextNs;
        }

        return new LoggedRun(
            log.File,
            "where the GPU works most for as long as the run took" + (isWhole ? "" : "; the log ends with the GPU at work, so that the run may have gone on"),
            isWhole ? uncertaintyNs : null,
            [.. phases]);
    }

    // The sample at which a run of this length ends: after work, and with most work before it. A few samples of work also come from tearing down.
    // With it the earliest and the latest that cannot be ruled out.
    private static (int End, int Earliest, int Latest)? EndOf(GpuUse gpu, long totalNs)
    {
        int[] ends = [.. Enumerable.Range(1, gpu.SampleNs.Length - 1).Where(i => gpu.SamplePercent[i - 1] > 0 && (i == gpu.SampleNs.Length - 1 || gpu.SamplePercent[i] == 0))];
        if (ends.Length == 0)
            return null;
        double[] work = Array.ConvertAll(ends, i => (1 - Weigh(gpu.SampleNs, gpu.SamplePercent, gpu.SampleNs[i] - totalNs, gpu.SampleNs[i], percent => percent > 0 ? 0 : 1) ?? 0)
            * (gpu.SampleNs[i] - Math.Max(gpu.SampleNs[0], gpu.SampleNs[i] - totalNs)));
        double least = work.Max() - (SamplesApart * Median(gpu.SampleNs));
        double doubtful = work.Max() - (Doubtful * totalNs);
        return (
            ends[Array.FindLastIndex(work, ns => ns >= least)],
            ends[Array.FindIndex(work, ns => ns >= Math.Min(least, doubtful))],
            ends[Array.FindLastIndex(work, ns => ns >= Math.Min(least, doubtful))]);
    }

    /// <summary>Mean utilization in a span of time, in percent, each sample counting until the next; null without samples there.</summary>
    public static double? MeanPercent(GpuUse gpu, long fromNs, long toNs) => MeanPercent(gpu.SampleNs, gpu.SamplePercent, fromNs, toNs);

    /// <summary>The same of samples at times in order.</summary>
    public static double? MeanPercent(long[] sampleNs, double[] samplePercent, long fromNs, long toNs) => Weigh(sampleNs, samplePercent, fromNs, toNs, percent => percent);

    private static LoggedPhase Phase(SpanKind kind, int? index, long startNs, long endNs, GpuUse gpu) =>
        new(kind, index, startNs, endNs, MeanPercent(gpu, startNs, endNs), Weigh(gpu.SampleNs, gpu.SamplePercent, startNs, endNs, percent => percent > 0 ? 0 : 1));

    private static double? Weigh(long[] sampleNs, double[] samplePercent, long fromNs, long toNs, Func<double, double> value)
    {
        double sum = 0;
        double ns = 0;
        int i = Array.BinarySearch(sampleNs, fromNs);
        for (i = Math.Max(0, i >= 0 ? i : ~i - 1); i + 1 < sampleNs.Length && sampleNs[i] < toNs; i++)
        {
            long spanNs = Math.Min(toNs, sampleNs[i + 1]) - Math.Max(fromNs, sampleNs[i]);
            if (spanNs <= 0)
                continue;
            sum += value(samplePercent[i]) * spanNs;
            ns += spanNs;
        }

        return ns > 0 ? sum / ns : null;
    }

    // Each token where the log has them; what the total holds besides lies between them and is left out.
    private static IEnumerable<(SpanKind Kind, int? Index, double Seconds)> SecondsOf(FrameworkLog log)
    {
        if (log.TokenLatencySeconds.Count > 0)
            return log.TokenLatencySeconds.Select((seconds, token) => (SpanKinds.OfToken(token), (int?)token, seconds));
        (SpanKind Kind, double? Seconds)[] parts = [(SpanKind.Prefill, log.Summary.PrefillSeconds), (SpanKind.Decode, log.Summary.DecodeSeconds)];
        return parts.Where(part => part.Seconds is > 0).Select(part => (part.Kind, (int?)null, part.Seconds!.Value));
    }

    private static long Median(long[] times)
    {
        long[] gaps = [.. times.Zip(times.Skip(1), (time, next) => next - time).Order()];
        return gaps[gaps.Length / 2];
    }
}

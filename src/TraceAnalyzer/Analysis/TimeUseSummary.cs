using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>What a device's time went to, from how long how many requests were in flight (docs/analyses/time-use.md).</summary>
internal static class TimeUseSummary
{
    /// <summary>The summary.</summary>
    /// <param name="clock">What was in flight.</param>
    /// <param name="transfers">All reads and writes of the device; null if a filter left some out, or if there are none.</param>
    /// <param name="queueShare">Share of Q2D in Q2C; null if there is none.</param>
    public static TimeUse Of(DepthClock clock, OverviewResult? transfers, double? queueShare)
    {
        ReadOnlySpan<long> timeAtDepthNs = clock.TimeAtDepthNs;
        long spanNs = 0;
        double depthNs = 0;
        for (int depth = 0; depth < timeAtDepthNs.Length; depth++)
        {
            spanNs += timeAtDepthNs[depth];
            depthNs += (double)depth * timeAtDepthNs[depth];
        }

        long busyNs = spanNs - timeAtDepthNs[0];
        double? busySeconds = busyNs > 0 ? busyNs / 1e9 : null;
        return new TimeUse
        {
            SpanNs = spanNs,
            IdleNs = timeAtDepthNs[0],
            IdleShare = spanNs > 0 ? (double)timeAtDepthNs[0] / spanNs : null,
            Depths = [.. ByDoubling(timeAtDepthNs)],
            MeanBusyDepth = busyNs > 0 ? depthNs / busyNs : null,
            Gaps = Gaps(clock.Gaps!),
            BusyBytesPerSecond = transfers?.Bytes / busySeconds,
            BusyIops = transfers?.Requests / busySeconds,
            QueueShare = queueShare,
        };
    }

    // 1, 2, 3 to 4, 5 to 8, ...
    private static List<DepthTime> ByDoubling(ReadOnlySpan<long> timeAtDepthNs)
    {
        var times = new List<DepthTime>();
        int from = 1;
        for (int to = 1; from < timeAtDepthNs.Length; to *= 2)
        {
            long sumNs = 0;
            foreach (long timeNs in timeAtDepthNs[from..Math.Min(to + 1, timeAtDepthNs.Length)])
                sumNs += timeNs;
            times.Add(new DepthTime(from, to, sumNs));
            from = to + 1;
        }

        return times;
    }

    private static IdleGapResult Gaps(IdleGaps gaps)
    {
        LogHistogram histogram = gaps.ToHistogram();
        return new IdleGapResult
        {
            Count = gaps.Count,
            TotalNs = gaps.TotalNs,
            P50Ns = gaps.Count > 0 ? histogram.Quantile(0.5) : 0,
            P99Ns = gaps.Count > 0 ? histogram.Quantile(0.99) : 0,
            LongestNs = gaps.LongestNs,
            RelativeError = histogram.RelativeError,
        };
    }
}

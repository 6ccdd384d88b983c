using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Windows of time made of the columns of latency over time. A window lasts until it has enough requests: a device that is slow for a while does fewer of them,
/// and windows of equal width would lose what is looked for.
/// </summary>
internal static class LatencyWindows
{
    /// <summary>Most windows: finding and testing a stretch takes a time that goes with the square of them.</summary>
    public const int Most = 128;

    /// <summary>Fewest requests of a window with a 99.9th percentile.</summary>
    private const int LeastForP999 = 1_000;

    // Requests that trickle in over more time than so many windows have no percentile of a moment.
    private const int MostJoined = 16;

    /// <summary>The windows, in order. Requests that are too few for one are left out.</summary>
    public static TailWindow[] Of(LatencyOverTime latency)
    {
        int step = Math.Max(1, (latency.Columns.Count + Most - 1) / Most);
        var windows = new List<TailWindow>();
        long[] counts = new long[latency.BucketUpToNs.Length];
        int first = 0;
        for (int end = step; end - step < latency.Counts.Length; end += step)
        {
            foreach (long[]? column in latency.Counts.AsSpan(end - step, Math.Min(step, latency.Counts.Length - end + step)))
            {
                for (int i = 0; i < (column?.Length ?? 0); i++)
                    counts[i] += column![i];
            }

            long requests = counts.Sum();
            if (requests >= TailResult.LeastRequests)
                windows.Add(Window(latency, counts, requests, first, end));
            else if (requests > 0 && end - first < MostJoined * step)
                continue;
            first = end;
            Array.Clear(counts);
        }

        return [.. windows];
    }

    private static TailWindow Window(LatencyOverTime latency, long[] counts, long requests, int first, int end)
    {
        return new TailWindow(TimeOf(first), TimeOf(end), requests, At(0.5), At(0.99), requests >= LeastForP999 ? At(0.999) : null);

        long TimeOf(int column) => latency.Columns.OriginNs + (column * latency.Columns.WidthNs);

        // Nearest rank, the middle of its bucket.
        double At(double share)
        {
            long rank = Math.Max(1, (long)Math.Ceiling(share * requests));
            long seen = 0;
            int bucket = 0;
            while ((seen += counts[bucket]) < rank)
                bucket++;
            long above = bucket == 0 ? latency.FirstBucketAboveNs : latency.BucketUpToNs[bucket - 1];
            return (above + 1 + latency.BucketUpToNs[bucket]) / 2.0;
        }
    }
}

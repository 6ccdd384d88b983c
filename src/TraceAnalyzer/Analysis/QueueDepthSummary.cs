using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>How many requests were in flight, and when.</summary>
internal static class QueueDepthSummary
{
    /// <summary>The summary.</summary>
    /// <param name="clock">How many there were; its columns may get wider.</param>
    /// <param name="inFlight">For how long, over time; its columns may get wider.</param>
    /// <param name="lastNs">Time of the trace's last event.</param>
    /// <param name="maxColumns">Most columns.</param>
    public static QueueDepthResult Of(DepthClock clock, InFlightAccumulator inFlight, long lastNs, int maxColumns)
    {
        long[] timeAtDepthNs = clock.TimeAtDepthNs.ToArray();
        ReadOnlySpan<long> enteredAtDepth = clock.EnteredAtDepth;

        // Changes of what never completed may have made the clock's columns wider.
        while (inFlight.Columns.WidthNs < clock.Columns!.WidthNs)
            inFlight.Grow();
        int count = inFlight.Shorten(lastNs, maxColumns);
        while (clock.Columns.WidthNs < inFlight.Columns.WidthNs)
            clock.JoinColumns();
        TimeScale columns = inFlight.Columns;
        long[] inFlightNs = BinnedSeries.Joined(inFlight.InFlightNs, 1, count);
        double totalNs = timeAtDepthNs.Sum(static ns => (double)ns);
        return new QueueDepthResult
        {
            Columns = new TimeBinning(columns.OriginNs, columns.WidthNs, count),
            Mean = Array.ConvertAll(inFlightNs, ns => (double)ns / columns.WidthNs),
            Max = clock.GreatestIn(count),
            MaxDepth = timeAtDepthNs.Length - 1,
            MeanDepth = totalNs == 0 ? 0 : timeAtDepthNs.Select((ns, depth) => (double)ns * depth).Sum() / totalNs,
            TimeAtDepthNs = timeAtDepthNs,
            IssuedAtDepth = [.. enteredAtDepth[..(enteredAtDepth.LastIndexOfAnyExcept(0) + 1)]],
        };
    }
}

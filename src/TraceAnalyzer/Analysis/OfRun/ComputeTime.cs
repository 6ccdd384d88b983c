using TraceAnalyzer.Requests;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// When the run computed, on the trace's clock: in the framework's own calls (<c>layers.csv</c>) without the waits for data that it noted
/// within them. What a trace has in flight outside is a stall
/// (docs/analyses/stalls.md).
/// </summary>
internal sealed class ComputeTime
{
    private readonly long[] _starts;
    private readonly long[] _ends;
    private readonly long _fromNs;
    private readonly long _toNs;

    private ComputeTime(string source, bool holdsOwnReads, IEnumerable<TimeRange> ranges, long fromNs, long toNs)
    {
        HoldsOwnReads = holdsOwnReads;
        List<TimeRange> joined = Joined(ranges);
        Source = source;
        _starts = [.. joined.Select(range => range.StartNs)];
        _ends = [.. joined.Select(range => range.EndNs)];
        _fromNs = fromNs;
        _toNs = toNs;
    }

    /// <summary>The file it comes from.</summary>
    public string Source { get; }

    /// <summary>
    /// True if a call reads its own data: a whole forward pass of a layer, of which no waits for data were noted. Where weights are memory-mapped the call
    /// faults them in, so that its time is that of computing and reading together.
    /// </summary>
    public bool HoldsOwnReads { get; }

    /// <summary>Starts and ends of all that was computed, in no order.</summary>
    public IEnumerable<long> BoundsNs => _starts.Concat(_ends);

    /// <summary>What the framework's calls tell, known before the trace is read; null if there are none.</summary>
    public static ComputeTime? OfCalls(RunFolder folder)
    {
        if (folder.Layers.Count == 0 || folder.Layers[0].Content.Calls.Where(call => call.IsCompute).ToArray() is not { Length: > 0 } calls)
            return null;
        List<TimeRange> waits = Joined(folder.TensorIo.Take(1).SelectMany(part => part.Content.Waits).Select(wait => new TimeRange(wait.StartMonotonicNs, wait.EndMonotonicNs)));
        List<TimeRange> computing = Joined(calls.Select(call => new TimeRange(call.StartMonotonicNs, call.EndMonotonicNs)));
        LayerTime[] all = [.. folder.Layers[0].Content.Calls];
        return new ComputeTime(folder.Layers[0].File, waits.Count == 0 && calls.Any(call => call.Call == LayerTimes.Forward), Without(computing, waits), all.Min(call => call.StartMonotonicNs), all.Max(call => call.EndMonotonicNs));
    }

    /// <summary>Splits a span of time into computing and in flight, in any combination; null if nothing is known of it.</summary>
    public TimeSplit? Split(long fromNs, long toNs, BusyTimeline io)
    {
        if (toNs <= fromNs || toNs <= _fromNs || fromNs >= _toNs)
            return null;
        long compute = 0;
        double both = 0;
        int i = Array.BinarySearch(_ends, fromNs);
        for (i = i >= 0 ? i : ~i; i < _starts.Length && _starts[i] < toNs; i++)
        {
            long startNs = Math.Max(fromNs, _starts[i]);
            long endNs = Math.Min(toNs, _ends[i]);
            if (endNs <= startNs)
                continue;
            compute += endNs - startNs;
            both += io.BusyNs(startNs, endNs);
        }

        // Exact where the span was known before the trace was read. Else busy time is spread evenly within a bin, and may be a little above what there is room for.
        long overlap = Math.Min(compute, (long)Math.Round(both));
        long stall = Math.Clamp((long)Math.Round(io.BusyNs(fromNs, toNs)) - overlap, 0, toNs - fromNs - compute);
        return new TimeSplit(compute, overlap, stall, toNs - fromNs - compute - stall);
    }

    private static List<TimeRange> Joined(IEnumerable<TimeRange> ranges)
    {
        var joined = new List<TimeRange>();
        foreach (TimeRange range in ranges.Where(range => range.EndNs > range.StartNs).OrderBy(range => range.StartNs))
        {
            if (joined.Count > 0 && range.StartNs <= joined[^1].EndNs)
                joined[^1] = joined[^1] with { EndNs = Math.Max(joined[^1].EndNs, range.EndNs) };
            else
                joined.Add(range);
        }

        return joined;
    }

    // Both in order and without overlap.
    private static IEnumerable<TimeRange> Without(List<TimeRange> ranges, List<TimeRange> holes)
    {
        int hole = 0;
        foreach (TimeRange range in ranges)
        {
            while (hole < holes.Count && holes[hole].EndNs <= range.StartNs)
                hole++;
            long startNs = range.StartNs;
            for (int i = hole; i < holes.Count && holes[i].StartNs < range.EndNs; i++)
            {
                yield return new TimeRange(startNs, holes[i].StartNs);
                startNs = Math.Max(startNs, holes[i].EndNs);
            }

            yield return new TimeRange(startNs, range.EndNs);
        }
    }

    private readonly record struct TimeRange(long StartNs, long EndNs);
}

/// <summary>A span of time, split; the parts in nanoseconds.</summary>
/// <param name="ComputeNs">Computing.</param>
/// <param name="OverlapNs">Of that, with requests in flight.</param>
/// <param name="StallNs">Not computing, with requests in flight.</param>
/// <param name="IdleNs">Neither.</param>
internal readonly record struct TimeSplit(long ComputeNs, long OverlapNs, long StallNs, long IdleNs);

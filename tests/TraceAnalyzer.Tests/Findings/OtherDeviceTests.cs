using System.Globalization;
using TraceAnalyzer.Findings.Limits;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Findings;

/// <summary>The least time with another device, against replays on it.</summary>
public sealed class OtherDeviceTests
{
    [Fact]
    public void Time_in_flight_shrinks_and_the_rest_stays()
    {
        // Of 100 s 40 idle, 30 with one request in flight, 30 with three or four.
        TimeUse use = Use(idleNs: 40, (1, 1, 30), (3, 4, 30));
        OtherDevice[] bounds = [.. OtherDevices.Of(use, (10, 4))];

        Assert.Equal((100, 70, 40), Of("a device 2 times as fast", "run"));
        Assert.Equal((100, 47.5, 40), Of("a device 8 times as fast", "run"));
        Assert.Equal((100, 85, 45), Of("2 such devices", "run"));
        Assert.Equal((100, 77.5, 40), Of("4 such devices", "run"));
        Assert.Equal(Of("4 such devices", "run"), Of("8 such devices", "run"));
        Assert.Equal((10, 7, 4), Of("a device 2 times as fast", "token"));
        Assert.Equal((10, 4 + (6 * 45 / 60.0), 4.5), Of("2 such devices", "token"));
        Assert.Empty(OtherDevices.Of(Use(idleNs: 10), null));

        (double, double, double) Of(string change, string unit) =>
            bounds.Where(bound => bound.Change == change && bound.Unit == unit).Select(bound => (bound.NowNs, bound.LeastNs, bound.OverlappedNs)).Single();
    }

    // Threads that each think, read and wait again: replayed with shorter reads, the run is never faster than the bound, whatever the number of threads.
    [Fact]
    public void Replays_on_a_faster_device_are_never_faster_than_the_bound()
    {
        int near = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            long[][] thinkNs = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Enumerable.Range(0, 40).Select(_ => random.NextInt64(1, 2_000)).ToArray())];
            List<(long From, long To)> now = Replay(thinkNs, serviceNs: 1_600);
            foreach (OtherDevice bound in OtherDevices.Of(UseOf(now), null).Where(bound => bound.Change.EndsWith("fast", StringComparison.Ordinal)))
            {
                int times = int.Parse(bound.Change.Split(' ')[2], CultureInfo.InvariantCulture);
                List<(long From, long To)> then = Replay(thinkNs, 1_600 / times);
                double thenNs = then.Max(request => request.To) - then.Min(request => request.From);
                Assert.True(bound.LeastNs <= thenNs, $"{seed}: {bound} against {thenNs}");
                Assert.InRange(bound.OverlappedNs, 0, bound.LeastNs);
                Assert.InRange(bound.LeastNs, 0, bound.NowNs);
                near += bound.LeastNs > 0.999 * thenNs ? 1 : 0;
            }
        }

        // Of one thread the bound is what happens.
        Assert.InRange(near, 100, 300);
    }

    [Fact]
    [Trait("Kind", "capture")]
    [Trait(Captures.Needs, Captures.Shared)]
    public void Four_disks_were_not_faster_than_the_bound_of_one()
    {
        OtherDevice bound = RunAnalysis.Of(Captures.Folder("new/hf-accelerate-disk")).Limit!.OtherDevices.Single(other => other is { Change: "4 such devices", Unit: "token" });
        double measured = RunAnalysis.Of(Captures.Folder("new/hf-4disks")).Limit!.OtherDevices.First(other => other.Unit == "token").NowNs;

        Assert.InRange(measured / bound.LeastNs, 1, 1.1);
        Assert.InRange(bound.NowNs / bound.LeastNs, 1.15, 1.2);
    }

    // One request of each thread at a time, each served in the same time, beside those of others.
    private static List<(long From, long To)> Replay(long[][] thinkNs, long serviceNs)
    {
        var requests = new List<(long, long)>();
        foreach (long[] thread in thinkNs)
        {
            long timeNs = 0;
            foreach (long think in thread)
            {
                requests.Add((timeNs + think, timeNs + think + serviceNs));
                timeNs += think + serviceNs;
            }
        }

        return requests;
    }

    private static TimeUse UseOf(List<(long From, long To)> requests)
    {
        var atDepth = new SortedDictionary<int, long>();
        int depth = 0;
        long lastNs = 0;
        foreach ((long timeNs, int change) in requests.SelectMany(request => ((long, int)[])[(request.From, 1), (request.To, -1)]).Order())
        {
            atDepth[depth] = atDepth.GetValueOrDefault(depth) + (lastNs == 0 ? 0 : timeNs - lastNs);
            (depth, lastNs) = (depth + change, timeNs);
        }

        return Use(atDepth.GetValueOrDefault(0), [.. atDepth.Where(pair => pair.Key > 0).Select(pair => (pair.Key, pair.Key, pair.Value))]);
    }

    private static TimeUse Use(long idleNs, params (int From, int To, long Ns)[] depths) => new()
    {
        SpanNs = idleNs + depths.Sum(depth => depth.Ns),
        IdleNs = idleNs,
        IdleShare = null,
        Depths = [.. depths.Select(depth => new DepthTime(depth.From, depth.To, depth.Ns))],
        MeanBusyDepth = null,
        Gaps = new IdleGapResult { Count = 0, TotalNs = 0, P50Ns = 0, P99Ns = 0, LongestNs = 0, RelativeError = 0 },
    };
}

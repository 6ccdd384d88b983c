using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Tests.Findings;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Slow stretches and reads after writes: found where they are, not found where they are not.</summary>
public sealed class TailTests
{
    private const long Us = 1_000;
    private const long Ms = 1_000_000;

    [Fact]
    public void Shuffled_series_have_a_slow_stretch_as_often_as_the_level_says()
    {
        var random = new Random(1);
        int found = 0;
        const int Series = 400;
        for (int i = 0; i < Series; i++)
        {
            // Latencies of long tails, half of the series with a cliff before they are shuffled.
            double[] values = [.. Enumerable.Range(0, 40).Select(at => Math.Pow(random.NextDouble(), -0.7) + (i % 2 == 0 && at is > 10 and < 20 ? 8 : 0))];
            random.Shuffle(values);
            if (StretchTest.Of(values, seed: i)!.Value.PValue <= TailStretch.Level)
                found++;
        }

        // 5 % of 400 with a standard error of 1.1 %.
        Assert.InRange((double)found / Series, 0.017, 0.083);
    }

    [Theory]
    [InlineData(20, 30)]
    [InlineData(0, 5)]
    [InlineData(47, 60)]
    public void A_stretch_is_found_where_it_is(int start, int end)
    {
        var random = new Random(start);
        double[] values = [.. Enumerable.Range(0, 60).Select(at => random.NextDouble() + (at >= start && at < end ? 2 : 0))];

        (int foundStart, int foundEnd, double pValue) = StretchTest.Of(values)!.Value;

        Assert.Equal((start, end, 0.001), (foundStart, foundEnd, pValue));
        Assert.Null(StretchTest.Of(values.AsSpan(0, 5)));
    }

    [Fact]
    public void The_stretch_is_that_of_trying_all()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            double[] values = [.. Enumerable.Range(0, random.Next(6, 30)).Select(_ => random.NextDouble())];
            var all = from start in Enumerable.Range(0, values.Length)
                      from length in Enumerable.Range(3, Math.Max(0, values.Length - 5))
                      where start + length <= values.Length
                      let inside = values[start..(start + length)].Average()
                      let outside = values[..start].Concat(values[(start + length)..]).Average()
                      orderby (inside - outside) * Math.Sqrt(length * (values.Length - length) / (double)values.Length) descending
                      select (start, start + length);
            (int Start, int End, double PValue) found = StretchTest.Of(values)!.Value;

            Assert.Equal(all.First(), (found.Start, found.End));
        }
    }

    [Fact]
    public void Slow_series_that_have_nothing_to_do_with_each_other_seldom_correlate()
    {
        var random = new Random(2);
        int found = 0;
        const int Pairs = 400;
        for (int i = 0; i < Pairs; i++)
        {
            if (ShiftTest.Of(Slow(random), Slow(random))!.Value.PValue <= TailStretch.Level)
                found++;
        }

        // Shifts end to start tear a series once, which makes them a little too lenient.
        Assert.InRange((double)found / Pairs, 0.01, 0.11);
        double[] one = Slow(random);
        Assert.Equal((1.0, 1.0 / 80), (Math.Round(ShiftTest.Of(one, one)!.Value.Correlation, 9), ShiftTest.Of(one, one)!.Value.PValue));
        Assert.Equal((0, 1), ShiftTest.Of(one, new double[80]));
        Assert.Null(ShiftTest.Of(one[..39], one[..39]));

        static double[] Slow(Random random)
        {
            double level = 0;
            return [.. Enumerable.Range(0, 80).Select(_ => level = (0.8 * level) + random.NextDouble() - 0.5)];
        }
    }

    [Fact]
    public void Reads_after_writes_are_those_of_adding_up_the_writes_before_each()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var events = new List<BlockEvent>();
            var ended = new List<IoRequest>();
            long timeNs = 5_000 * Ms;
            for (int i = 0; i < 3_000; i++)
            {
                timeNs += random.Next(200) == 0 ? random.NextInt64(400 * Ms) : random.NextInt64(2 * Ms);
                bool isWrite = random.Next(3) == 0;
                uint bytes = (uint)random.Next(1, 4_000) * 512;
                events.Add(new BlockEvent { Device = DeviceId.Of(1, (uint)random.Next(2)), Action = BlockAction.Issue, Class = isWrite ? OperationClass.Write : OperationClass.Read, TimeNs = timeNs, LengthBytes = bytes, LengthSectors = bytes / 512 });
                if (!isWrite)
                    ended.Add(new IoRequest { Device = events[^1].Device, Class = OperationClass.Read, IssueTimeNs = timeNs, CompleteTimeNs = timeNs + random.Next(1, 1 << 20), QueueTimeNs = IoRequest.NoTime, LengthBytes = bytes });
            }

            var history = new WriteHistory();
            history.Add(events.ToArray().AsSpan(0, 1_000), []);
            history.Add(events.ToArray().AsSpan(1_000), ended.ToArray());
            foreach (DeviceId device in events.Select(e => e.Device).Distinct())
            {
                (LogHistogram[] bins, long unknown) = history.Of(device)!.Value;
                long[] expected = new long[bins.Length];
                foreach (IoRequest read in ended.Where(read => read.Device == device))
                {
                    long ms = read.IssueTimeNs / Ms;
                    long written = events.Where(e => e.Device == device && e.Class == OperationClass.Write && e.TimeNs / Ms >= ms - 100 && e.TimeNs / Ms < ms).Sum(e => (long)e.LengthBytes);
                    if (written > 0)
                        expected[Array.FindIndex([.. WriteHistory.UpToBytes, long.MaxValue], upTo => written <= upTo)]++;
                }

                Assert.Equal(expected, bins.Select(bin => bin.Count));
                Assert.Equal(0, unknown);
                Assert.True(expected.Count(count => count > 0) > 3);
            }
        }
    }

    [Fact]
    public void What_was_written_too_long_ago_to_know_is_counted()
    {
        var history = new WriteHistory();
        var events = new BlockEvent[WriteHistory.MostKept + 1];
        for (int i = 0; i < events.Length; i++)
            events[i] = new BlockEvent { Action = BlockAction.Issue, Class = OperationClass.Write, TimeNs = i * Ms, LengthBytes = 512, LengthSectors = 1 };
        history.Add(events, [Read(10), Read(WriteHistory.MostKept), Read((WriteHistory.MostKept / 2) + 101), Read((WriteHistory.MostKept / 2) + 98)]);

        Assert.Equal(2, history.Of(default)!.Value.Unknown);
        Assert.Equal(2, history.Of(default)!.Value.Bins[0].Count);
        Assert.Null(history.Of(DeviceId.Of(1, 1)));

        static IoRequest Read(long ms) => new() { Class = OperationClass.Read, IssueTimeNs = ms * Ms, CompleteTimeNs = (ms * Ms) + 1, QueueTimeNs = IoRequest.NoTime };
    }

    [Fact]
    public void Windows_have_the_percentiles_of_their_requests()
    {
        List<(long IssueNs, long D2CNs)> reads = Reads(latencyNs: (random, _) => (long)(100 * Us * Math.Pow(random.NextDouble(), -0.5)), gapNs: (random, _) => 100 * Us + random.Next(1_000));
        TailResult tail = Report(reads).BusiestDevice!.Tails.Single();

        Assert.InRange(tail.Windows.Length, 60, LatencyWindows.Most);
        Assert.InRange(tail.Windows.Sum(window => window.Requests), reads.Count - 100, reads.Count);
        foreach (TailWindow window in tail.Windows)
        {
            long[] own = [.. reads.Where(read => read.IssueNs >= window.StartNs && read.IssueNs < window.EndNs).Select(read => read.D2CNs).Order()];
            Assert.Equal(own.Length, window.Requests);
            Assert.Equal(own[(own.Length + 1) / 2 - 1], window.P50Ns, own[(own.Length + 1) / 2 - 1] * tail.RelativeError);
            Assert.Equal(own[(int)Math.Ceiling(0.99 * own.Length) - 1], window.P99Ns, own[(int)Math.Ceiling(0.99 * own.Length) - 1] * tail.RelativeError);
            Assert.Equal(own.Length >= 1_000, window.P999Ns is not null);
        }
    }

    [Fact]
    public void A_device_that_is_slow_for_a_while_has_a_cliff()
    {
        // One read at a time, ten times as slow for a second.
        TraceReport report = Report(Reads((random, timeNs) => (timeNs / Ms is >= 2_000 and < 3_000 ? 1_000 * Us : 100 * Us) + random.Next(20_000), (_, _) => 0));
        Finding finding = SmallRun.Finding(report, "latency-cliff");
        TailStretch stretch = report.BusiestDevice!.Tails[0].Stretches.Single();

        Assert.Equal((Verdict.Shown, true), (finding.Verdict, stretch.Recovers));
        Assert.InRange(stretch.StartNs - 1_000 * Ms, 900 * Ms, 1_100 * Ms);
        Assert.InRange(stretch.Ratio, 8, 11);
        Assert.Equal(1, stretch.DepthRatio!.Value, 0.05);
        Assert.Contains("against", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_queue_that_is_deeper_for_a_while_is_no_cliff()
    {
        // Reads every 100 us throughout; for a second each takes a millisecond, so that ten are in flight.
        TraceReport report = Report(Reads((random, timeNs) => (timeNs / Ms is >= 2_000 and < 3_000 ? 1_000 * Us : 100 * Us) + random.Next(5_000), (_, _) => 100 * Us, isOneAtATime: false));
        Finding finding = SmallRun.Finding(report, "latency-cliff");

        Assert.Equal(Verdict.NotShown, finding.Verdict);
        Assert.EndsWith("Depth and size of the requests explain it.", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Latencies_that_only_scatter_have_no_cliff()
    {
        int shown = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            TraceReport report = Report(Reads((random, _) => (long)(100 * Us * Math.Pow(random.NextDouble(), -0.8)), (random, _) => random.Next(20_000), seed: seed));
            shown += SmallRun.Finding(report, "latency-cliff").Verdict == Verdict.Shown ? 1 : 0;
        }

        Assert.Equal(0, shown);
    }

    [Theory]
    [InlineData(true, Verdict.Shown)]
    [InlineData(false, Verdict.NotShown)]
    public void Reads_that_writes_slow_down_are_told_from_reads_beside_writes(bool isSlowed, Verdict verdict)
    {
        var random = new Random(9);
        long[] bursts = [.. Enumerable.Range(0, 12).Select(_ => 1_000 + random.NextInt64(4_000))];
        List<(long IssueNs, long D2CNs)> reads = Reads((own, timeNs) => (isSlowed && bursts.Any(burst => (timeNs / Ms) - burst is > 0 and <= 100) ? 400 * Us : 100 * Us) + own.Next(30_000), (own, _) => own.Next(50_000));
        TraceReport report = Report(reads, [.. bursts.Select(burst => (burst * Ms, 256u * 1_024))]);

        Assert.Equal(verdict, SmallRun.Finding(report, "slowed-by-writes").Verdict);
        WriteInterference interference = report.BusiestDevice!.Interference!;
        Assert.Equal(reads.Count, interference.Bins.Sum(bin => bin.Reads));
        int after = reads.Count(read => bursts.Any(burst => (read.IssueNs / Ms) - burst is > 0 and <= 100));
        Assert.Equal(after, interference.Bins.Where(bin => bin.AboveBytes is not null).Sum(bin => bin.Reads));
    }

    private static List<(long IssueNs, long D2CNs)> Reads(Func<Random, long, long> latencyNs, Func<Random, long, long> gapNs, bool isOneAtATime = true, int seed = 3)
    {
        var random = new Random(seed);
        var reads = new List<(long, long)>();
        for (long timeNs = 1_000 * Ms; timeNs < 5_000 * Ms;)
        {
            long latency = latencyNs(random, timeNs);
            reads.Add((timeNs, latency));
            timeNs += gapNs(random, timeNs) + (isOneAtATime ? latency + Us : 0);
        }

        return reads;
    }

    private static TraceReport Report(List<(long IssueNs, long D2CNs)> reads, (long IssueNs, uint Bytes)[]? writes = null)
    {
        var events = new List<BlockEvent>();
        for (int i = 0; i < reads.Count; i++)
        {
            BlockEvent issue = SmallRun.Read(reads[i].IssueNs, (ulong)i * 256, rwbs: "R");
            events.Add(issue);
            events.Add(issue with { Action = BlockAction.Complete, TimeNs = reads[i].IssueNs + reads[i].D2CNs });
        }

        foreach ((long issueNs, uint bytes) in writes ?? [])
        {
            BlockEvent issue = SmallRun.Write(issueNs, (1ul << 40) + (ulong)issueNs, bytes / 512);
            events.Add(issue);
            events.Add(issue with { Action = BlockAction.Complete, TimeNs = issueNs + (50 * Us) });
        }

        return SmallRun.Report(events);
    }
}

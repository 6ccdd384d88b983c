using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>How requests follow each other, against plain lists.</summary>
public sealed class SequenceTests
{
    private static readonly DeviceId s_device = DeviceId.Of(259, 0);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 12)]
    [InlineData(3, 63)]
    [InlineData(4, 200)]
    public void Streams_runs_and_jumps_are_those_of_plain_lists(int seed, int streams)
    {
        BlockEvent[] events = Interleaved(seed, streams, 6_000);
        SequenceResult result = Counted(events, seed).Of([s_device], OperationClass.Read, pid => $"p{pid}")!;

        // The ends of the last 64 streams, the one used last at the end of the list.
        var ends = new List<(ulong End, long Bytes)>();
        var runs = new List<long>();
        var places = new List<int>();
        var jumps = new List<long>();
        var lastOfPid = new Dictionary<int, ulong>();
        long following = 0;
        long own = 0;
        for (int i = 0; i < events.Length; i++)
        {
            BlockEvent e = events[i];
            int at = ends.FindLastIndex(end => end.End == e.Sector);
            long bytes = e.LengthBytes;
            if (at >= 0)
            {
                places.Add(ends.Count - at);
                bytes += ends[at].Bytes;
                ends.RemoveAt(at);
            }

            ends.Add((e.EndSector, bytes));
            if (ends.Count > StreamDetector.MostStreams)
            {
                runs.Add(ends[0].Bytes);
                ends.RemoveAt(0);
            }

            if (i > 0 && e.Sector == events[i - 1].EndSector)
                following++;
            else if (i > 0)
                jumps.Add(Math.Abs((long)(e.Sector - events[i - 1].EndSector)) * 512);
            if (lastOfPid.TryGetValue(e.Pid, out ulong last) && last == e.Sector)
                own++;
            lastOfPid[e.Pid] = e.EndSector;
        }

        runs.AddRange(ends.Select(end => end.Bytes));
        runs.Sort();
        jumps.Sort();
        places.Sort();
        long halfOfBytes = runs[^(Enumerable.Range(1, runs.Count).First(count => 2 * runs.TakeLast(count).Sum() >= runs.Sum()))];
        Assert.Equal((events.Length, places.Count, following, own, runs.Count), (result.Requests, result.Continuing, result.Following, result.OwnFollowing, result.Runs));
        Assert.Equal(Math.Min(places.Count, 2 * places.Count(place => place > 32)), result.ByChance);
        Assert.Equal(places.Count == 0 ? null : places[(int)Math.Ceiling(0.9 * places.Count) - 1], result.Streams);
        Near(At(runs, 0.5), result.RunP50Bytes, 0.017);
        Near(At(runs, 0.95), result.RunP95Bytes, 0.017);
        Near(halfOfBytes, result.HalfOfBytesRunBytes, 0.05);
        Near(At(jumps, 0.5), result.Jumps!.DistanceP50Bytes, 0.032);
        Near(At(jumps, 0.95), result.Jumps.DistanceP95Bytes, 0.032);
        Assert.Equal(jumps.Count, result.Jumps.Forward + result.Jumps.Backward);
        Assert.Equal(jumps.Count, result.Jumps.Buckets.Sum(bucket => bucket.Count));
        Assert.All(result.Jumps.Buckets, bucket => Assert.True(bucket.LeastBytes <= bucket.GreatestBytes));
        Assert.Equal(result.Jumps.Buckets.Select(bucket => bucket.LeastBytes).Order(), result.Jumps.Buckets.Select(bucket => bucket.LeastBytes));
        Assert.Equal(events.GroupBy(e => e.Pid).Select(pid => (pid.Key, (long)pid.Count())).Order(), result.Processes.Select(process => (process.Pid, process.Requests)).Order());
        Assert.Equal(own, result.Processes.Sum(process => process.Following));
    }

    [Fact]
    public void Random_reads_of_the_same_places_again_and_again_are_not_sequential()
    {
        // Of 10,000 places each begins where another ends; to begin where any earlier request ended would be no news.
        var random = new Random(5);
        BlockEvent[] events = [.. Enumerable.Range(0, 30_000).Select(_ => Request((ulong)random.Next(10_000) * 48, 48, pid: 1))];
        SequenceResult result = Counted(events, 5).Of([s_device], OperationClass.Read, static _ => null)!;

        Assert.InRange(result.ContinuingShare, 0.004, 0.009);
        Assert.InRange((double)result.ByChance / result.Continuing, 0.6, 1);
        Assert.InRange(result.HalfOfBytesRunBytes, 24_000, 25_000);
    }

    [Fact]
    public void A_stride_is_found_among_jumps()
    {
        var random = new Random(6);
        var events = new List<BlockEvent>();
        ulong sector = 1 << 20;
        for (int i = 0; i < 3_000; i++)
        {
            sector = random.Next(5) == 0 ? (ulong)random.Next(1 << 30) : sector + 192;
            events.Add(Request(sector, 48, pid: 1));
        }

        JumpResult jumps = Counted([.. events], 6).Of([s_device], OperationClass.Read, static _ => null)!.Jumps!;

        Assert.Equal(192 * 512, jumps.StrideBytes);
        int strided = events.Zip(events.Skip(1), (one, next) => next.Sector - one.Sector == 192).Count(isStride => isStride);
        Assert.InRange(jumps.StrideAtLeast, strided - (2_999 / 9), strided);
    }

    [Fact]
    public void Seeks_are_those_of_biopattern_and_btt()
    {
        BlockEvent[] events = Interleaved(7, 5, 4_000);
        for (int i = 0; i < events.Length; i += 7)
            (events[i].Class, events[i].Rwbs) = (OperationClass.Write, Rwbs.Of("W"));
        DeviceSequence result = Counted(events, 7).Of(s_device)!;

        // biopattern.bpf.c, block_rq_complete.
        ulong lastSector = 0;
        long sequential = 0;
        foreach (BlockEvent e in events)
        {
            if (lastSector != 0 && lastSector == e.Sector)
                sequential++;
            lastSector = e.EndSector;
        }

        // btt/seek.c, seek_dist().
        (ulong start, ulong end) = (0, 0);
        long none = 0;
        double sum = 0;
        foreach (BlockEvent e in events)
        {
            double distance = (start <= e.Sector && e.Sector <= end) || (start <= e.EndSector && e.EndSector <= end) ? 0
                : e.Sector > end ? e.Sector - end : (double)e.Sector - start;
            none += distance == 0 ? 1 : 0;
            sum += Math.Abs(distance);
            (start, end) = (e.Sector, e.EndSector);
        }

        Assert.Equal((events.Length, sequential, none), (result.Requests, result.Following, result.WithoutSeek));
        Assert.Equal(sum / events.Length, result.MeanSeekSectors, 1e-3);
    }

    [Fact]
    public void Files_in_pieces_are_sequential_in_their_offsets()
    {
        // A file of 40 pieces, each before the one before it on the device, read from its beginning; between its reads those of another.
        FileExtent[] extents = [.. Enumerable.Range(0, 40).Select(i => new FileExtent("a", i * 256L, 1_000_000 - (i * 1_000L), 256, "")), new FileExtent("b", 0, 2_000_000, 1 << 20, "")];
        var events = new List<BlockEvent>();
        for (int i = 0; i < 40; i++)
        {
            events.Add(Request((ulong)(1_000_000 - (i * 1_000L)), 256, pid: 1));
            events.Add(Request((ulong)(2_000_000 + (i * 256L)), 256, pid: 2));
            events.Add(Request(50, 8, pid: 3));
        }

        var phases = new TimeSpans([new NamedSpan("load", null, 0, 60), new NamedSpan("bench", null, 60, 1_000)]);
        for (int i = 0; i < events.Count; i++)
            events[i] = events[i] with { TimeNs = i };
        var counter = new SequenceCounter(new AnalysisOptions(), new ExtentMap(extents), phases);
        counter.Add(events.ToArray(), [], pidsOfName: null, firstEventNs: 0);
        SequenceResult device = counter.Of([s_device], OperationClass.Read, static _ => null)!;
        SequenceResult files = counter.InFilesOf([s_device], OperationClass.Read)!;

        Assert.Equal((120, 39), (device.Requests, device.Continuing));
        Assert.Equal((80, 78, 0L, 79L, 78L), (files.Requests, files.Continuing, files.Following, files.OtherFile, files.OwnFollowing));
        Assert.Equal([("load", 60L, 19L), ("bench", 60L, 20L)], device.Phases.Select(phase => (phase.Phase, phase.Requests, phase.Continuing)));
        Assert.Empty(files.Phases);
    }

    private static SequenceCounter Counted(BlockEvent[] events, int seed)
    {
        // In pieces, as they come.
        var random = new Random(seed);
        var counter = new SequenceCounter(new AnalysisOptions());
        for (int at = 0; at < events.Length;)
        {
            int count = Math.Min(events.Length - at, random.Next(1, 500));
            counter.Add(events.AsSpan(at, count), [], pidsOfName: null, firstEventNs: 0);
            at += count;
        }

        return counter;
    }

    private static BlockEvent[] Interleaved(int seed, int streams, int count)
    {
        var random = new Random(seed);
        ulong[] next = [.. Enumerable.Range(0, streams).Select(i => ((ulong)i << 26) + (ulong)random.Next(1, 1 << 20))];
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int stream = random.Next(streams);
            if (random.Next(40) == 0)
                next[stream] += (ulong)random.Next(-50_000, 50_000) & 0x3ffffff;
            uint sectors = (uint)random.Next(1, 300);
            BlockEvent e = Request(next[stream], sectors, stream % 7);
            next[stream] += sectors;
            return e;
        })];
    }

    private static BlockEvent Request(ulong sector, uint sectors, int pid) =>
        new() { Device = s_device, Action = BlockAction.Issue, Class = OperationClass.Read, Rwbs = Rwbs.Of("R"), Sector = sector, LengthSectors = sectors, LengthBytes = sectors * 512, Pid = pid };

    private static long At(List<long> sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];

    private static void Near(double expected, double actual, double error) => Assert.InRange(actual, (expected * (1 - error)) - 512, (expected * (1 + error)) + 512);
}

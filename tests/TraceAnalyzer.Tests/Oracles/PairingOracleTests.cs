using System.Globalization;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>Latencies and queue depths of captures against a plain pairing of their events.</summary>
[Trait("Kind", "capture")]
public class PairingOracleTests
{
    [Theory]
    [InlineData("nvmevirt/a-offload-mmap/a-offload-mmap")]
    [InlineData("nvmevirt/b-deepnvme-fio/b-deepnvme-fio")]
    [InlineData("nvmevirt/c-kvcache/c-kvcache")]
    [InlineData("nvmevirt/d-mixed-partition-dm/nvme0n1")]
    [InlineData("nvmevirt/d-mixed-partition-dm/dm-0")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/dm-0")]
    [InlineData("nvmevirt/g-qemunvme-xfs-mqdeadline/g-qemunvme-xfs-mqdeadline")]
    [InlineData("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup")]
    [InlineData("flexgen/kv-offload-omp1/kv-offload-omp1-bench")]
    [InlineData("deepspeed/deepspeed-model-fullmask/deepspeed-model-fullmask-init")]
    public void Latencies_and_depths_are_those_of_a_plain_pairing(string name) => Check(TraceFiles.FindSet(name));

    [Fact]
    public void Latencies_and_depths_of_a_stream_are_those_of_a_plain_pairing() => Check(TraceFiles.Find("nvmevirt/i-stream/i-stream.bin"));

    // btt looks for requests by the queued sector, so it is right where bios are neither merged nor split: "259,0 : time Q sector+sectors", and below it the times of D and C.
    [Fact]
    public void Requests_of_whole_bios_are_those_of_btt()
    {
        List<BlockEvent> events = TraceFiles.Read(TraceFiles.FindSet("nvmevirt/c-kvcache/c-kvcache")).Events;
        long zeroNs = events[0].TimeNs;
        var matcher = new RequestMatcher();
        var ended = new RequestBatch();
        matcher.Add(events.ToArray(), ended);
        var found = new HashSet<(string, long, long, long)>();
        foreach (ref readonly IoRequest request in ended.Requests)
            found.Add((string.Create(CultureInfo.InvariantCulture, $"{request.Sector}+{request.LengthBytes / 512}"), request.QueueTimeNs - zeroNs, request.IssueTimeNs - zeroNs, request.CompleteTimeNs - zeroNs));

        int compared = 0;
        foreach (string entry in string.Join('\n', TraceFiles.Lines("nvmevirt/c-kvcache/btt/c-kvcache/perio.txt")).Split("\n\n"))
        {
            string[][] steps = [.. entry.Split('\n').Select(line => line[(line.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(step => step.Length == 3)];
            string[]? queued = Array.Find(steps, step => step[1] == "Q");
            if (queued is null || steps.Length != 4 || !Array.TrueForAll(steps, step => step[2] == queued[2]) || !Array.Exists(steps, step => step[1] == "G"))
                continue;
            Assert.Contains((queued[2], TimeNs(steps, "Q"), TimeNs(steps, "D"), TimeNs(steps, "C")), found);
            compared++;
        }

        Assert.InRange(compared, 15_000, 16_296);
    }

    private static long TimeNs(string[][] steps, string action) =>
        (long)(decimal.Parse(steps.Single(step => step[1] == action)[0], CultureInfo.InvariantCulture) * 1_000_000_000);

    private static void Check(string path)
    {
        IReadOnlyList<BlockEvent> events = TraceFiles.Read(path).Events;
        var pairing = new SlowPairing(events);
        HashSet<string> queues = [.. events.Where(e => e.Action == BlockAction.Queue).Select(e => e.Device.ToString())];
        TraceReport report = TraceFiles.Analyse(new AnalysisOptions(), path);
        Assert.Equal(pairing.UnmatchedCompletions, Counter(report, ReadCounter.UnmatchedCompletions));
        int latencies = 0;
        foreach (DeviceReport device in report.Devices)
        {
            List<PairedRequest> ofDevice = [.. pairing.Ended.Where(request => request.First.Device.ToString() == device.Device)];
            foreach (OperationReport operation in device.Operations)
            {
                List<PairedRequest> requests = [.. ofDevice.Where(request => Belongs(request, operation))];
                latencies += Check(Spans(requests, request => request.IssueNs - request.QueueNs, operation), operation.Latency?.Q2D);
                latencies += Check(Spans(requests, request => request.CompleteNs - request.IssueNs, operation), operation.Latency?.D2C);
                latencies += Check(Spans(requests, request => request.CompleteNs - request.QueueNs, operation), operation.Latency?.Q2C);
                if (operation.Latency is { } latency)
                    Assert.Equal(queues.Contains(device.Device) ? requests.Count(request => request.QueueNs is null) : null, latency.RequestsWithoutQueue);
            }

            if (ofDevice.Exists(request => request.CompleteNs is not null))
            {
                CheckDepth(pairing.Depths[ofDevice[0].First.Device], ofDevice, device.QueueDepth!);
                CheckTimeUse(pairing.Depths[ofDevice[0].First.Device], ofDevice, device);
            }
        }

        Assert.True(latencies > 0 || report.Devices.All(device => device.Operations.Length == 0));
    }

    private static bool Belongs(PairedRequest request, OperationReport operation) => operation.Scope switch
    {
        OperationScope.Transfers => request.First.Class.MovesData(),
        OperationScope.Class => request.First.Class.Name() == operation.Name,
        _ => request.First.Class == operation.Class && request.First.Rwbs.ToString() == operation.Name.Split(' ')[0],
    };

    // An operation of which nothing ever completed has no latencies at all, also none up to its issues.
    private static long[] Spans(List<PairedRequest> requests, Func<PairedRequest, long?> spanOf, OperationReport operation) =>
        operation.Latency is null && requests.TrueForAll(request => request.CompleteNs is null)
            ? []
            : [.. requests.Select(spanOf).Where(span => span >= 0).Select(span => span!.Value).Order()];

    private static int Check(long[] spans, LatencyStatistics? statistics)
    {
        Assert.Equal(spans.Length, statistics?.Count ?? 0);
        if (statistics is null)
            return 0;
        Assert.Equal((spans[0], spans[^1]), (statistics.MinNs, statistics.MaxNs));
        Assert.Equal((double)spans.Aggregate((Int128)0, (sum, span) => sum + span) / spans.Length, statistics.MeanNs);
        foreach ((double share, double found) in (ReadOnlySpan<(double, double)>)[(0.5, statistics.P50Ns), (0.9, statistics.P90Ns), (0.99, statistics.P99Ns), (0.999, statistics.P999Ns)])
        {
            long exact = spans[Math.Max(0, (int)Math.Ceiling(share * spans.Length) - 1)];
            Assert.InRange(found, exact * (1 - statistics.RelativeError), exact * (1 + statistics.RelativeError));
        }

        Assert.InRange(statistics.RelativeError, 0, 0.004);
        long seen = 0;
        foreach (LatencyBucket bucket in statistics.Buckets)
        {
            seen += bucket.Count;
            int upTo = Array.BinarySearch(spans, bucket.UpToNs + 1);
            while (upTo > 0 && spans[upTo - 1] > bucket.UpToNs)
                upTo--;
            Assert.Equal(upTo < 0 ? ~upTo : upTo, seen);
        }

        return 1;
    }

    private static void CheckTimeUse(SlowDepth expected, List<PairedRequest> requests, DeviceReport device)
    {
        TimeUse use = device.TimeUse!;
        Assert.Equal((expected.TimeAtDepthNs.Sum(), expected.TimeAtDepthNs[0]), (use.SpanNs, use.IdleNs));
        for (int depth = 1; depth < expected.TimeAtDepthNs.Count; depth++)
            Assert.Single(use.Depths, time => time.FromDepth <= depth && depth <= time.ToDepth);
        Assert.All(use.Depths, time => Assert.Equal(expected.TimeAtDepthNs.Skip(time.FromDepth).Take(time.ToDepth - time.FromDepth + 1).Sum(), time.TimeNs));

        Assert.Equal((expected.GapsNs.Count, expected.GapsNs.Sum(), expected.GapsNs.DefaultIfEmpty().Max()), (use.Gaps.Count, use.Gaps.TotalNs, use.Gaps.LongestNs));
        long[] gaps = [.. expected.GapsNs.Order()];
        if (gaps.Length > 0)
        {
            long exact = gaps[(int)Math.Ceiling(0.99 * gaps.Length) - 1];
            Assert.InRange(use.Gaps.P99Ns, exact * (1 - use.Gaps.RelativeError), exact * (1 + use.Gaps.RelativeError));
        }

        PairedRequest[] whole = [.. requests.Where(request => request.First.Class.MovesData() && request is { QueueNs: not null, IssueNs: not null, CompleteNs: not null } && request.QueueNs <= request.IssueNs && request.IssueNs <= request.CompleteNs)];
        double wholeNs = whole.Sum(request => (double)(request.CompleteNs! - request.QueueNs!));
        if (wholeNs > 0)
            Assert.Equal(whole.Sum(request => (double)(request.IssueNs! - request.QueueNs!)) / wholeNs, use.QueueShare!.Value, 1e-9);
        else
            Assert.Null(use.QueueShare);
    }

    private static void CheckDepth(SlowDepth expected, List<PairedRequest> requests, QueueDepthResult actual)
    {
        Assert.Equal(expected.TimeAtDepthNs, actual.TimeAtDepthNs);
        Assert.Equal(expected.TimeAtDepthNs.Count - 1, actual.MaxDepth);
        long[] issuedAtDepth = new long[actual.IssuedAtDepth.Length];
        foreach (PairedRequest request in requests)
            issuedAtDepth[request.Depth]++;
        Assert.Equal(issuedAtDepth, actual.IssuedAtDepth);

        // Of requests that end, the time in flight is there again in the bins, and each bin's greatest depth in that of all.
        double inFlightNs = requests.Where(request => request.CompleteNs is not null).Sum(request => (double)(request.CompleteNs! - (request.IssueNs ?? request.QueueNs))!);
        Assert.Equal(inFlightNs, actual.Mean.Sum(mean => mean * actual.Columns.WidthNs), inFlightNs * 1e-9);
        Assert.Equal(requests.Max(request => request.Depth), actual.Max.Max());
        Assert.InRange(actual.MeanDepth, 0, actual.MaxDepth);
    }

    private static long Counter(TraceReport report, ReadCounter counter)
    {
        string name = ReadCounters.All.Single(entry => entry.Counter == counter).Name;
        return report.Integrity.Single(entry => entry.Name == name).Count;
    }
}

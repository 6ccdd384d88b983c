using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>One run recorded by several tracers at once: every reader must tell the same, as far as its tracer does.</summary>
[Trait("Kind", "capture")]
public sealed class TracerAgreementTests
{
    private const string AllTools = "nvmevirt/b2-deepnvme-fio-alltools";
    private const string Mixed = "nvmevirt/d-mixed-partition-dm";
    private const string Flushes = "nvmevirt/e-qemunvme-mixed-trim-flush-fua";

    private static readonly DeviceId s_nvme = DeviceId.Of(259, 0);

    [Theory]
    [InlineData(AllTools, "perf.script.txt", "b2-deepnvme-fio-alltools.blktrace.0")]
    [InlineData(AllTools, "perf.script-ns.txt", "b2-deepnvme-fio-alltools.blktrace.0")]
    [InlineData(AllTools, "trace-cmd.report.txt", "b2-deepnvme-fio-alltools.blktrace.0")]
    [InlineData(AllTools, "trace_pipe.txt", "b2-deepnvme-fio-alltools.blktrace.0")]
    [InlineData(AllTools, "bpftrace-block.txt", "b2-deepnvme-fio-alltools.blktrace.0")]
    [InlineData(Mixed, "perf.script.txt", "nvme0n1.blktrace.0")]
    [InlineData(Flushes, "perf.script.txt", "nvme0n1.blktrace.0")]
    public void The_same_requests_are_issued(string capture, string text, string binary)
    {
        AssertSame(Read($"{capture}/{binary}"), Read($"{capture}/{text}"), IsIssue);
    }

    [Theory]
    [InlineData(AllTools, "perf.script.txt", "b2-deepnvme-fio-alltools.blktrace.0")]
    [InlineData(Mixed, "perf.script.txt", "nvme0n1.blktrace.0")]
    [InlineData(Flushes, "perf.script.txt", "nvme0n1.blktrace.0")]
    public void The_same_data_completes(string capture, string text, string binary)
    {
        // Completions without bytes are told by different tracepoints.
        static bool IsCompletion(BlockEvent e) => e.Device == s_nvme && e.Action == BlockAction.Complete && e.LengthSectors > 0 && e.Class != OperationClass.Other;
        AssertSame(Read($"{capture}/{binary}"), Read($"{capture}/{text}"), IsCompletion);
    }

    [Theory]
    [InlineData("trace-cmd.report.txt")]
    [InlineData("trace_pipe.txt")]
    public void Every_action_on_a_device_is_the_one_that_blktrace_recorded(string text)
    {
        AssertSame(Read($"{AllTools}/b2-deepnvme-fio-alltools.blktrace.0"), Read($"{AllTools}/{text}"), IsOnDevice);

        // Tracepoints do not say the device of a plug.
        static bool IsOnDevice(BlockEvent e) => e.Device == s_nvme && e.Action is not (BlockAction.Plug or BlockAction.Unplug or BlockAction.UnplugTimer or BlockAction.Message);
    }

    [Fact]
    public void Each_tracer_takes_the_time_of_an_issue_a_little_apart_on_one_clock()
    {
        // Each request reads other sectors.
        Dictionary<ulong, long> fine = IssueTimes("perf.script-ns.txt");
        Dictionary<ulong, long> coarse = IssueTimes("perf.script.txt");
        Dictionary<ulong, long> traceCmd = IssueTimes("trace-cmd.report.txt");
        Dictionary<ulong, long> bpftrace = IssueTimes("bpftrace-block.txt");
        foreach ((ulong sector, long timeNs) in fine)
        {
            Assert.Equal(timeNs / 1000, coarse[sector] / 1000);
            Assert.InRange(traceCmd[sector] - timeNs, -20_000_000, 20_000_000);
            Assert.InRange(bpftrace[sector] - timeNs, -20_000_000, 20_000_000);
        }

        static Dictionary<ulong, long> IssueTimes(string text) =>
            Read($"{AllTools}/{text}").Events.Where(IsIssue).ToDictionary(e => e.Sector, e => e.TimeNs);
    }

    [Theory]
    [InlineData(Mixed)]
    [InlineData(Flushes)]
    public void A_record_that_ends_early_is_a_part_of_the_longer_one(string capture)
    {
        List<BlockEvent> part = Read($"{capture}/trace-cmd.report.txt").Events;
        Dictionary<string, int> whole = Read($"{capture}/perf.script.txt").Events.Where(IsIssue).Select(Describe).CountBy(text => text).ToDictionary();
        Assert.NotEmpty(part);
        foreach ((string text, int count) in part.Where(IsIssue).Select(Describe).CountBy(text => text))
            Assert.InRange(count, 1, whole.GetValueOrDefault(text));
    }

    [Fact]
    public void A_kernel_that_prints_the_priority_tells_the_same_as_bpftrace()
    {
        static bool IsIssueOnLoop(BlockEvent e) => e.Action == BlockAction.Issue && (e.Device == DeviceId.Of(7, 0) || e.Device == DeviceId.Unknown);
        AssertSame(Read("loop-nettrace/bpf.txt"), Read("loop-nettrace/perf.txt"), IsIssueOnLoop);
    }

    [Fact]
    public void The_log_of_a_job_without_a_cache_asks_for_what_the_device_reads()
    {
        long asked = Read($"{AllTools}/fio-load.iolog").Events.Sum(e => (long)e.LengthBytes);
        long read = Read($"{AllTools}/perf.script.txt").Events.Where(IsIssue).Sum(e => (long)e.LengthBytes);
        Assert.Equal(read, asked);
    }

    private static bool IsIssue(BlockEvent e) => e.Action == BlockAction.Issue && (e.Device == s_nvme || e.Device == DeviceId.Unknown) && e.Class != OperationClass.Other;

    // The events of both while both tracers were at work, whatever their order.
    private static void AssertSame(ReadTrace expected, ReadTrace actual, Func<BlockEvent, bool> isCompared)
    {
        List<BlockEvent> left = [.. expected.Events.Where(isCompared)];
        List<BlockEvent> right = [.. actual.Events.Where(isCompared)];
        Assert.NotEmpty(right);
        const long SlackNs = 1_000_000_000;
        long fromNs = Math.Max(left.Min(e => e.TimeNs), right.Min(e => e.TimeNs)) - SlackNs;
        long toNs = Math.Min(left.Max(e => e.TimeNs), right.Max(e => e.TimeNs)) + SlackNs;
        Assert.Equal(Within(left), Within(right));

        IEnumerable<string> Within(List<BlockEvent> events) =>
            events.Where(e => e.TimeNs >= fromNs && e.TimeNs <= toNs).Select(Describe).Order(StringComparer.Ordinal);
    }

    // Names that differ between blktrace and tracepoints are made alike; a flush has no place.
    private static string Describe(BlockEvent e)
    {
        string rwbs = e.Rwbs.ToString();
        if (rwbs is "FN" or "FF")
            return $"{e.Action.Letter()} flush";
        string related = e.Action == BlockAction.Remap ? $"{e.RelatedDevice} {e.RelatedSector}" : e.Action == BlockAction.Split ? $"{e.RelatedSector}" : "";
        string length = e.Action == BlockAction.Split ? "" : $"{e.LengthSectors} {e.LengthBytes}";
        return $"{e.Action.Letter()} {rwbs} {e.Sector} {length} {e.Error} {related}";
    }

    private static ReadTrace Read(string capture) => TraceReading.ReadAll(TraceFormats.Open([Captures.File(capture)]));
}

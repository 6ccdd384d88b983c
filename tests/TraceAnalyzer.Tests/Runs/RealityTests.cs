using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>What workload, kernel and drivers say was moved, beside the trace; and fio's results by size and depth.</summary>
[Trait("Kind", "capture")]
public sealed class RealityTests
{
    private const string Before = "   7       0 loop0 10 0 1000 5 4 0 160 7 0 9 12 0 0 0 0 0 0\n 259       0 nvme0n1 1 0 8 0 0 0 0 0 0 0 0\n";
    private const string After = "   7       0 loop0 30 0 5096 9 6 0 416 9 0 9 12 0 0 0 0 0 0\n 259       0 nvme0n1 1 0 8 0 0 0 0 0 0 0 0\n";

    [Fact]
    public void Disk_statistics_say_what_was_moved_between_two_copies()
    {
        DiskCounters[] moved = [.. DiskStatistics.Between(DiskStatistics.Read(new StringReader(Before)).Disks, DiskStatistics.Read(new StringReader(After)).Disks)];

        Assert.Equal([new DiskCounters("loop0", DeviceId.Of(7, 0), 4096, 256), new DiskCounters("nvme0n1", DeviceId.Of(259, 0), 0, 0)], moved);
        // After a restart all begins anew.
        Assert.Equal(["nvme0n1"], DiskStatistics.Between(DiskStatistics.Read(new StringReader(After)).Disks, DiskStatistics.Read(new StringReader(Before)).Disks).Select(disk => disk.Name));
    }

    [Theory]
    [InlineData("md0 78 0 2286 36 3895 0 894944 20304 0 1832 20340 0 0 0 0 0 0", true)]
    [InlineData("   8       0 sda 1 2 3 4 5 6 7 8 9 10 11", true)]
    [InlineData("   8       0 sda 1 2 3 4 5 6 7 8 9 10", false)]
    [InlineData("   8       0 sda 1 2 3 4 5 6 7 8 9 10 x", false)]
    [InlineData("12 fio", false)]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12 13 14", false)]
    [InlineData("259 0 nvme0n1 1 2 18446744073709551615 4 5 6 7 8 9 10 11", true)]
    public void Disk_statistics_are_known_by_their_columns(string line, bool are) => Assert.Equal(are, DiskStatistics.IsStatistics(line));

    [Theory]
    [InlineData("IO stats: Enabled, peer IO stats: Enabled", "Reads\t\t\t\t: n=8 ok=8 err=0 readMiB=3 io_state_err=0", true, 3L << 20)]
    [InlineData("IO stats: Disabled, peer IO stats: Disabled", "Reads\t\t\t\t: err=0 io_state_err=0", false, 0L)]
    [InlineData("IO stats: Enabled, peer IO stats: Enabled", "Reads : n=8 ok=8 err=0 readMiB=-3 io_state_err=0", true, 0L)]
    public void Counters_of_GPUDirect_Storage_that_are_off_are_not_zeros(string setting, string reads, bool counts, long readBytes)
    {
        string text = $"GDS Version: 1.7.0.149\nNVFS statistics(ver: 4.0)\n{setting}\n{reads}\nReads : Bandwidth(MiB/s)=1 Avg-Latency(usec)=2\nWrites : n=1 ok=1 err=0 writeMiB=5 io_state_err=0\n";
        text = counts ? text : text.Replace("writeMiB=5 ", "", StringComparison.Ordinal);
        NvidiaFs counters = NvidiaFs.Read(new StringReader(text));

        Assert.True(NvidiaFs.IsStatistics(text.Split('\n')));
        Assert.Equal((counts, readBytes, counts ? 5L << 20 : 0), (counters.CountsIo, counters.ReadBytes, counters.WriteBytes));
        Assert.Equal(reads.Contains("=-3", StringComparison.Ordinal), counters.Remarks.Count > 0);
    }

    // The program's own jobs, read beside our reader: bandwidth and size of each as its JSON has them, its depth as its options do.
    [Fact]
    public void Fios_points_are_those_of_its_jobs()
    {
        using TraceInput input = CompressedInput.OpenFile(Repository.Path("traces", "loop-fio", "reference.json.zst"));
        using var document = JsonDocument.Parse(input.Content);
        (bool, long, double, double)[] expected =
        [
            .. document.RootElement.GetProperty("jobs").EnumerateArray().Select(job =>
            {
                JsonElement options = job.GetProperty("job options");
                bool isWrite = options.GetProperty("rw").GetString() == "randwrite";
                return (isWrite, 1024 * long.Parse(options.GetProperty("bs").GetString()!.TrimEnd('k'), CultureInfo.InvariantCulture), double.Parse(options.GetProperty("iodepth").GetString()!, CultureInfo.InvariantCulture),
                    job.GetProperty(isWrite ? "write" : "read").GetProperty("bw_bytes").GetDouble());
            }),
        ];
        FioResult fio = FioOf(document.RootElement.GetRawText());

        Assert.Equal(24, expected.Length);
        Assert.Equal(expected, fio.Points.Select(point => (point.IsWrite, point.SizeBytes, point.Depth, point.BytesPerSecond)));
        Assert.Equal(expected.Where(point => !point.Item1).Max(point => point.Item4), fio.ReadBytesPerSecond);
        // It says that 32 s had elapsed in all, not for each of its 24 groups.
        Assert.Equal((32L + 2) * 1_000_000_000, fio.EndUnixNs - fio.StartUnixNs);
    }

    [Theory]
    [InlineData("\"direct\": \"1\", \"ioengine\": \"libaio\", \"iodepth\": \"8\"", 1, 8.0)]
    [InlineData("\"direct\": \"1\", \"ioengine\": \"libaio\", \"iodepth\": \"8\", \"numjobs\": \"4\"", 1, 32.0)]
    [InlineData("\"direct\": \"1\", \"ioengine\": \"libaio\", \"iodepth\": \"8\", \"numjobs\": \"4\"", 4, 32.0)]
    [InlineData("\"direct\": \"1\", \"iodepth\": \"8\"", 1, 1.0)]
    [InlineData("\"direct\": \"1\", \"ioengine\": \"io_uring\"", 2, 2.0)]
    [InlineData("\"buffered\": \"0\", \"ioengine\": \"io_uring\", \"iodepth\": \"2\"", 1, 2.0)]
    [InlineData("\"ioengine\": \"libaio\", \"iodepth\": \"8\"", 1, null)]
    [InlineData("\"direct\": \"0\", \"ioengine\": \"libaio\", \"iodepth\": \"8\"", 1, null)]
    [InlineData("\"direct\": \"1\", \"ioengine\": \"libaio\", \"iodepth\": \"8\", \"thinktime\": \"100\"", 1, null)]
    [InlineData("\"direct\": \"1\", \"ioengine\": \"libaio\", \"iodepth\": \"8\", \"rate\": \"1m\"", 1, null)]
    public void The_depth_of_a_group_is_of_all_its_jobs_and_what_was_slowed_down_is_no_measurement(string options, int entries, double? depth)
    {
        string job = $$"""{ "jobname": "a", "groupid": 0, "elapsed": 2, "job options": { {{options}} }, "read": { "io_bytes": 1048576, "total_ios": 8, "bw_bytes": 1000 } }""";
        FioResult fio = FioOf($$"""{ "fio version": "fio-3.33", "timestamp_ms": 1795000000000, "jobs": [ {{string.Join(", ", Enumerable.Repeat(job, entries))}} ] }""");

        Assert.Equal(depth is null ? [] : [new FioPoint(false, 131072, depth.Value, 1000 * entries)], fio.Points);
        bool isSlowed = options.Contains("thinktime", StringComparison.Ordinal) || options.Contains("rate", StringComparison.Ordinal);
        Assert.Equal((isSlowed ? 0 : 1000.0 * entries, isSlowed ? 1 : 0, depth is null && !isSlowed, 1048576L * entries), (fio.ReadBytesPerSecond, fio.UnfitGroups, fio.IsBuffered, fio.ReadBytes));
    }

    // fio counted itself what it moved, and the kernel did; both to the byte.
    [Theory]
    [InlineData("fio-depth1", 262_144_000, 0, "shown")]
    [InlineData("fio-depth32", 524_288_000, 0, "shown")]
    [InlineData("copy-think", 67_108_864, 67_108_864, "not answerable")]
    public void Trace_fio_and_kernel_agree_to_the_byte(string capture, long readBytes, long writeBytes, string verdict)
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository("loop-fio/" + capture));

        Assert.Equal(capture == "copy-think" ? 2 : 3, report.Run!.Moved.Length);
        Assert.All(report.Run.Moved, moved => Assert.Equal((readBytes, writeBytes), (moved.ReadBytes, moved.WriteBytes)));
        Assert.Equal(verdict, RunAnalysis.VerdictOf(report, "offload-path"));
        Assert.Contains("as the trace has it", report.Findings.Single(finding => finding.Id == "offload-path").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_benchmark_reports_and_the_device_lacks_is_said()
    {
        string folder = RunCaptures.Without(RunCaptures.Repository("loop-fio/copy-think"));
        File.WriteAllText(Path.Combine(folder, "result.json"), """{ "summary": { "cache_stats": { "tier_storage_kv_bytes_read_gb": 433.0, "tier_storage_kv_bytes_written_gb": 0.0625, "total_read_bytes": 1 } } }""");
        TraceReport report = RunAnalysis.Of(folder);
        Finding finding = report.Findings.Single(finding => finding.Id == "offload-path");

        // 64 MiB of 433 GiB.
        Assert.Equal(Verdict.NotShown, finding.Verdict);
        Assert.Equal(0.0625 / 433, finding.Evidence[0].Value, 12);
        Assert.Contains("reports 433 GiB read, and the device has 64 MiB", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(1, report.Run!.Moved.Single(moved => moved.By == MovedBytes.ByWorkload).DeviceWriteRatio);
    }

    [Fact]
    public void One_copy_of_counters_says_nothing_of_a_run()
    {
        string folder = RunCaptures.Without(RunCaptures.Repository("loop-fio/copy-think"), "diskstats_before");
        TraceReport report = RunAnalysis.Of(folder);

        MovedBytes kernel = report.Run!.Moved.Single(moved => moved.By == MovedBytes.ByKernel);
        Assert.Equal((null, true), (kernel.ReadBytes, kernel.IsNotComparable));
        Assert.DoesNotContain("as the trace has it", report.Findings.Single(finding => finding.Id == "offload-path").Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Needs", "shared")]
    [InlineData("new/mlperf-kvcache", 20_617_617_408L, 1_645_412_352L, "shown")]
    [InlineData("new/md-raid0", null, null, "not answerable")]
    public void The_kernels_counters_of_shared_captures_are_the_traces(string capture, long? readBytes, long? writeBytes, string verdict)
    {
        TraceReport report = RunAnalysis.Of(Captures.Folder(capture));

        MovedBytes kernel = report.Run!.Moved.Single(moved => moved.By == MovedBytes.ByKernel);
        Assert.Equal((1.0, report.Run.Moved[0].ReadBytes), (kernel.DeviceReadRatio, kernel.ReadBytes));
        Assert.Equal(verdict, RunAnalysis.VerdictOf(report, "offload-path"));
        if (readBytes is not null)
            Assert.Equal((readBytes, writeBytes), report.Run.Moved.Where(moved => moved.By == MovedBytes.ByWorkload).Select(moved => (moved.ReadBytes, moved.WriteBytes)).Single());
    }

    private static FioResult FioOf(string json)
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "fio.json"), json);
        using var run = RunFolder.Open(folder, new ReadOptions());
        return Assert.Single(run.Fio).Content;
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>The totals of whole captures, against what blkparse and the capturing scripts counted.</summary>
[Trait("Kind", "capture")]
public partial class CaptureTotalsTests
{
    private const string Kv = "flexgen/kv-offload-omp1/kv-offload-omp1-bench";
    private const string Model = "flexgen/model-offload-b1-omp1/model-offload-b1-omp1-bench";
    private const string DeepSpeedInit = "deepspeed/deepspeed-model-fullmask/deepspeed-model-fullmask-init";
    private const string DeepSpeedBench = "deepspeed/deepspeed-model-fullmask/deepspeed-model-fullmask-bench";

    // A report serves several tests of one class, which do not run side by side.
    private static readonly Dictionary<string, TraceReport> s_reports = [];

    [Theory]
    [InlineData("nvmevirt/a-offload-mmap/a-offload-mmap")]
    [InlineData("nvmevirt/b-deepnvme-fio/b-deepnvme-fio")]
    [InlineData("nvmevirt/b2-deepnvme-fio-alltools/b2-deepnvme-fio-alltools")]
    [InlineData("nvmevirt/c-kvcache/c-kvcache")]
    [InlineData("nvmevirt/d-mixed-partition-dm/nvme0n1")]
    [InlineData("nvmevirt/d-mixed-partition-dm/dm-0")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/dm-0")]
    [InlineData("nvmevirt/g-qemunvme-xfs-mqdeadline/g-qemunvme-xfs-mqdeadline")]
    public void A_set_has_the_counts_of_its_check_file(string name)
    {
        DeviceReport device = Assert.Single(Report(name).Devices);
        using var file = JsonDocument.Parse(File.ReadAllText(TraceFiles.Find(Path.GetDirectoryName(name) + "/summary.check.json")));
        JsonElement check = file.RootElement.GetProperty(Path.GetFileName(name));

        Assert.Equal(Counts(check.GetProperty("actions")), Sorted(device.Actions.Where(action => action.Letter != "m").Select(action => (action.Letter, action.Count))));

        // An array is counted at queue, as nothing is issued to it; the file counts issues.
        if (!device.Actions.Any(action => action.Letter == "D"))
        {
            Assert.Empty(check.GetProperty("rwbs_D").EnumerateObject());
            Assert.Equal(device.Actions.Single(action => action.Letter == "Q").Count, Rwbs(device).Sum(operation => operation.Overview.Requests));
            return;
        }

        // A passthrough command carries letters of others and is an operation of its own.
        Assert.Equal(
            Counts(check.GetProperty("rwbs_D")),
            Sorted(Rwbs(device).GroupBy(operation => operation.Name.Split(' ')[0]).Select(group => (group.Key, group.Sum(operation => operation.Overview.Requests)))));

        foreach (string kind in (string[])["topD_R", "topD_W", "topD_other"])
        {
            foreach (JsonElement top in check.GetProperty(kind).EnumerateArray())
            {
                SizeCount[] sizes = Rwbs(device).Single(operation => operation.Name == top[0].GetString()).Sizes.Sizes;
                Assert.Equal(top[2].GetInt64(), sizes.Single(size => size.SizeBytes == top[1].GetInt64()).Requests);
            }
        }
    }

    [Theory]
    [InlineData("nvmevirt/a-offload-mmap/a-offload-mmap", "nvmevirt/a-offload-mmap/a-offload-mmap.blkparse.txt")]
    [InlineData("nvmevirt/b-deepnvme-fio/b-deepnvme-fio", "nvmevirt/b-deepnvme-fio/b-deepnvme-fio.blkparse.txt")]
    [InlineData("nvmevirt/b2-deepnvme-fio-alltools/b2-deepnvme-fio-alltools", "nvmevirt/b2-deepnvme-fio-alltools/b2-deepnvme-fio-alltools.blkparse.txt")]
    [InlineData("nvmevirt/c-kvcache/c-kvcache", "nvmevirt/c-kvcache/c-kvcache.blkparse.txt")]
    [InlineData("nvmevirt/d-mixed-partition-dm/nvme0n1", "nvmevirt/d-mixed-partition-dm/nvme0n1.blkparse.txt")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1", "nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1.blkparse.txt")]
    [InlineData("nvmevirt/g-qemunvme-xfs-mqdeadline/g-qemunvme-xfs-mqdeadline", "nvmevirt/g-qemunvme-xfs-mqdeadline/g-qemunvme-xfs-mqdeadline.blkparse.txt")]
    [InlineData("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup", "nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup.blkparse13.txt")]
    [InlineData(Kv, Kv + ".blkparse-summary.txt")]
    [InlineData(Model, Model + ".blkparse-summary.txt")]
    [InlineData(DeepSpeedInit, DeepSpeedInit + ".blkparse-summary.txt")]
    [InlineData(DeepSpeedBench, DeepSpeedBench + ".blkparse-summary.txt")]
    public void A_set_has_the_dispatches_of_the_summary_of_blkparse(string name, string summary)
    {
        DeviceReport device = Assert.Single(Report(name).Devices);

        // blkparse adds discards to the writes, bytes and all, and what is neither (flushes) to the reads; passthrough commands stand apart.
        (long reads, long readBytes) = Total(device, operation => operation.Class is OperationClass.Read or OperationClass.Flush);
        (long writes, long writtenBytes) = Total(device, operation => operation.Class is OperationClass.Write or OperationClass.Discard);
        Match total = TraceFiles.Lines(summary).Select(line => DispatchesOfSummary().Match(line)).Last(match => match.Success);
        Assert.Equal((reads.ToString(CultureInfo.InvariantCulture), SizeAsInSummary(readBytes)), (total.Groups["reads"].Value, total.Groups["readSize"].Value));
        Assert.Equal((writes.ToString(CultureInfo.InvariantCulture), SizeAsInSummary(writtenBytes)), (total.Groups["writes"].Value, total.Groups["writtenSize"].Value));
    }

    // Counts by action, by class and rwbs, by class and size, made of the binaries when the captures were taken: "tot DR 508105 63472.7 MiB", "rwbs D RA 508105", "size R 4096 127".
    [Theory]
    [InlineData(Kv)]
    [InlineData(Model)]
    [InlineData(DeepSpeedInit)]
    [InlineData(DeepSpeedBench)]
    public void A_run_has_the_counts_of_its_distribution_file(string name)
    {
        DeviceReport device = Assert.Single(Report(name).Devices);
        int checks = 0;
        foreach (string[] words in TraceFiles.Lines(name + ".dist.txt").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words is ["act", var letter, var events])
            {
                Assert.Equal(events, Text(device.Actions.Single(action => action.Letter == letter).Count));
            }
            else if (words is ["tot", ['D', .. var @class], var requests, var mebibytes, "MiB"])
            {
                (long count, long bytes) = Total(device, operation => operation.Name == ClassOf(@class));
                Assert.Equal((requests, mebibytes), (Text(count), (bytes / 1048576.0).ToString("F1", CultureInfo.InvariantCulture)));
            }
            else if (words is ["rwbs", "D", var rwbs, var issues])
            {
                Assert.Equal(issues, Text(Rwbs(device).Single(operation => operation.Name == rwbs).Overview.Requests));
            }
            else if (words is ["size", var ofClass, var size, var number])
            {
                Assert.Equal(number, Text(Class(device, ClassOf(ofClass)).Sizes.Sizes.Single(entry => Text(entry.SizeBytes) == size).Requests));
            }
            else
            {
                continue;
            }

            checks++;
        }

        Assert.InRange(checks, 8, int.MaxValue);
        Assert.DoesNotContain(Report(name).Integrity, counter => counter.Count > 0 && counter.Name is not ("unmatchedCompletions" or "unmatchedIssues"));
    }

    [Theory]
    [InlineData(Kv, "read", 508_105, 63_472.7)]
    [InlineData(Kv, "write", 18_586, 2_307.5)]
    [InlineData(Model, "read", 602_085, 75_018.9)]
    [InlineData(DeepSpeedInit, "write", 21_733, 2_705.3)]
    public void A_run_has_the_numbers_of_its_description(string name, string @class, long requests, double mebibytes)
    {
        OverviewResult overview = Class(Assert.Single(Report(name).Devices), @class).Overview;
        Assert.Equal(requests, overview.Requests);
        Assert.Equal(mebibytes, Math.Round(overview.Bytes / 1048576.0, 1));
    }

    [Fact]
    public void Runs_have_the_other_numbers_of_their_descriptions()
    {
        Assert.Equal(2, Class(Report(Model).Devices[0], "write").Overview.Requests);
        Assert.Equal(86_736, Class(Report(DeepSpeedBench).Devices[0], "read").Overview.Requests);
        Assert.Equal(8, Class(Report(Kv).Devices[0], "flush").Overview.Requests);
    }

    [Fact]
    public void The_miniature_of_a_KV_cache_reads_in_three_sizes()
    {
        DeviceReport device = Assert.Single(Report("nvmevirt/c-kvcache/c-kvcache").Devices);
        Assert.Equal((15_234L, 1_062L), (Class(device, "read").Overview.Requests, Class(device, "write").Overview.Requests));
        Assert.Equal(16_296, device.Operations.Single(operation => operation.Scope == OperationScope.Transfers).Overview.Requests);
        RequestSizeResult sizes = Rwbs(device).Single(operation => operation.Name == "RA").Sizes;
        Assert.Equal([383, 383, 14_011], ((long[])[16 << 10, 68 << 10, 128 << 10]).Select(bytes => sizes.Sizes.Single(size => size.SizeBytes == bytes).Requests));
        Assert.Equal(128 << 10, sizes.DominatingSizeBytes);
    }

    [Fact]
    public void Tensors_by_libaio_are_128_KiB_requests()
    {
        DeviceReport device = Assert.Single(Report("nvmevirt/b-deepnvme-fio/b-deepnvme-fio").Devices);
        foreach ((string rwbs, long requests) in (ReadOnlySpan<(string, long)>)[("R", 13_824), ("WS", 2_304)])
            Assert.Equal(requests, Rwbs(device).Single(operation => operation.Name == rwbs).Sizes.Sizes.Single(size => size.SizeBytes == 128 << 10).Requests);
    }

    [Fact]
    public void Two_devices_of_one_trace_are_not_added_up()
    {
        TraceReport report = TraceFiles.Analyse(
            new AnalysisOptions(), TraceFiles.FindSet("nvmevirt/d-mixed-partition-dm/nvme0n1"), TraceFiles.FindSet("nvmevirt/d-mixed-partition-dm/dm-0"));
        Assert.Equal(["252,0", "259,0"], report.Devices.Select(device => device.Device));
        Assert.Equal([0, 6_368], report.Devices.Select(device => Rwbs(device).Sum(operation => operation.Overview.Requests)));
    }

    private static TraceReport Report(string name)
    {
        string path = TraceFiles.FindSet(name);
        if (!s_reports.TryGetValue(path, out TraceReport? report))
            s_reports.Add(path, report = TraceFiles.Analyse(new AnalysisOptions(), path));
        return report;
    }

    private static IEnumerable<OperationReport> Rwbs(DeviceReport device) => device.Operations.Where(operation => operation.Scope == OperationScope.Rwbs);

    private static OperationReport Class(DeviceReport device, string @class) =>
        device.Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == @class);

    private static (long Requests, long Bytes) Total(DeviceReport device, Func<OperationReport, bool> condition)
    {
        List<OperationReport> operations = [.. device.Operations.Where(operation => operation.Scope == OperationScope.Class && condition(operation))];
        return (operations.Sum(operation => operation.Overview.Requests), operations.Sum(operation => operation.Overview.Bytes));
    }

    private static string ClassOf(string letters) => letters switch
    {
        "R" => "read",
        "W" => "write",
        "D" => "discard",
        _ => "flush",
    };

    // KiB, truncated; above a million divided by 1000, whatever the unit then printed says.
    private static string SizeAsInSummary(long bytes)
    {
        long size = bytes / 1024;
        int unit = 0;
        for (; size > 1_000_000; size /= 1000)
            unit++;
        return string.Create(CultureInfo.InvariantCulture, $"{size}{"KMG"[unit]}iB");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static SortedDictionary<string, long> Counts(JsonElement counts) => Sorted(counts.EnumerateObject().Select(count => (count.Name, count.Value.GetInt64())));

    private static SortedDictionary<string, long> Sorted(IEnumerable<(string Key, long Count)> counts) =>
        new(counts.ToDictionary(count => count.Key, count => count.Count), StringComparer.Ordinal);

    [GeneratedRegex(@"^ Read Dispatches: *(?<reads>\d+), *(?<readSize>\w+)\s+Write Dispatches: *(?<writes>\d+), *(?<writtenSize>\w+)")]
    private static partial Regex DispatchesOfSummary();
}

using TraceAnalyzer.Findings;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Parts of a run that came later: names of threads, run.yaml, fio's results, partitions.</summary>
[Trait("Kind", "capture")]
public sealed class RunPartTests
{
    private const string Kv = "flexgen/kv-offload-omp1";

    [Fact]
    public void Processes_are_called_as_the_run_noted_them()
    {
        string[] comm = File.ReadAllLines(Path.Combine(RunCaptures.Repository(Kv), "comm.txt"));
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository(Kv));

        ProcessUse[] busy = [.. report.Devices[0].Processes.Where(process => process.ReadRequests + process.WriteRequests > 100)];
        Assert.NotEmpty(busy);
        Assert.All(busy, process => Assert.NotNull(process.Name));
        // The trace itself names none: it has no notify records.
        ProcessUse writer = busy.MaxBy(process => process.WriteBytes)!;
        Assert.Equal("kworker/u64:2", writer.Name);
        Assert.Contains(comm, line => line.StartsWith(FormattableString.Invariant($"{busy.MaxBy(process => process.ReadBytes)!.Pid} "), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("# tid comm tgid\n1 process_api 1\n552 python3 547\n", true)]
    [InlineData("110 kworker/u64:2\n22 ksoftirqd/1\n7 my prog\n", true)]
    [InlineData("1, 2, 3\n4, 5, 6\n", false)]
    [InlineData("1 2\n3 4\n", false)]
    [InlineData("12 a name that no kernel keeps\n13 b\n", false)]
    public void Names_of_threads_are_known_by_their_lines(string text, bool isNames)
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "x"), text);
        RunFolder run = RunFolder.Open(folder);

        Assert.Equal(isNames ? 1 : 0, run.ThreadNames.Count);
        if (isNames)
            Assert.DoesNotContain(run.ThreadNames[0].Content.Names, name => name.Name.EndsWith('7') && name.Name.Contains(' ', StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_yaml_says_what_a_run_json_says_and_overrules_it()
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "run.json"), """{ "model": "facebook/opt-13b", "batch_size": 4, "prompt_len": 7 }""");
        File.WriteAllText(Path.Combine(folder, "run.yaml"),
            """
            # by hand
            model: facebook/opt-6.7b
            batch_size: 16
            offloaded: "KV cache"
            gen_len: '32'
            device_read_gib_per_s: 16.9
            clock_offset_ns: 1737481697000000000
            file_system_start_sector: 2048
            device: { name: nvme0n1, dev: 259:0, max_sectors_kb: 128 }
            parts:
              gpu: [none.csv]
            """);
        RunFolder run = RunFolder.Open(folder);
        RunSettings settings = run.Settings;

        Assert.Equal(
            ("facebook/opt-6.7b", 16, 7, 32, 100, 16.9, 1737481697000000000, 2048),
            (settings.Model, settings.BatchSize, settings.PromptTokens, settings.GeneratedTokens, settings.CacheOnDiskPercent, settings.DeviceReadGiBPerSecond, settings.ClockOffsetNs, settings.FileSystemStartSector));
        Assert.Equal((128, DeviceId.Of(259, 0)), (run.Environment!.Devices[0].MaxRequestKiB, run.Environment.Devices[0].Device));
        Assert.Contains(run.Problems, problem => problem.Message.Contains("none.csv", StringComparison.Ordinal));
        Assert.Equal(2, run.Environments.Count);
    }

    [Fact]
    public void The_documented_run_yaml_is_in_the_schema_and_understood()
    {
        string docs = Path.Combine(RunCaptures.Repository(""), "..", "docs");
        string page = File.ReadAllText(Path.Combine(docs, "run-folder.md"));
        int start = page.IndexOf("```yaml", StringComparison.Ordinal) + "```yaml".Length;
        string yaml = page[start..page.IndexOf("```", start, StringComparison.Ordinal)].TrimStart();
        using var schema = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(docs, "run-schema.json")));

        System.Text.Json.JsonElement root = YamlText.Parse(yaml);
        Assert.All(root.EnumerateObject(), member => Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty(member.Name, out _), member.Name));
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "notes"), yaml);
        Assert.Equal((16.9, 2048L), (RunFolder.Open(folder).Settings.DeviceReadGiBPerSecond, RunFolder.Open(folder).Settings.FileSystemStartSector));
    }

    [Theory]
    [InlineData("model: [a\n", "line")]
    [InlineData("a: &a [1,2]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n", "alias *a")]
    public void Bad_YAML_is_named_with_the_reason(string yaml, string reason)
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "run.yaml"), yaml);
        RunProblem problem = Assert.Single(RunFolder.Open(folder).Problems);

        Assert.Equal("run.yaml", problem.File);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_of_fio_is_a_measured_roofline()
    {
        // Two read-only jobs at once, which count together; then a mixed one, which measures neither; then a write-only one. Days before the trace.
        string folder = FolderWithFio("\"timestamp\": 1795000000, \"timestamp_ms\": 1795000000123,");
        TraceReport report = RunAnalysis.Of(folder);

        Assert.Equal((2.0, 0.5, "fio.json"), (report.Run!.Facts.DeviceReadGiBPerSecond, report.Run.Facts.DeviceWriteGiBPerSecond, report.Run.Facts.DeviceBandwidthSource));
        Assert.Equal("not shown", RunAnalysis.VerdictOf(report, "saturated"));
        Assert.Contains("fio.json", report.Findings.Single(finding => finding.Id == "saturated").Sentence, StringComparison.Ordinal);
        Assert.Equal(16.9, RunAnalysis.Of(folder, roofline: 16.9).Run!.Facts.DeviceReadGiBPerSecond);
    }

    [Fact]
    public void A_job_of_fio_that_was_traced_is_not_a_roofline()
    {
        RunReport capture = RunAnalysis.Of(RunCaptures.Repository("nvmevirt/c-kvcache")).Run!;
        long traceUnixMs = (capture.Clock!.OffsetNs + capture.Tokens[1].StartNs) / 1_000_000;
        TraceReport report = RunAnalysis.Of(FolderWithFio($"\"timestamp_ms\": {traceUnixMs.ToString(System.Globalization.CultureInfo.InvariantCulture)},"));

        Assert.Null(report.Run!.Facts.DeviceReadGiBPerSecond);
        Assert.Equal("not answerable", RunAnalysis.VerdictOf(report, "saturated"));
        Assert.Contains(report.Run.NotAnswerable, line => line.Contains("fio.json", StringComparison.Ordinal) && line.Contains("its jobs ran while tracing", StringComparison.Ordinal));
    }

    // When it ran is unknown; what was traced is known.
    [Theory]
    [InlineData("fio", false)]
    [InlineData("python3", true)]
    public void A_job_of_fio_of_unknown_time_is_a_roofline_unless_fio_was_traced(string traced, bool counts)
    {
        string folder = FolderWithFio("");
        foreach (string file in Directory.GetFiles(folder).Where(file => !file.EndsWith("fio.json", StringComparison.Ordinal)))
            File.Delete(file);
        File.WriteAllText(Path.Combine(folder, "trace.txt"), $"  8,0    0        1     0.000000000     7  D   R 0 + 8 [{traced}]\n  8,0    0        2     0.000100000     0  C   R 0 + 8 [0]\n");
        RunReport run = RunAnalysis.Of(folder).Run!;

        Assert.Equal(counts, run.Facts.DeviceReadGiBPerSecond is not null);
        Assert.Equal(!counts, run.NotAnswerable.Any(line => line.Contains("fio is in the trace", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("nvmevirt/b-deepnvme-fio", "ran while tracing")]
    [InlineData("nvmevirt/d-mixed-partition-dm", "no group of its jobs only reads or only writes")]
    public void The_traced_jobs_of_captures_are_not_rooflines(string capture, string reason)
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Repository(capture)).Run!;

        Assert.Null(run.Facts.DeviceReadGiBPerSecond);
        Assert.Contains(run.NotAnswerable, line => line.Contains(reason, StringComparison.Ordinal));
    }

    private static string FolderWithFio(string timestamp)
    {
        string folder = RunCaptures.NewFolder();
        foreach (string file in Directory.GetFiles(RunCaptures.Repository("nvmevirt/c-kvcache")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder, "fio.json"), "{ \"fio version\": \"fio-3.33\", " + timestamp + """
             "jobs": [
             { "groupid": 0, "elapsed": 11, "read": { "bw_bytes": 1073741824 }, "write": { "bw_bytes": 0 } }, { "groupid": 0, "elapsed": 11, "read": { "bw_bytes": 1073741824 }, "write": {} },
             { "groupid": 1, "elapsed": 11, "read": { "bw_bytes": 9500000000 }, "write": { "bw_bytes": 9500000000 } },
             { "groupid": 2, "elapsed": 11, "read": { "bw_bytes": 0 }, "write": { "bw_bytes": 536870912 } } ] }
            """);
        return folder;
    }

    [Fact]
    public void Files_on_a_partition_are_found_by_the_remaps_of_the_trace()
    {
        string capture = Captures.Folder("nvmevirt/d-mixed-partition-dm");
        string folder = RunCaptures.NewFolder();
        foreach (string name in (string[])["nvme0n1.blktrace.0", "nvme0n1.blktrace.1", "filefrag.txt"])
            File.Copy(Captures.File("nvmevirt/d-mixed-partition-dm/" + name), Path.Combine(folder, name));
        RunReport run = RunAnalysis.Of(folder).Run!;
        File.WriteAllText(Path.Combine(folder, "run.json"), """{ "file_system_start_sector": 0 }""");
        RunReport unshifted = RunAnalysis.Of(folder).Run!;

        // env.json's lsblk has nvme0n1p1; fdisk begins partitions at 2048.
        Assert.Equal(2048, run.FileSystem!.Sector);
        Assert.Contains("259,1", run.FileSystem.Source, StringComparison.Ordinal);
        Assert.Equal((0, "file_system_start_sector of run.json"), (unshifted.FileSystem!.Sector, unshifted.FileSystem.Source));
        // direct.dat was written once, by dd: 512 KiB.
        Assert.Equal(512 << 10, run.Tensors.Single(tensor => tensor.File.EndsWith("direct.dat", StringComparison.Ordinal)).WriteBytes);
        Assert.NotEqual(512 << 10, unshifted.Tensors.Single(tensor => tensor.File.EndsWith("direct.dat", StringComparison.Ordinal)).WriteBytes);
        Assert.True(Directory.Exists(capture));
    }

    [Fact]
    public void What_losses_do_to_findings_is_said()
    {
        (Finding, RestsOn)[] findings =
        [
            (new Finding("dominating-size", "", Verdict.Shown, "", [new Evidence("share of requests", 0.505, Unit.Share, 0.5)], null), RestsOn.Counts),
            (new Finding("sequential", "", Verdict.Shown, "", [new Evidence("share", 0.99, Unit.Share, 0.9)], null), RestsOn.Order),
        ];
        IntegrityCounter Counter(string name, long count) => new(name, count, "", null);

        Finding[] whole = FindingCaveats.Apply(findings, [], 1000);
        Finding[] lost = FindingCaveats.Apply(findings, [Counter("lostEvents", 10)], 990);
        Finding[] disordered = FindingCaveats.Apply(findings, [Counter("clockRegressions", 3)], 990);
        Finding[] noCpu = FindingCaveats.Apply(findings, [Counter("missingCpus", 1)], 990);

        Assert.All(whole, finding => Assert.Equal((1, 0), (finding.TraceCompleteness!.Value, finding.Caveats.Length)));
        Assert.All(lost, finding => Assert.Equal(0.99, finding.TraceCompleteness));
        Assert.Equal([2, 1], lost.Select(finding => finding.Caveats.Length));
        Assert.Contains("could change the verdict", lost[0].Caveats[1], StringComparison.Ordinal);
        Assert.Equal([0, 1], disordered.Select(finding => finding.Caveats.Length));
        Assert.All(noCpu, finding => Assert.Null(finding.TraceCompleteness));
    }

    [Fact]
    public void Transfers_at_the_block_layer_are_compared_by_engine()
    {
        string folder = Captures.Folder("flexgen/deepnvme-file-access");
        var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        string output = Path.Combine(RunCaptures.NewFolder(), "out");
        TraceAnalyzer.Cli.ExitCode code = TraceAnalyzer.Cli.Commands.TensorsCommand.Run(
            new TraceAnalyzer.Cli.Commands.TensorsCommand.Work(folder, output, Overwrite: false, null, new Reporting.Figures.FigureOptions()), text, TestContext.Current.CancellationToken);
        string[][] rows = [.. File.ReadAllLines(Path.Combine(output, "tensor_blocks.csv")).Skip(1).Select(line => line.Split(','))];

        Assert.Equal(TraceAnalyzer.Cli.ExitCode.Success, code);
        Assert.Equal(["aio load", "aio store", "py load", "py store"], rows.Select(row => $"{row[1]} {row[2]}"));
        // Twice 1 GiB each, and next to nothing besides.
        Assert.All(rows, row => Assert.InRange(long.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture), 2L << 30, (2L << 30) + (4 << 20)));
        double[] depth = [.. rows.Select(row => double.Parse(row[7], System.Globalization.CultureInfo.InvariantCulture))];
        double[] rate = [.. rows.Select(row => double.Parse(row[11], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(depth[0] > depth[2] && rate[0] > rate[2] && rate[1] > rate[3], text.ToString());
        Assert.Contains("load: libaio", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("store: libaio", text.ToString(), StringComparison.Ordinal);
    }
}

using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Runs whose traces, or all of whose files, lie in tar archives.</summary>
[Trait("Kind", "capture")]
public sealed class ArchivedRunTests : IDisposable
{
    private static readonly string s_capture = RunCaptures.Repository("nvmevirt/c-kvcache");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "zst", false)]
    [InlineData("c-kvcache/", "gz", true)]
    public void A_trace_in_an_archive_beside_the_logs_gives_the_report_of_the_unpacked_run(string prefix, string packing, bool unpackedMembers)
    {
        string packed = Copy("packed", "env.json", "filefrag.txt", "marks.json");
        File.WriteAllBytes(Path.Combine(packed, "any name"), Tars.Pack(Tars.OfFolder(s_capture, prefix, unpackedMembers, "*.blktrace.*"), packing));
        string plain = Copy("plain", "env.json", "filefrag.txt", "marks.json", "c-kvcache.blktrace.0.zst", "c-kvcache.blktrace.1.zst");
        string expected = Json(RunAnalysis.Of(plain));

        Assert.Equal(unpackedMembers ? expected.Replace(".zst\"", "\"", StringComparison.Ordinal) : expected, Json(RunAnalysis.Of(packed)));
        // Totals of the D lines of blkparse's own text.
        Assert.Contains("15234", expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_run_in_an_archive_gives_the_report_of_its_folder()
    {
        File.WriteAllBytes(_folder["c-kvcache"], Tars.Pack(Tars.OfFolder(s_capture, "", unpacked: false), "gz"));

        Assert.Equal(Json(RunAnalysis.Of(s_capture)), Json(RunAnalysis.Of(_folder["c-kvcache"])));
    }

    [Fact]
    public void Traces_of_one_name_are_told_apart_and_sets_come_before_files()
    {
        string folder = Copy("run", "env.json", "c-kvcache.blktrace.0.zst", "c-kvcache.blktrace.1.zst", "c-kvcache.bin.zst");
        File.WriteAllBytes(Path.Combine(folder, "x.tar"), Tars.OfFolder(s_capture, "a/", unpacked: false, "*.blktrace.*"));
        File.WriteAllBytes(Path.Combine(folder, "z.tar"), Tars.OfFolder(s_capture, "b/", unpacked: false, "c-kvcache.*.zst"));
        using var run = RunFolder.Open(folder);

        Assert.Equal(
            ["c-kvcache", "x.tar/a/c-kvcache", "z.tar/b/c-kvcache", "c-kvcache.bin.zst", "z.tar/b/c-kvcache.bin.zst", "c-kvcache.blkparse.txt.zst", "c-kvcache.custom.txt.zst"],
            run.Traces.Select(trace => trace.Name));
        // Either way to open one.
        Assert.Equal(
            TraceReading.ReadAll(TraceAnalyzer.Reading.TraceFormats.Open([run.Traces[1].Path])).Events,
            TraceReading.ReadAll(run.Traces[1].Open()).Events);
    }

    [Fact]
    public void A_cut_archive_is_told_and_counted_once()
    {
        string folder = Copy("run", "env.json", "marks.json");
        byte[] archive = Tars.OfFolder(s_capture, "", unpacked: true, "*.blktrace.*");
        File.WriteAllBytes(Path.Combine(folder, "cut.tar"), archive[..(archive.Length * 2 / 3)]);
        TraceReport report = RunAnalysis.Of(folder);

        Assert.True(report.HasLosses);
        Assert.Equal(1, report.Integrity.Single(counter => counter.Name == "damagedCompression").Count);
        Assert.Contains(report.Run!.Problems, problem => problem.File == "cut.tar" && problem.Message.Contains("cut", StringComparison.Ordinal));
    }

    /// <summary>Reads at issue as blkparse counted them: traces/README.md beside the captures.</summary>
    [Theory]
    [InlineData("flexgen/kv-offload-fullmask", 48_343, 12_861, 6)]
    [InlineData("deepspeed/deepspeed-model-b1", 1_200_276, 5, 6, Traits = [Captures.Needs, Captures.Shared])]
    public void Captures_are_analysed_as_they_lie(string capture, long reads, long writes, int tokens)
    {
        TraceReport report = RunAnalysis.Of(Captures.Folder(capture));

        Assert.Equal((reads, tokens), (Requests(report, "read"), report.Run!.Tokens.Length));
        Assert.Equal(writes, Requests(report, "write"));
        Assert.Equal(16, report.Source.Files.Length);
        Assert.False(report.HasLosses);
        // The lists were made before all was written back.
        Assert.All(report.Run.Problems, problem => Assert.EndsWith(" delalloc", problem.Message, StringComparison.Ordinal));
    }

    private string Copy(string name, params string[] files)
    {
        string folder = Directory.CreateDirectory(_folder[name]).FullName;
        foreach (string file in files)
            File.Copy(Path.Combine(s_capture, file), Path.Combine(folder, file));
        return folder;
    }

    private static long Requests(TraceReport report, string @class) =>
        report.Devices[0].Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == @class).Overview.Requests;

    private static string Json(TraceReport report)
    {
        using var json = new MemoryStream();
        ReportJson.Write(report with { Run = report.Run! with { Folder = "" } }, json);
        return System.Text.Encoding.UTF8.GetString(json.ToArray());
    }
}

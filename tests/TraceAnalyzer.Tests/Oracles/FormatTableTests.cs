using System.Globalization;
using System.Text;
using Microsoft.Diagnostics.Tracing.Etlx;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>
/// docs/formats/README.md: the same runs through every reader. This test makes the page's table and compares; the environment variable
/// <c>TRACEANALYZER_REWRITE_DOCS=1</c> makes it write the table instead.
/// </summary>
[Trait("Kind", "capture")]
public sealed class FormatTableTests
{
    private const string Begin = "<!-- table made by FormatTableTests -->";
    private const string MadeEtlx = ".etlx, made of the .nettrace";
    private const string MadeRequests = "Parquet, requests of the first";
    private const string MadeEvents = "Parquet, events of the first";
    private const string MadeSet = "Parquet set, requests of the first";
    private const string End = "<!-- end of table -->";

    // Run, reader, file (NAME/ = per-CPU set), device as it calls it, and the times between which every tracer of the run recorded.
    private static readonly (string Run, string Device, (string Reader, string Source)[] Sources)[] s_runs =
    [
        ("c-kvcache: KV cache in miniature, NVMeVirt", "259,0",
        [
            ("blktrace per-CPU set", "nvmevirt/c-kvcache/c-kvcache"),
            ("blktrace merged dump", "nvmevirt/c-kvcache/c-kvcache.bin"),
            ("blkparse text", "nvmevirt/c-kvcache/c-kvcache.blkparse.txt"),
            ("bpftrace CSV", "nvmevirt/c-kvcache/bpftrace-block.txt"),
            (MadeRequests, "nvmevirt/c-kvcache/c-kvcache"),
            (MadeEvents, "nvmevirt/c-kvcache/c-kvcache"),
            (MadeSet, "nvmevirt/c-kvcache/c-kvcache"),
        ]),
        ("b2-deepnvme-fio-alltools: fio, every tracer at once, NVMeVirt", "259,0",
        [
            ("blktrace per-CPU set", "nvmevirt/b2-deepnvme-fio-alltools/b2-deepnvme-fio-alltools"),
            ("perf script", "nvmevirt/b2-deepnvme-fio-alltools/perf.script.txt"),
            ("perf script --ns", "nvmevirt/b2-deepnvme-fio-alltools/perf.script-ns.txt"),
            ("trace-cmd report", "nvmevirt/b2-deepnvme-fio-alltools/trace-cmd.report.txt"),
            ("ftrace trace_pipe", "nvmevirt/b2-deepnvme-fio-alltools/trace_pipe.txt"),
            ("bpftrace CSV", "nvmevirt/b2-deepnvme-fio-alltools/bpftrace-block.txt"),
            ("fio I/O log", "nvmevirt/b2-deepnvme-fio-alltools/fio-load.iolog"),
            (MadeRequests, "nvmevirt/b2-deepnvme-fio-alltools/b2-deepnvme-fio-alltools"),
            (MadeEvents, "nvmevirt/b2-deepnvme-fio-alltools/b2-deepnvme-fio-alltools"),
        ]),
        ("loop-nettrace: KV-like run on a loop device", "7,0",
        [
            (".nettrace", "loop-nettrace/kv.nettrace"),
            (MadeEtlx, "loop-nettrace/kv.nettrace"),
            ("perf script", "loop-nettrace/perf.txt"),
            ("bpftrace CSV", "loop-nettrace/bpf.txt"),
            (MadeRequests, "loop-nettrace/kv.nettrace"),
            (MadeEvents, "loop-nettrace/kv.nettrace"),
            (MadeSet, "loop-nettrace/kv.nettrace"),
        ]),
    ];

    [Fact]
    public void The_page_has_the_table_that_the_readers_give()
    {
        string path = Repository.Path("docs", "formats", "README.md");
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.InRange(end, begin, page.Length);
        string table = "\n" + Table();
        if (Environment.GetEnvironmentVariable("TRACEANALYZER_REWRITE_DOCS") == "1")
            File.WriteAllText(path, page[..begin] + table + page[end..]);
        else
            Assert.Equal(table, page[begin..end]);
    }

    private static string Table()
    {
        var text = new StringBuilder();
        foreach ((string run, string device, (string Reader, string Source)[] sources) in s_runs)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**{run}**\n\n");
            text.Append("| reader | reads | bytes read | writes | bytes written | footprint | main read size | Gini of reads | completions | processes |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
            foreach ((string reader, string source) in sources)
                text.Append(Row(reader, source, device)).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private static string Row(string reader, string source, string device)
    {
        string path = Path.HasExtension(source) ? TraceFiles.Find(source) : TraceFiles.FindSet(source);
        TraceReport report = reader switch
        {
            MadeEtlx => OfEtlx(path),
            MadeRequests => OfConverted(path, "x.parquet", "requests"),
            MadeEvents => OfConverted(path, "x.parquet", "events"),
            MadeSet => OfConverted(path, "set/", "requests"),
            _ => TraceFiles.Analyse(new AnalysisOptions(), path),
        };

        // Without numbers there is one device, or one a file: together they are the disk.
        DeviceReport[] devices = [.. report.Devices.Where(one => one.Device == device)];
        if (devices.Length == 0)
            devices = report.Devices;
        OperationReport[] reads = Class(devices, "read");
        OperationReport[] writes = Class(devices, "write");
        string gini = devices.Length > 1 || reads.Length == 0 ? "-" : reads[0].SectorAccess!.Gini.ToString("0.000", CultureInfo.InvariantCulture);
        long footprint = devices.SelectMany(one => one.Operations).Where(operation => operation.Scope == OperationScope.Transfers).Sum(operation => operation.Overview.FootprintBytes);
        string[] sizes = [.. reads.Select(read => Number(read.Sizes.DominatingSizeBytes)).Distinct()];
        long completions = devices.SelectMany(one => one.Actions).Where(action => action.Action == "complete").Sum(action => action.Count);
        int processes = devices.Sum(one => one.Processes.Count(process => process.Pid >= 0));
        return $"| {reader} | {Requests(reads)} | {Bytes(reads)} | {Requests(writes)} | {Bytes(writes)} | {Number(footprint)} | {string.Join(", ", sizes)} | {gini} | {OrNone(completions)} | {OrNone(processes)} |";
    }

    private static TraceReport OfEtlx(string nettrace)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("traceanalyzer-etlx-");
        try
        {
            string plain = Path.Combine(folder.FullName, "kv.nettrace");
            using (TraceInput input = CompressedInput.OpenFile(nettrace))
            using (FileStream copy = File.Create(plain))
                input.Content.CopyTo(copy);
            return TraceFiles.Analyse(new AnalysisOptions(), TraceLog.CreateFromEventPipeDataFile(plain));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TraceReport OfConverted(string trace, string output, string rows)
    {
        using var folder = new TemporaryFolder();
        Assert.True(Tool.Run("convert", trace, "-o", folder[output], "--what", rows).ExitCode is 0 or 4);
        return TraceFiles.Analyse(new AnalysisOptions(), folder[output]);
    }

    private static OperationReport[] Class(DeviceReport[] devices, string name) =>
        [.. devices.SelectMany(device => device.Operations).Where(operation => operation.Scope == OperationScope.Class && operation.Name == name)];

    private static string Requests(OperationReport[] operations) => Number(operations.Sum(operation => operation.Overview.Requests));

    private static string Bytes(OperationReport[] operations) => Number(operations.Sum(operation => operation.Overview.Bytes));

    private static string OrNone(long count) => count == 0 ? "-" : Number(count);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}

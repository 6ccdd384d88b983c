using System.Text.Json;
using System.Text.Json.Nodes;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;


namespace TraceAnalyzer.Tests.Writing;

/// <summary>Our own Parquet as a trace: analyzed again it gives what its source gives, as far as it carries it.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "process")]
public sealed class ParquetRoundTripTests : IDisposable
{
    /// <summary>What a report of requests cannot have as the source has it.</summary>
    internal static readonly string[] OtherActions = ["source", "events", "actions", "firstEventNs", "lastEventNs", "wallClockStartUnixNs"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("nvmevirt/c-kvcache/c-kvcache")]
    [InlineData("nvmevirt/b-deepnvme-fio/b-deepnvme-fio")]
    [InlineData("nvmevirt/d-mixed-partition-dm/nvme0n1")]
    [InlineData("nvmevirt/d-mixed-partition-dm/dm-0")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1")]
    public void Events_give_the_same_report(string name)
    {
        string set = TraceFiles.FindSet(name);
        Conversions.Convert(set, _folder["e.parquet"], "--what", "events");
        SameTrace(TraceFiles.Read(set), TraceFiles.Read(_folder["e.parquet"]));

        Assert.Equal(Report(_folder["source"], [set], "source"), Report(_folder["events"], [_folder["e.parquet"]], "source"));
    }

    [Theory]
    [InlineData("nvmevirt/c-kvcache/c-kvcache")]
    [InlineData("nvmevirt/b-deepnvme-fio/b-deepnvme-fio")]
    [InlineData("nvmevirt/d-mixed-partition-dm/nvme0n1")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1")]
    [InlineData("nvmevirt/g-qemunvme-xfs-mqdeadline/g-qemunvme-xfs-mqdeadline")]
    public void Requests_give_the_same_report_but_for_other_actions(string name)
    {
        string set = TraceFiles.FindSet(name);
        Conversions.Convert(set, _folder["r.parquet"]);

        Assert.Equal(Report(_folder["source"], [set], OtherActions), Report(_folder["requests"], [_folder["r.parquet"]], OtherActions));
    }

    [Fact]
    public void Requests_of_a_trace_without_completions_are_all_there()
    {
        Conversions.Convert(TraceFiles.Find("nvmevirt/c-kvcache/bpftrace-block.txt"), _folder["r.parquet"]);
        List<BlockEvent> original = TraceFiles.Read(TraceFiles.Find("nvmevirt/c-kvcache/bpftrace-block.txt")).Events;
        List<BlockEvent> read = TraceFiles.Read(_folder["r.parquet"]).Events;

        Assert.NotEmpty(original);
        Assert.Equal(
            original.Select(e => (e.TimeNs, e.Rwbs, e.Sector, e.LengthBytes)).Order(),
            read.Select(e => (e.TimeNs, e.Rwbs, e.Sector, e.LengthBytes)).Order());
    }

    [Fact]
    public void Filters_choose_requests_as_in_analyze()
    {
        string[] filter = ["--operation", "read", "--from", "10s", "--to", "40s", "--process", "python3"];
        Conversions.Convert(Repository.KvCache, _folder["r.parquet"], ["--overwrite", .. filter]);
        TraceReport filtered = Tool.Analyze(_folder["filtered"], 0, [Repository.KvCache, .. filter]);
        TraceReport read = Tool.Analyze(_folder["read"], 0, _folder["r.parquet"]);

        OverviewResult expected = filtered.Devices.Single().Operations.Single(operation => operation is { Scope: OperationScope.Class, Name: "read" }).Overview;
        OverviewResult actual = read.Devices.Single().Operations.Single(operation => operation is { Scope: OperationScope.Class, Name: "read" }).Overview;
        Assert.Equal((expected.Requests, expected.Bytes), (actual.Requests, actual.Bytes));
        Assert.True(expected.Requests > 0);
    }

    [Fact]
    public void Columns_are_those_of_the_documentation()
    {
        Conversions.Convert(Repository.KvCache, _folder["requests.csv"]);
        Conversions.Convert(Repository.KvCache, _folder["events.csv"], "--what", "events");
        string page = Repository.Text("docs", "parquet-schema.md").ReplaceLineEndings("\n");

        foreach ((string section, string file) in (ReadOnlySpan<(string, string)>)[("## Requests\n", "requests"), ("## Events\n", "events")])
        {
            string table = page.Split(section)[1].Split("\n## ")[0];
            string[] documented = [.. table.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| column", StringComparison.Ordinal)).Select(line => line.Split('|')[1].Trim())];
            Assert.Equal(documented, File.ReadLines(_folder[file + ".csv"]).First().Split(','));
        }
    }

    [Fact]
    public void A_foreign_file_is_refused_by_the_columns_it_lacks()
    {
        DuckDb.Execute($"COPY (SELECT 1 AS a, 'x' AS b) TO '{_folder["foreign.parquet"]}'");
        DuckDb.Execute($"COPY (SELECT 1::BIGINT AS issue_time_ns, 'R' AS rwbs, 8::BIGINT AS length_bytes) TO '{_folder["partial.parquet"]}'");
        DuckDb.Execute($"COPY (SELECT 1::BIGINT AS issue_time_ns, 'R' AS rwbs, 8::BIGINT AS length_bytes, 'here' AS sector) TO '{_folder["typed.parquet"]}'");

        AssertRefused(_folder["foreign.parquet"], "expected a column 'issue_time_ns' (requests) or 'time_ns' (events), found a, b");
        AssertRefused(_folder["partial.parquet"], "has no column 'sector'");
        AssertRefused(_folder["typed.parquet"], "the column 'sector' is of the type");
    }

    [Fact]
    public void What_an_engine_wrote_of_the_columns_is_read()
    {
        Conversions.Convert(Repository.KvCache, _folder["all.parquet"]);
        DuckDb.Execute($"COPY (SELECT issue_time_ns, complete_time_ns, device, sector, length_bytes, rwbs, class FROM '{_folder["all.parquet"]}' WHERE class = 'write' ORDER BY issue_time_ns) TO '{_folder["writes.parquet"]}'");
        TraceReport all = Tool.Analyze(_folder["all"], 0, Repository.KvCache);
        TraceReport writes = Tool.Analyze(_folder["writes"], 0, _folder["writes.parquet"]);

        Assert.Equal(SmallTrace.Of(all, "write"), SmallTrace.Of(writes, "write"));
        Assert.Equal((0L, 0L), SmallTrace.Of(writes, "read"));
    }

    [Fact]
    public void Damage_is_an_error_that_names_the_file()
    {
        Conversions.Convert(Repository.KvCache, _folder["whole.parquet"]);
        byte[] whole = File.ReadAllBytes(_folder["whole.parquet"]);
        var random = new Random(17);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            if (i % 2 == 0)
                damaged = damaged[..random.Next(4, damaged.Length)];
            else
                random.NextBytes(damaged.AsSpan(random.Next(4, damaged.Length - 64), 64));
            File.WriteAllBytes(_folder["damaged.parquet"], damaged);
            ToolResult result = Tool.Run("info", _folder["damaged.parquet"]);

            // A hit in a column's bytes may go unnoticed, as in any file without checksums; anything else is told, and nothing is a fault of this program.
            Assert.True(result.ExitCode is 0 or 3 or 4, $"{result.ExitCode}: {result.Error}");
            if (result.ExitCode == 3)
                Assert.Contains("damaged.parquet", result.Error);
            if (i % 2 == 0)
                Assert.Equal(3, result.ExitCode);
        }
    }

    [Fact]
    public void A_pipe_is_refused()
    {
        Conversions.Convert(Repository.KvCache, _folder["x.parquet"]);
        ToolResult result = Tool.RunInShell($"tool info - < '{_folder["x.parquet"]}'");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("only be read from a plain file", result.Error);
    }

    private static void AssertRefused(string path, string message)
    {
        ToolResult result = Tool.Run("info", path);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains(message, result.Error);
        Assert.Contains(Path.GetFileName(path), result.Error);
    }

    /// <summary>The report of a trace, analyzed into a folder, without what cannot be the same.</summary>
    internal static string Report(string folder, string[] traces, params string[] without)
    {
        Tool.Analyze(folder, 0, [.. traces, "--overwrite"]);
        JsonNode report = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, ReportJson.FileName)))!;
        foreach (string property in without)
        {
            report.AsObject().Remove(property);
            foreach (JsonNode? device in report["devices"]!.AsArray())
                device!.AsObject().Remove(property);
        }

        return report.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    internal static void SameTrace(ReadTrace expected, ReadTrace actual)
    {
        Assert.Equal(expected.Events.Count, actual.Events.Count);
        for (int i = 0; i < expected.Events.Count; i++)
        {
            if (!System.Runtime.InteropServices.MemoryMarshal.AsBytes([expected.Events[i]]).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes([actual.Events[i]])))
                Assert.Fail($"event {i}: {expected.Events[i].Action} at {expected.Events[i].TimeNs} is not {actual.Events[i].Action} at {actual.Events[i].TimeNs}");
        }

        Assert.Equal(expected.WallClock, actual.WallClock);
    }
}

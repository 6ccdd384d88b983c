using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Parquet;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>The folder of a run, <c>run=NAME/device=MAJOR,MINOR/part-N.parquet</c>, read again as one trace.</summary>
[Trait("Kind", "capture")]
public sealed class ParquetSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Devices_are_merged_into_the_events_they_were_parted_from()
    {
        string whole = TwoDevices();
        Conversions.Convert(whole, _folder["set/"], "--what", "events");
        string run = _folder["set/run=both"];

        Assert.Equal(2, Directory.GetDirectories(run).Length);
        ParquetRoundTripTests.SameTrace(TraceFiles.Read(whole), TraceFiles.Read(run));
        Assert.Equal(ParquetRoundTripTests.Report(_folder["a"], [whole], "source"), ParquetRoundTripTests.Report(_folder["b"], [run], "source"));
    }

    [Fact]
    public void Devices_are_merged_into_the_requests_they_were_parted_from()
    {
        string whole = TwoDevices();
        Conversions.Convert(whole, _folder["set/"]);
        Conversions.Convert(whole, _folder["whole.parquet"]);
        ToolResult info = Tool.Run("info", _folder["set/run=both"]);

        Assert.Equal(
            ParquetRoundTripTests.Report(_folder["a"], [whole], ParquetRoundTripTests.OtherActions),
            ParquetRoundTripTests.Report(_folder["b"], [_folder["set/run=both"]], ParquetRoundTripTests.OtherActions));
        ParquetRoundTripTests.SameTrace(TraceFiles.Read(_folder["whole.parquet"]), TraceFiles.Read(_folder["set/run=both"]));
        Assert.Equal(0, info.ExitCode);
        Assert.Contains(" both (Parquet of this tool, requests, 2 files", info.Output);

        // And from there into any other format.
        Conversions.Convert(whole, _folder["direct.csv"]);
        Conversions.Convert(_folder["set/run=both"], _folder["again.csv"]);
        string[] direct = File.ReadAllLines(_folder["direct.csv"]);
        Assert.Equal(direct.Order(StringComparer.Ordinal), File.ReadAllLines(_folder["again.csv"]).Order(StringComparer.Ordinal));
        Assert.True(direct.Length > 1000);
    }

    [Theory]
    [InlineData("requests")]
    [InlineData("events")]
    public void A_device_that_is_missing_is_counted_with_its_rows(string what)
    {
        Conversions.Convert(TwoDevices(), _folder["set/"], "--what", what);
        string[] devices = [.. Directory.GetDirectories(_folder["set/run=both"]).Order(StringComparer.Ordinal)];
        long rows = long.Parse(DuckDb.Query($"SELECT COUNT(*) FROM '{devices[0]}/*.parquet'")[0][0], System.Globalization.CultureInfo.InvariantCulture);
        ReadDiagnostics alone = TraceFiles.Read(devices[1]).Diagnostics;
        Directory.Delete(devices[0], recursive: true);
        ReadDiagnostics rest = TraceFiles.Read(_folder["set/run=both"]).Diagnostics;

        Assert.Equal((0L, 0L), (alone[ReadCounter.MissingParts], alone[ReadCounter.MissingRows]));
        Assert.Equal((1L, rows), (rest[ReadCounter.MissingParts], rest[ReadCounter.MissingRows]));
        Assert.True(rows > 100);
        Assert.Equal(4, Tool.Run("info", _folder["set"]).ExitCode);
    }

    [Theory]
    [InlineData("0 1 2", 0, 0)]
    [InlineData("0 2", 1, 10)]
    [InlineData("2", 2, 20)]
    [InlineData("0 1", 1, 0)]
    [InlineData("1", 2, 0)]
    [InlineData("0", 1, 0)]
    public void Parts_that_are_missing_are_counted(string there, long parts, long rows)
    {
        // Of three with ten rows each; only the last knows how many there are.
        ParquetPart[] all = [.. there.Split(' ').Select(int.Parse).Select(number => new ParquetPart(10, "259,0", number, number == 2 ? "259,0=3,30" : null, null))];
        var diagnostics = new ReadDiagnostics();
        ParquetPart.CountMissing(all, isWholeRun: true, diagnostics);

        Assert.Equal((parts, rows), (diagnostics[ReadCounter.MissingParts], diagnostics[ReadCounter.MissingRows]));
    }

    [Theory]
    [InlineData("one.parquet", "one.parquet")]
    [InlineData("set/", "set/run=t")]
    public void Losses_of_the_trace_come_back(string output, string input)
    {
        byte[] trace = Reading.Tars.Unpacked(Path.Combine(Repository.KvCache, "c-kvcache.bin.zst"))[..100_001];
        trace.AsSpan(48_000, 1000).Fill(7);
        File.WriteAllBytes(_folder["t.bin"], trace);
        ReadDiagnostics before = TraceFiles.Read(_folder["t.bin"]).Diagnostics;
        Tool.Run("convert", _folder["t.bin"], "-o", _folder[output], "--what", "events");
        ReadDiagnostics after = TraceFiles.Read(_folder[input]).Diagnostics;

        Assert.True(before[ReadCounter.BadRecords] > 0 && before[ReadCounter.SkippedBytes] > 0 && before[ReadCounter.TruncatedRecords] > 0);
        foreach ((ReadCounter counter, string name, string _) in ReadCounters.All)
            Assert.Equal((name, before[counter]), (name, after[counter]));
    }

    [Fact]
    public void Parts_follow_each_other_by_number_and_requests_cross_their_borders()
    {
        // Parts as small as an engine makes them, and one request that is in flight through all of them.
        Conversions.Convert(Repository.KvCache, _folder["whole.parquet"]);
        string rows = $"(SELECT *, ROW_NUMBER() OVER (ORDER BY issue_time_ns) - 1 AS n FROM (SELECT * REPLACE (CASE WHEN issue_time_ns = (SELECT MIN(issue_time_ns) FROM '{_folder["whole.parquet"]}') THEN (SELECT MAX(complete_time_ns) FROM '{_folder["whole.parquet"]}') ELSE complete_time_ns END AS complete_time_ns) FROM '{_folder["whole.parquet"]}'))";
        Directory.CreateDirectory(_folder["set/run=r/device=259,0"]);
        for (int i = 0; i < 12; i++)
            DuckDb.Execute(FormattableString.Invariant($"COPY (SELECT * EXCLUDE n FROM {rows} WHERE n // 1400 = {i} ORDER BY n) TO '{_folder[$"set/run=r/device=259,0/part-{i}.parquet"]}'"));
        DuckDb.Execute($"COPY (SELECT * EXCLUDE n FROM {rows} ORDER BY n) TO '{_folder["one.parquet"]}'");
        List<BlockEvent> events = TraceFiles.Read(_folder["set"]).Events;

        Assert.Equal(Enumerable.Range(0, events.Count - 1).Where(i => events[i].TimeNs > events[i + 1].TimeNs), []);
        Assert.Equal(
            ParquetRoundTripTests.Report(_folder["a"], [_folder["one.parquet"]], "source"),
            ParquetRoundTripTests.Report(_folder["b"], [_folder["set/run=r"]], "source"));
        Assert.Equal(
            ParquetRoundTripTests.Report(_folder["c"], [_folder["one.parquet"]], "source"),
            ParquetRoundTripTests.Report(_folder["d"], [_folder["set/run=r/device=259,0/"]], "source"));
    }

    [Fact]
    public void Columns_that_an_engine_moved_into_names_of_folders_are_read_from_there()
    {
        File.WriteAllText(_folder["small.txt"], SmallTrace.Text);
        Conversions.Convert(_folder["small.txt"], _folder["own/"]);
        DuckDb.Execute($"COPY (SELECT * FROM read_parquet('{_folder["own"]}/*/*/*.parquet', hive_partitioning = true) ORDER BY issue_time_ns) TO '{_folder["engine"]}' (FORMAT PARQUET, PARTITION_BY (run, device))");

        Assert.Empty(DuckDb.Query($"SELECT name FROM parquet_schema('{_folder["engine"]}/*/*/*.parquet') WHERE name = 'device'"));
        Assert.Equal(ParquetRoundTripTests.Report(_folder["a"], [_folder["own"]], "source"), ParquetRoundTripTests.Report(_folder["b"], [_folder["engine"]], "source"));
        Assert.Equal(["8,0", "8,16"], Tool.ReadReport(_folder["b"]).Devices.Select(device => device.Device));
    }

    [Fact]
    public void Of_several_runs_one_must_be_named()
    {
        File.WriteAllText(_folder["one.txt"], SmallTrace.Text);
        File.WriteAllText(_folder["two.txt"], SmallTrace.Text.Replace("2000 + 8", "3000 + 8", StringComparison.Ordinal));
        Conversions.Convert([_folder["one.txt"], _folder["two.txt"]], _folder["set/"]);
        foreach (string[] command in (string[][])[["info", _folder["set"]], ["analyze", _folder["set"], "-o", _folder["out"]], ["convert", _folder["set/"], "-o", _folder["x.csv"]]])
        {
            ToolResult result = Tool.Run(command);
            Assert.Equal(3, result.ExitCode);
            Assert.Contains($"a set of 2 runs; name one of them: {_folder["set/run=one"]}, {_folder["set/run=two"]}", result.Error.Replace("set//", "set/", StringComparison.Ordinal));
        }

        Assert.Equal("two", Tool.Analyze(_folder["out"], 0, _folder["set/run=two"]).Source.Name);
        Assert.Equal(["device=8,0/part-0.parquet", "device=8,16/part-0.parquet"], Tool.ReadReport(_folder["out"]).Source.Files);
        Assert.Equal(0, Tool.Run("compare", _folder["set/run=one"], _folder["set/run=two"], "-o", _folder["compared"]).ExitCode);
    }

    [Fact]
    public void What_does_not_belong_together_is_refused_by_name()
    {
        File.WriteAllText(_folder["small.txt"], SmallTrace.Text);
        Conversions.Convert(_folder["small.txt"], _folder["set/"]);
        Conversions.Convert(_folder["small.txt"], _folder["events/"], "--what", "events");
        File.Copy(_folder["events/run=small/device=8,0/part-0.parquet"], _folder["set/run=small/device=8,0/part-1.parquet"]);
        AssertRefused("device=8,0/part-1.parquet: holds events, but device=8,0/part-0.parquet holds requests");

        File.Delete(_folder["set/run=small/device=8,0/part-1.parquet"]);
        File.Copy(_folder["events/run=small/device=8,0/part-0.parquet"], _folder["set/run=small/device=8,16/part-0.parquet"], overwrite: true);
        AssertRefused("some files hold requests, others events");

        File.WriteAllText(_folder["set/run=small/device=8,16/part-0.parquet"], "PAR1 cut");
        AssertRefused("device=8,16/part-0.parquet: damaged or not a Parquet file");

        File.WriteAllText(_folder["set/run=small/device=8,0/part-0.parquet"], SmallTrace.Text);
        AssertRefused("part-0.parquet: damaged or no Parquet file");
    }

    [Fact]
    public void A_process_has_the_name_it_was_told_last_whatever_the_device()
    {
        File.WriteAllText(_folder["in.txt"], """
              8,0    0        1     1.000000000   100  D   R 0 + 8 [before]
              8,16   0        2     2.000000000   100  D   R 0 + 8 [before]
              8,0    0        3     3.000000000   100  D   R 8 + 8 [after]
              8,16   0        4     4.000000000   200  D   R 8 + 8 [other]

            """);
        foreach (string what in (string[])["requests", "events"])
        {
            Conversions.Convert(_folder["in.txt"], _folder["set/"], "--what", what, "--overwrite");
            Assert.Equal(
                [(100, "after"), (200, "other")],
                TraceFiles.Read(_folder["set"]).Processes.All.Select(process => (process.Pid, process.Name)).OrderBy(process => process.Pid));
        }
    }

    [Fact]
    public void Times_before_zero_and_names_of_devices_are_kept()
    {
        File.WriteAllText(_folder["in.txt"], """
            TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  QUE(ms) LAT(ms)
            0.000000    first          10     nvme1n1 W 41963894   3072      0.11    0.47
            0.000900    second         11     sda     R 8          4096      0.01    0.20

            """);
        foreach (string output in (string[])["x.parquet", "set/"])
        {
            foreach (string what in (string[])["requests", "events"])
            {
                Conversions.Convert(_folder["in.txt"], _folder[output], "--what", what, "--overwrite");
                Assert.Equal(
                    ParquetRoundTripTests.Report(_folder["a"], [_folder["in.txt"]], "source"),
                    ParquetRoundTripTests.Report(_folder["b"], [_folder[output]], "source"));
            }
        }

        Assert.Equal(["nvme1n1", "sda"], Tool.ReadReport(_folder["b"]).Devices.Select(device => device.Name));
        Assert.True(Tool.ReadReport(_folder["b"]).FirstEventNs < 0);
    }

    private string TwoDevices()
    {
        string[] sets = [TraceFiles.FindSet("nvmevirt/d-mixed-partition-dm/nvme0n1"), TraceFiles.FindSet("nvmevirt/d-mixed-partition-dm/dm-0")];
        ToolResult result = Tool.Run(["convert", .. sets, "-o", _folder["both.blktrace"]]);
        Assert.Equal(0, result.ExitCode);
        return _folder["both.blktrace"];
    }

    private void AssertRefused(string message)
    {
        ToolResult result = Tool.Run("info", _folder["set"]);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains(message, result.Error);
    }
}

using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>I/O logs, replayed by fio itself on a file.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "process")]
public sealed class FioIologWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_is_what_was_issued()
    {
        File.WriteAllText(_folder["in.txt"], """
              8,0    0        1     1.000000000   100  Q   R 8 + 8 [a]
              8,0    0        2     1.000000900   100  D   R 8 + 8 [a]
              8,16   0        3     1.000002000   100  D  WS 0 + 256 [a]
              8,0    0        4     1.250000999   100  D   D 64 + 2048 [a]
              8,0    0        5     1.260000000   100  D FWS [a]
              8,0    0        6     1.270000000   100  D  FN [a]
              8,0    0        7     1.270000000   100  D   R 4096 [a]
              8,0    0        8     1.280000000   100  C   R 8 + 8 [0]

            """);
        string printed = Conversions.Convert(_folder["in.txt"], _folder["x.fio"], "--replay-as", "8,0=/dev/ssd");

        Assert.Equal(
            """
            fio version 3 iolog
            0 /dev/ssd add
            0 /dev/ssd open
            0 /dev/ssd read 4096 4096
            1 device-8-16 add
            1 device-8-16 open
            1 device-8-16 write 0 131072
            250000 /dev/ssd trim 32768 1048576
            259999 /dev/ssd sync 0 0
            269999 /dev/ssd sync 0 0
            269999 /dev/ssd close
            269999 device-8-16 close

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(_folder["x.fio"]));
        Assert.Contains("1 operations that are not a read, write, discard or flush; 1 queue events; 1 complete events; processes, CPUs and flags; times below a microsecond", printed);
    }

    [Fact]
    public void Queued_bios_can_be_replayed_instead()
    {
        Conversions.Convert(Repository.KvCache, _folder["x.fio"], "--action", "queue");
        List<BlockEvent> events = TraceFiles.Read(TraceFiles.FindSet("nvmevirt/c-kvcache/c-kvcache")).Events;

        Assert.Equal(
            events.Count(e => e.Action == BlockAction.Queue && e.LengthBytes > 0),
            File.ReadLines(_folder["x.fio"]).Count(line => line.Split(' ') is { Length: 5 } fields && fields[2] is "read" or "write"));
    }

    [Theory]
    [InlineData("nvmevirt/c-kvcache/c-kvcache")]
    [InlineData("nvmevirt/a-offload-mmap/a-offload-mmap")]
    public void Fio_counts_the_requests_and_bytes_of_the_trace(string name)
    {
        string set = TraceFiles.FindSet(name);
        Conversions.Convert(set, _folder["x.fio"], "--operation", "read");
        (long requests, long bytes) = SmallTrace.Of(Tool.Analyze(_folder["report"], 0, set), "read");
        CreateSparseFile();

        using JsonDocument report = Replay("--replay_no_stall=1");
        JsonElement read = report.RootElement.GetProperty("jobs")[0].GetProperty("read");
        Assert.Equal(requests, read.GetProperty("total_ios").GetInt64());
        Assert.Equal(bytes, read.GetProperty("io_bytes").GetInt64());
        Assert.True(requests > 0);
    }

    [Fact]
    public void Fio_replays_in_order_and_time()
    {
        Conversions.Convert(Repository.KvCache, _folder["x.fio"], "--from", "20s", "--to", "21500ms");
        string[] asked = [.. File.ReadLines(_folder["x.fio"]).Where(line => line.Split(' ').Length == 5)];
        CreateSparseFile();

        using JsonDocument report = Replay("--write_lat_log=done", "--log_offset=1");

        // A line a request: milliseconds, latency, direction, bytes, offset, ...
        string[][] done = [.. File.ReadLines(_folder["done_lat.1.log"]).Select(line => line.Split(", "))];
        Assert.Equal(
            asked.Select(line => line.Split(' ')).Select(fields => (fields[2] == "write" ? "1" : "0", fields[4], fields[3])),
            done.Select(fields => (fields[2], fields[3], fields[4])));
        Assert.True(asked.Length > 100);

        // It waits for the time of each line: never early, beyond what rounding and its own clock make, and in the end not much later than asked.
        double askedMs = (UsOf(asked[^1]) - UsOf(asked[0])) / 1e3;
        double doneMs = Number(done[^1][0]) - Number(done[0][0]);
        Assert.InRange(doneMs, (0.95 * askedMs) - 10, askedMs + 20_000);
        Assert.True(askedMs > 500);
    }

    private static long UsOf(string line) => Number(line.Split(' ')[0]);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private void CreateSparseFile()
    {
        using FileStream file = File.Create(_folder["device-259-0"]);
        file.SetLength(8L << 30);
    }

    private JsonDocument Replay(params string[] options)
    {
        Programs.Run(_folder.Path, null, "fio", ["--name=replay", "--read_iolog=x.fio", "--ioengine=psync", "--output-format=json", "--output=fio.json", .. options]);

        // Before the report may stand remarks.
        string report = File.ReadAllText(_folder["fio.json"]);
        return JsonDocument.Parse(report[report.IndexOf('{', StringComparison.Ordinal)..]);
    }
}

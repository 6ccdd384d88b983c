using System.Text.Json.Nodes;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>From each format into each other and back: the whole report stays as it was, but for what the conversion says that it does not carry.</summary>
public sealed class RoundTripTests : IDisposable
{
    private const long StartedNs = 11_821_976_773_864;

    private static readonly (string Name, string[] Options)[] s_formats =
        [("x.bin", []), ("set/", ["--format", "blktrace"]), ("x.txt", []), ("x.parquet", ["--what", "events"]), ("folder/", ["--format", "parquet", "--what", "events"])];

    private readonly TemporaryFolder _folder = new();
    private int _conversions;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Formats_of_events_give_the_report_of_the_source()
    {
        File.WriteAllBytes(_folder["adversarial.bin"], Adversarial());
        CheckAll(_folder["adversarial.bin"], Report(_folder["adversarial.bin"]));
    }

    [Theory]
    [InlineData("nvmevirt/c-kvcache/c-kvcache", "381s")]
    [InlineData("nvmevirt/a-offload-mmap/a-offload-mmap", "72s")]
    public void Formats_of_events_give_the_report_of_a_capture(string name, string untilSeconds)
    {
        Convert(TraceFiles.Find(name + ".bin"), _folder["slice.bin"], ["--to", untilSeconds]);
        CheckAll(_folder["slice.bin"], Report(_folder["slice.bin"]));
    }

    [Fact]
    public void Requests_give_all_that_is_counted_by_issue_and_every_latency_and_depth()
    {
        // Where nothing was issued again: of such only the time of the last issue is left.
        File.WriteAllBytes(_folder["plain.bin"], Adversarial(requeues: false));
        string printed = Convert(_folder["plain.bin"], _folder["rows.parquet"], []);
        Assert.DoesNotContain("issued again", printed, StringComparison.Ordinal);
        Assert.Equal(WithoutActions(Report(_folder["plain.bin"])), WithoutActions(Report(_folder["rows.parquet"])));

        File.WriteAllBytes(_folder["again.bin"], Adversarial());
        printed = Convert(_folder["again.bin"], _folder["again.parquet"], []);
        Assert.Contains("times of earlier issues of requests that were issued again", printed, StringComparison.Ordinal);
        JsonNode expected = JsonNode.Parse(Report(_folder["again.bin"]))!;
        JsonNode actual = JsonNode.Parse(Report(_folder["again.parquet"]))!;
        for (int device = 0; device < 2; device++)
        {
            Assert.Equal(expected["devices"]![device]!["reissues"]!.ToJsonString(), actual["devices"]![device]!["reissues"]!.ToJsonString());
            Assert.NotEqual("0", expected["devices"]![device]!["reissues"]!.ToJsonString());
            JsonArray operations = expected["devices"]![device]!["operations"]!.AsArray();
            for (int i = 0; i < operations.Count; i++)
            {
                foreach (string part in (string[])["sizes", "sectorAccess"])
                    Assert.Equal(operations[i]![part]?.ToJsonString(), actual["devices"]![device]!["operations"]![i]![part]?.ToJsonString());
                Assert.Equal(operations[i]!["latency"]?["d2C"]?.ToJsonString(), actual["devices"]![device]!["operations"]![i]!["latency"]?["d2C"]?.ToJsonString());
            }
        }
    }

    private void CheckAll(string source, string expected)
    {
        string withoutMessages = WithoutMessages(expected);
        foreach ((string name, string[] options) in s_formats)
        {
            string first = Place(name);
            Convert(source, first, options);
            AssertSame(name == "x.txt" ? withoutMessages : expected, Report(first), name);
            foreach ((string next, string[] nextOptions) in s_formats)
            {
                string second = Place(next);
                Convert(first, second, nextOptions);

                // Parquet has no cgroup ids, and text prints messages without.
                bool keepsMessages = name != "x.txt" && (next != "x.txt" || name is "x.parquet" or "folder/");
                AssertSame(keepsMessages ? expected : withoutMessages, Report(second), name + " to " + next);
            }
        }
    }

    private static void AssertSame(string expected, string actual, string way)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        if (expected != actual)
            Assert.Fail($"{way}: expected {expected[Math.Max(0, at - 100)..Math.Min(expected.Length, at + 60)]}, found {actual[Math.Max(0, at - 100)..Math.Min(actual.Length, at + 60)]}");
    }

    private string Place(string name) => _folder[$"{_conversions++}-{name}"];

    private static string Convert(string source, string target, string[] options)
    {
        ToolResult result = Tool.Run(["convert", source, "-o", target, .. options]);
        Assert.True(result.ExitCode is 0 or 4, result.Error);
        return result.Output;
    }

    // All of report.json but where the trace came from, and what only one format can know: its wall clock, and losses by numbers.
    private static string Report(string path)
    {
        using ITraceReader reader = TraceFormats.Open([path]);
        TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions(), cancellation: TestContext.Current.CancellationToken);
        using var json = new MemoryStream();
        ReportJson.Write(
            report with { Source = new ReportSource("", "", [], 0), WallClockStartUnixNs = null, Integrity = [.. report.Integrity.Select(counter => counter with { FirstPlace = null })] }, json);
        return System.Text.Encoding.UTF8.GetString(json.ToArray());
    }

    // Text prints no kernel messages that have a cgroup id.
    private static string WithoutMessages(string report)
    {
        JsonNode node = JsonNode.Parse(report)!;
        long messages = 0;
        foreach (JsonNode? owner in (IEnumerable<JsonNode?>)[node, .. node["devices"]!.AsArray(), .. node["aggregate"]?["whole"] is { } whole ? (JsonNode[])[whole] : []])
        {
            JsonArray actions = owner!["actions"]!.AsArray();
            if (actions.FirstOrDefault(action => action!["letter"]!.GetValue<string>() == "m") is not { } message)
                continue;
            messages = owner == node ? message["count"]!.GetValue<long>() : messages;
            actions.Remove(message);
        }

        node["events"] = node["events"]!.GetValue<long>() - messages;
        return ReportOf(node);
    }

    private static string WithoutActions(string report)
    {
        JsonNode node = JsonNode.Parse(report)!;
        node.AsObject().Remove("actions");
        node.AsObject().Remove("events");
        foreach (JsonNode? device in node["devices"]!.AsArray())
            device!.AsObject().Remove("actions");
        node["aggregate"]?["whole"]!.AsObject().Remove("actions");
        return node.ToJsonString();
    }

    private static string ReportOf(JsonNode node)
    {
        using var json = new MemoryStream();
        using var read = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(node.ToJsonString()));
        ReportJson.Write(ReportJson.Read(read), json);
        return System.Text.Encoding.UTF8.GetString(json.ToArray());
    }

    // Two devices, four CPUs, numbers of records beyond 2^31, requeues, splits, merges, flushes with second completions, discards, commands, errors, remaps, plugs, messages,
    // and the notes of blkparse -d, whose times are of another clock.
    private static byte[] Adversarial(bool requeues = true)
    {
        var random = new Random(7);
        var events = new List<(long TimeNs, char Action, ulong Sector, uint Bytes, ulong Category, uint Cpu, uint Pid, uint Device, short Error, byte[]? Payload)>();
        uint[] devices = [259u << 20, (8u << 20) | 52];
        const ulong Read = BlktraceBytes.Read, Write = BlktraceBytes.Write, Sync = BlktraceBytes.Sync, Flush = BlktraceBytes.Flush;
        ulong[] categories = [Read, Read | BlktraceBytes.Ahead, Read | Sync, Write, Write | Sync, Write | Sync | BlktraceBytes.Meta, Write | Sync | BlktraceBytes.Fua];
        long startNs = 0;
        for (int i = 0; i < 1_500; i++)
        {
            long now = startNs;
            startNs += random.Next(10, 5_000);
            uint device = devices[random.Next(2)], cpu = (uint)random.Next(4), pid = (uint)random.Next(1, 4) * 100, bytes = ((uint[])[4096, 32_768, 131_072])[random.Next(3)];
            ulong sector = (ulong)i * 512, category = categories[random.Next(categories.Length)];

            // The first is a plain request, so that whatever is left of a trace begins with it.
            int kind = i == 0 ? 11 : random.Next(12);
            void Add(char action, ulong at, uint length, ulong letters, uint by, short error = 0, byte[]? payload = null)
            {
                events.Add((now, action, at, length, letters, by == 0 ? (uint)random.Next(4) : cpu, by, device, error, payload));
                now += random.Next(50, 20_000);
            }

            switch (kind)
            {
                case 0:
                    Add('Q', 0, 0, Write | Flush | Sync, pid);
                    Add('D', 0, 0, Flush, pid);
                    Add('C', 0, 0, Flush, 0);
                    Add('C', 0, 0, random.Next(2) == 0 ? Write | Sync : Sync, 0);
                    continue;
                case 1:
                    Add('D', 0, 512, Read | BlktraceBytes.Passthrough, pid);
                    Add('C', 0, 512, Read | BlktraceBytes.Passthrough, 0);
                    continue;
                case 2:
                    category = BlktraceBytes.Discard | Write | Sync;
                    break;
            }

            Add('Q', sector, bytes, category, pid);
            if (kind == 3)
            {
                Add('M', sector, bytes, category, pid);
                continue;
            }

            if (kind == 4)
            {
                Add('X', sector, bytes / 2, category, pid, payload: BlktraceBytes.BigEndian64(sector + (bytes / 1024)));
                bytes /= 2;
            }

            if (kind == 5)
                Add('A', sector + 2048, bytes, category, pid, payload: [0, 0, 0, 1, 0, 0, 0, 2, .. BlktraceBytes.BigEndian64(sector)]);
            Add('G', sector, bytes, category, pid);
            if (kind == 6)
            {
                Add('P', 0, 0, 0, pid);
                Add('U', 0, 0, 0, pid, payload: BlktraceBytes.BigEndian64(1));
            }

            Add('D', sector, bytes, category, pid);
            for (int again = kind is 7 or 8 && requeues ? random.Next(1, 4) : 0; again > 0; again--)
            {
                Add('R', sector, bytes, category, 0);
                Add('D', sector, bytes, category, 200);
            }

            if (random.Next(50) > 0)
                Add('C', sector, bytes, category, 0, (short)(random.Next(20) == 0 ? -5 : 0));
        }

        var trace = new BlktraceBytes();
        trace.Timestamp(StartedNs, 1_700_000_000, 5).Process(100, "dd").Process(200, "kworker/0:1H").Process(300, "my proc");
        var numbers = new Dictionary<(uint, uint), uint>();
        int written = 0;
        foreach (var e in events.OrderBy(e => e.TimeNs))
        {
            uint number = numbers[(e.Device, e.Cpu)] = numbers.GetValueOrDefault((e.Device, e.Cpu), int.MaxValue - 100u) + 1;
            trace.Event(e.Action, e.TimeNs, e.Sector, e.Bytes, e.Category, e.Cpu, e.Pid, e.Device, e.Error, number, e.Payload);
            if (++written % 400 == 0)
                trace.Message(e.TimeNs, "cfq say hello");
        }

        return trace.ToArray();
    }
}

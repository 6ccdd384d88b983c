using System.Text;
using System.Text.Json.Nodes;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Reports;

public sealed class ReportJsonTests
{
    [Fact]
    public void Read_GivesBackWhatWriteWrote()
    {
        TraceReport several = Read(Write(SampleReport.OfSeveral()));
        Assert.Equal(Write(SampleReport.OfSeveral()), Write(several));
        TraceReport read = Read(Write(SampleReport.Full()));

        Assert.Equal(Write(SampleReport.Full()), Write(read));
        Assert.Equal(TraceReport.CurrentSchemaVersion, read.SchemaVersion);
        Assert.Equal(1_700_000_000_123_456_789, read.WallClockStartUnixNs);
        Assert.Equal(["run.blktrace.0", "run.blktrace.1"], read.Source.Files);
        Assert.True(read.HasLosses);
        Assert.Null(read.Integrity[0].FirstPlace);
        DeviceReport disk = read.Devices[0];
        Assert.Equal(SampleReport.HostileName, disk.Processes[0].Name);
        Assert.Null(disk.Processes[2].Name);
        Assert.Equal([0, 256, 8_589_934_592], disk.Space!.RowStartSectors);
        Assert.Equal([256, 0, 512], disk.SectorTime[0].Rows[0]);
        Assert.Empty(disk.SectorTime[0].Rows[1]);
        OperationReport operation = disk.Operations[0];
        Assert.Equal(OperationScope.Transfers, operation.Scope);
        Assert.Equal(1 / 3.0, operation.Sizes.DominatingShareOfBytes);
        Assert.Equal(85_300 + 1 / 3.0, operation.Latency!.D2C!.MeanNs);
        Assert.Null(operation.Latency.OverTime.Counts[1]);
        Assert.Null(disk.Operations[3].SectorAccess);
        Assert.Equal(512, read.Study!.Operations[0].Access[1].Sectors);
    }

    [Fact]
    public void Write_IsTheSameInEveryCulture() =>
        Assert.Equal(Write(SampleReport.Full()), Culture.InGerman(() => Write(SampleReport.Full())));

    [Fact]
    public void Write_LaysOutFieldsOnLinesAndNumbersOnOne()
    {
        string[] lines = Encoding.UTF8.GetString(Write(SampleReport.Full())).Split('\n');

        Assert.Equal(["{", "  \"schemaVersion\": 1,", "  \"source\": {"], lines[..3]);
        Assert.Contains("    {\"name\":\"badRecords\",\"count\":0,\"meaning\":\"records or lines that could not be understood\",\"isLoss\":true},", lines);
        Assert.Contains("        \"rowStartSectors\": [0,256,8589934592]", lines);
        Assert.Contains("          \"scope\": \"transfers\",", lines);
        Assert.Contains("""          "throughput": {"requests":[3,0,2],"bytes":[393216,0,135168]},""", lines);
        Assert.Equal(["}", ""], lines[^2..]);
        Assert.DoesNotContain(lines, line => line.Contains("null") && !line.Contains("counts"));
    }

    [Fact]
    public void Write_LeavesTheStreamOpenAndTakesABigReport()
    {
        TraceReport report = SampleReport.Big(500_000);
        byte[] json = Write(report);

        Assert.InRange(json.Length, 1_000_000, 4_000_000);
        Assert.Equal(report.Devices[0].SectorTime[0].Rows, Read(json).Devices[0].SectorTime[0].Rows);
    }

    [Theory]
    [InlineData("", "is not an intact report")]
    [InlineData("no JSON", "is not an intact report")]
    [InlineData("[]", "expected a JSON object with a schemaVersion")]
    [InlineData("null", "expected a JSON object with a schemaVersion")]
    [InlineData("{}", "expected a JSON object with a schemaVersion")]
    [InlineData("""{"version":1}""", "expected a JSON object with a schemaVersion")]
    [InlineData("""{"schemaVersion":"1"}""", "expected a JSON object with a schemaVersion")]
    [InlineData("""{"schemaVersion":0}""", "expected a JSON object with a schemaVersion")]
    [InlineData("""{"schemaVersion":1}""", "is not an intact report")]
    [InlineData("""{"shape":"unheard of","schemaVersion":2}""", "schema version 2, but this build reads versions up to 1")]
    public void Read_SaysInOneLineWhatIsNoReport(string json, string expected)
    {
        var exception = Assert.Throws<TraceException>(() => Read(Encoding.UTF8.GetBytes(json)));

        Assert.StartsWith("old.json ", exception.Message);
        Assert.Contains(expected, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Read_RefusesEveryTruncation()
    {
        byte[] json = Write(SampleReport.Full());
        for (int length = 0; length < json.Length - 2; length += 97)
            Assert.Throws<TraceException>(() => Read(json[..length]));
    }

    [Fact]
    public void Read_RefusesNullWhereTheReportHasNone()
    {
        string json = Encoding.UTF8.GetString(Write(SampleReport.Full())).Replace("\"name\": \"kv-offload\"", "\"name\": null");

        Assert.Throws<TraceException>(() => Read(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("KV-cache")]
    [InlineData("weights, kv-cache")]
    [InlineData("1")]
    public void Read_RefusesAKindThatTheSchemaDoesNotHave(string kind)
    {
        JsonNode root = JsonNode.Parse(Write(SampleReport.Full()))!;
        root["run"]!["detection"]!["kind"] = kind;

        var exception = Assert.Throws<TraceException>(() => Read(Encoding.UTF8.GetBytes(root.ToJsonString())));

        Assert.Contains("$.run.detection.kind", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RefusesNullInEveryListButTheOneWithGaps()
    {
        var root = JsonNode.Parse(Write(SampleReport.Full()))!;
        int lists = 0;
        foreach (JsonArray list in Lists(root).Where(list => list.Count > 0).ToArray())
        {
            JsonNode? first = list[0];
            list[0] = null;
            byte[] json = Encoding.UTF8.GetBytes(root.ToJsonString());
            if (list.GetPath().EndsWith(".overTime.counts", StringComparison.Ordinal))
                Read(json);
            else
                Assert.Throws<TraceException>(() => Read(json));
            list[0] = first;
            lists++;
        }

        Assert.InRange(lists, 50, int.MaxValue);

        static IEnumerable<JsonArray> Lists(JsonNode? node) => node switch
        {
            JsonObject members => members.SelectMany(member => Lists(member.Value)),
            JsonArray items => items.SelectMany(Lists).Prepend(items),
            _ => [],
        };
    }

    [Theory]
    [InlineData("\"name\"")]
    [InlineData("kv-offload")]
    public void Read_RefusesTextThatIsNotUtf8(string text)
    {
        byte[] json = Write(SampleReport.Full());
        json[json.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) + 2] = 0xFF;

        Assert.Throws<TraceException>(() => Read(json));
    }

    // What is added up must be devices of the report, on its time axis.
    [Fact]
    public void Read_RefusesASumThatDoesNotFit()
    {
        TraceReport report = SampleReport.OfSeveral();
        AggregateReport all = report.Aggregate!;

        Assert.Contains("$.aggregate.devices", Fault(all with { Devices = ["259,0", "1,1"] }));
        Assert.Contains("$.aggregate.devices", Fault(all with { Devices = ["259,0"], Balance = all.Balance with { Parts = [.. all.Balance.Parts.Take(1)] } }));
        Assert.Contains("$.aggregate.balance.maxOverMeanOverTime", Fault(all with { Balance = all.Balance with { MaxOverMeanOverTime = [1] } }));
        Assert.Contains("$.aggregate.balance.parts", Fault(all with { Balance = all.Balance with { Parts = [] } }));
        Assert.Contains("$.aggregate.whole.queueDepth.max", Fault(all with { Whole = all.Whole with { QueueDepth = all.Whole.QueueDepth! with { Max = [1] } } }));

        string Fault(AggregateReport wrong) => Assert.Throws<TraceException>(() => Read(Write(report with { Aggregate = wrong }))).Message;
    }

    // A damaged time can be the only one that there is, and the last that a clock can have.
    [Fact]
    public void Read_TakesAnAxisOfOneBinAtTheEndOfTheClock()
    {
        TraceReport report = SampleReport.Full() with { Devices = [], Time = new TimeBinning(long.MaxValue, 1000, 1) };
        Assert.Equal(report.Time, Read(Write(report)).Time);
        Assert.Throws<TraceException>(() => Read(Write(report with { Time = new TimeBinning(long.MaxValue, 1000, 2) })));
    }

    // A report of many tensors has tens of MiB; buffers that grow would take several times as much.
    [Fact]
    public void Write_TakesLessThanTwiceTheReport()
    {
        TraceReport report = SampleReport.Full();
        report = report with { Run = report.Run! with { Tensors = [.. Enumerable.Repeat(report.Run.Tensors[0], 100_000)] } };
        string path = Path.GetTempFileName();
        try
        {
            long allocated;
            using (FileStream file = File.Create(path))
            {
                ReportJson.Write(SampleReport.Full(), Stream.Null);
                long before = GC.GetAllocatedBytesForCurrentThread();
                ReportJson.Write(report, file);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            long written = new FileInfo(path).Length;
            Assert.InRange(written, 10L << 20, 100L << 20);
            // The compact text, and a word for each role, twice.
            Assert.InRange(allocated, 0, 2 * written);
            using FileStream read = File.OpenRead(path);
            Assert.Equal(100_000, ReportJson.Read(read).Run!.Tensors.Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    internal static byte[] Write(TraceReport report)
    {
        using var stream = new MemoryStream();
        ReportJson.Write(report, stream);
        Assert.True(stream.CanWrite);
        return stream.ToArray();
    }

    private static TraceReport Read(byte[] json)
    {
        using var stream = new MemoryStream(json);
        return ReportJson.Read(stream, "old.json");
    }
}

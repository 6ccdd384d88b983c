using System.Text;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Bpftrace;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Analysis;

[Trait("Kind", "capture")]
public class ReportTests
{
    [Fact]
    public void Means_of_operations_are_over_one_span_so_that_they_add_up()
    {
        // Reads for ten seconds, both writes within one: over its own millisecond the write bandwidth would say nothing.
        DeviceReport device = Analyze("""
            1000000000, R, 1048576, 0, 2048
            5000000000, W, 1048576, 4096, 2048
            5001000000, W, 1048576, 8192, 2048
            11000000000, R, 1048576, 2048, 2048

            """).Devices.Single();

        Assert.Equal(10_000_000_000, device.CountedSpanNs);
        Assert.Equal([0.4, 0.2, 0.2], device.Operations.Where(operation => operation.Scope != OperationScope.Rwbs).Select(operation => operation.Overview.MeanIops!.Value));
        Assert.Equal(209_715.2, device.Operations.Single(operation => operation is { Scope: OperationScope.Class, Name: "write" }).Overview.MeanBytesPerSecond);
        Assert.Equal(1_000_000, device.Operations.Single(operation => operation is { Scope: OperationScope.Class, Name: "write" }).Overview.DurationNs);
    }

    [Fact]
    public void Without_heatmaps_all_else_is_the_same()
    {
        TraceReport whole = Analyze(new AnalysisOptions());
        TraceReport without = Analyze(new AnalysisOptions { Heatmaps = false });

        Assert.All(whole.Devices, device => Assert.NotEmpty(device.SectorTime));
        Assert.All(without.Devices, device => Assert.Empty(device.SectorTime));
        Assert.Equal(Json(whole with { Devices = [.. whole.Devices.Select(device => device with { SectorTime = [] })] }), Json(without));

        static TraceReport Analyze(AnalysisOptions options)
        {
            using ITraceReader reader = TraceFormats.Open([Repository.KvCache]);
            return TraceAnalysis.Run(reader, options);
        }

        static string Json(TraceReport report)
        {
            using var json = new MemoryStream();
            ReportJson.Write(report, json);
            return Encoding.UTF8.GetString(json.ToArray());
        }
    }

    [Theory]
    [InlineData(1_000, 1_000)]
    [InlineData(999_000, 1_000)]
    [InlineData(2_000_000, 2_000)]
    [InlineData(2_000_001, 5_000)]
    [InlineData(1_485_049_000_000, 2_000_000_000)]
    public void Bins_have_round_widths_and_are_neither_too_many_nor_too_few(long spanNs, long widthNs)
    {
        TraceReport report = Analyze($"5000, R, 512, 0, 1\n{5000 + spanNs - 1}, R, 512, 0, 1\n");
        Assert.Equal(widthNs, report.Time.WidthNs);
        Assert.Equal(((spanNs - 1) / widthNs) + 1, report.Time.Count);
        Assert.InRange(report.Time.Count, 1, 1000);
    }

    private static TraceReport Analyze(string csv)
    {
        using ITraceReader reader = BpftraceCsvReader.Open(TraceReading.Parts(Encoding.ASCII.GetBytes(csv)), new ReadOptions());
        return TraceAnalysis.Run(reader, new AnalysisOptions());
    }
}

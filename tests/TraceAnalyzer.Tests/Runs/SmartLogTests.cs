using System.Text.Json;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>What drives count themselves, before and after a run.</summary>
public sealed class SmartLogTests
{
    // Rates need a time from the first request to the last.
    private const string Trace = """
          8,0    0        1     0.000000000   100  D   W 0 + 8 [writer]
          8,0    0        2     0.100000000   100  C   W 0 + 8 [0]
          8,0    0        3     0.500000000   100  D   W 8 + 8 [writer]
          8,0    0        4     0.600000000   100  C   W 8 + 8 [0]

        """;

    [Theory]
    [InlineData("""{"critical_warning":0,"data_units_written":18349022,"host_write_commands":7}""", 18349022L * 512_000, null)]
    [InlineData("""{"critical_warning":0,"data_units_written":"18349022","host_write_commands":"7"}""", 18349022L * 512_000, null)]
    [InlineData("""{"Physical media units written":{"hi":0,"lo":14862708019200},"Percent free blocks":99}""", null, 14862708019200L)]
    [InlineData("""{"physical_media_units_written":14862708019200}""", null, 14862708019200L)]
    [InlineData("""{"Physical media units written":{"hi":1,"lo":5}}""", null, null)]
    [InlineData("""{"Physical media units written":{"lo":5}}""", null, null)]
    [InlineData("""{"data_units_written":-1,"host_write_commands":7}""", null, null)]
    [InlineData("""{"data_units_written":9223372036854775807,"host_write_commands":7}""", null, null)]
    public void Logs_are_known_by_their_members(string json, long? host, long? media)
    {
        using var document = JsonDocument.Parse(json);
        Assert.True(SmartLog.IsLog(document.RootElement));
        var remarks = new SideRemarks();
        Assert.Equal(new SmartLog(host, media), SmartLog.FromJson(document.RootElement, remarks));
    }

    [Theory]
    [InlineData("""{"data_units_written":5}""")]
    [InlineData("""[1]""")]
    [InlineData("""{"model":"x"}""")]
    public void Others_are_not(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.False(SmartLog.IsLog(document.RootElement));
    }

    [Fact]
    public void Two_copies_say_what_was_written_and_how_much_the_drive_added()
    {
        using var folder = new TemporaryFolder();
        Write("trace.blkparse", Trace);
        Write("nvme0-smart-before.json", """{"data_units_written":1000,"host_write_commands":7}""");
        Write("nvme0-smart-after.json", """{"data_units_written":1200,"host_write_commands":9}""");
        Write("nvme0-ocp-before.json", """{"Physical media units written":{"hi":0,"lo":1000000000}}""");
        Write("nvme0-ocp-after.json", """{"Physical media units written":{"hi":0,"lo":1153600000}}""");
        Write("nvme1-smart-after.json", """{"data_units_written":4,"host_write_commands":9}""");
        TraceReport report = RunAnalysis.Of(folder.Path);

        DriveCounters[] drives = report.Run!.DriveCounters;
        Assert.Equal(2, drives.Length);
        Assert.Equal((102_400_000L, 153_600_000L, 1.5), (drives[0].HostWriteBytes, drives[0].MediaWriteBytes, drives[0].WriteAmplification));
        Assert.Equal("nvme0-ocp-after.json, nvme0-ocp-before.json, nvme0-smart-after.json, nvme0-smart-before.json", drives[0].Source);
        Assert.Null(drives[0].Remark);
        Assert.Equal("nvme1-smart-after.json", drives[1].Source);
        Assert.Null(drives[1].WriteAmplification);
        Assert.Contains("one copy does not say", drives[1].Remark, StringComparison.Ordinal);
        Assert.Contains("wrote 1.5x what it was given to its flash", report.Findings.Single(finding => finding.Id == "wear").Sentence, StringComparison.Ordinal);

        void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(folder.Path, name), text);
    }
}

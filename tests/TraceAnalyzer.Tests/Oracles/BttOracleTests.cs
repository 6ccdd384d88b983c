using System.Globalization;
using System.Text;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Writing;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>btt on captures: its steps where it pairs them rightly (nothing is split), its seeks and lengths, which need no pairing, on others too.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "process")]
public sealed class BttOracleTests
{
    [Fact]
    public void Steps_are_btts_in_all_and_by_process()
    {
        string[] lines = Btt("nvmevirt/i-stream/i-stream.bin", out StepResult steps, out _, out TimeUse use);

        foreach (StepStatistics step in steps.Steps)
            Assert.Equal(Times(Row(Section(lines, "All Devices"), step.Step.ToString())), (step.Count, Seconds(step.MinNs), Seconds(step.MeanNs), Seconds(step.MaxNs)));
        Assert.Equal(["Q2Q", "Q2G", "G2I", "I2D", "D2C", "Q2C"], steps.Steps.Select(step => step.Step.ToString()));

        string[] perProcess = Section(lines, "Per Process");
        int compared = 0;
        foreach (UserSteps process in steps.Processes)
        {
            foreach (StepStatistics step in process.Steps)
            {
                int title = Array.FindIndex(perProcess, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, ..] && name == step.Step.ToString());
                Assert.Equal(Times(Row(perProcess[title..], process.Name!)), (step.Count, Seconds(step.MinNs), Seconds(step.MeanNs), Seconds(step.MaxNs)));
                compared++;
            }
        }

        Assert.Equal(10, compared);

        // "I/O Active Period Information": while anything is in flight.
        string[] live = Fields(Row(Section(lines, "I/O Active Period Information"), "Total Sys"));
        Assert.Equal(live[2], (use.Gaps.Count + 1).ToString(CultureInfo.InvariantCulture));
        Assert.Equal(double.Parse(live[3], CultureInfo.InvariantCulture), (use.SpanNs - use.IdleNs) / 1e9 / (use.Gaps.Count + 1), 2e-9);
    }

    [Theory]
    [InlineData("nvmevirt/i-stream/i-stream.bin")]
    [InlineData("nvmevirt/g-qemunvme-xfs-mqdeadline/g-qemunvme-xfs-mqdeadline.bin")]
    [InlineData("nvmevirt/d-mixed-partition-dm/nvme0n1.bin")]
    public void Seeks_and_lengths_are_btts(string capture)
    {
        string[] lines = Btt(capture, out StepResult steps, out DeviceSequence sequence, out _);

        // The device's row, in columns: (major, minor) | requests | mean | median | 0(how many)
        string[] seeks = Row(Section(lines, "Device D2D Seek Information"), "(").Split('|');
        Assert.Equal(sequence.Requests, long.Parse(Fields(seeks[1])[0], CultureInfo.InvariantCulture));
        Assert.Equal(double.Parse(Fields(seeks[1])[1], CultureInfo.InvariantCulture), sequence.MeanSeekSectors, 0.06);
        Assert.Equal($"0({sequence.WithoutSeek})", Fields(seeks[2])[0]);

        // (major, minor) | queued issued ratio | least mean greatest sum
        string[] merges = Row(Section(lines, "Device Merge Information"), "(").Split('|');
        Assert.Equal(steps.Issued, long.Parse(Fields(merges[1])[1], CultureInfo.InvariantCulture));
        Assert.Equal([steps.MinSectors, steps.TotalSectors / steps.Issued, steps.MaxSectors, steps.TotalSectors], Fields(merges[2]).Select(field => long.Parse(field, CultureInfo.InvariantCulture)));
    }

    private static string[] Btt(string capture, out StepResult steps, out DeviceSequence sequence, out TimeUse use)
    {
        string file = Captures.File(capture);
        using var folder = new TemporaryFolder();
        Programs.Run(folder.Path, null, "btt", "-i", file, "-o", "out", "-A");
        DeviceReport device = RunAnalysis.Run(file, new AnalysisOptions { Btt = true }, new RunOptions { TraceAlone = true }, cancellation: TestContext.Current.CancellationToken).Devices.MaxBy(device => device.TransferredBytes)!;
        (steps, sequence, use) = (device.Steps!, device.Sequence!, device.TimeUse!);
        return File.ReadAllLines(Path.Combine(folder.Path, "out.avg"), Encoding.UTF8);
    }

    private static string[] Section(string[] lines, string title)
    {
        int first = Array.FindIndex(lines, line => line.Contains($"= {title} =", StringComparison.Ordinal)) + 1;
        int end = Array.FindIndex(lines, first, line => line.StartsWith("====================", StringComparison.Ordinal));
        return lines[first..(end < 0 ? lines.Length : end)];
    }

    private static string Row(string[] lines, string name) => Array.Find(lines, line => line.TrimStart().StartsWith(name, StringComparison.Ordinal) && line.Any(char.IsAsciiDigit) && Fields(line).Length > 4)!;

    private static string[] Fields(string line) => line.Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries);

    // "cat  MIN  AVG  MAX  N", in seconds with nine digits.
    private static (long Count, string Min, string Mean, string Max) Times(string row)
    {
        string[] fields = Fields(row);
        return (long.Parse(fields[^1], CultureInfo.InvariantCulture), fields[^4], fields[^3], fields[^2]);
    }

    private static string Seconds(double ns) => (ns / 1e9).ToString("F9", CultureInfo.InvariantCulture);
}

using Microsoft.Diagnostics.Tracing.StackSources;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>
/// TraceEvent's parser of perf script text (LinuxPerfScriptEventParser) as a second opinion on ours. Its known faults are excepted: times are
/// floating-point milliseconds, so nanoseconds are lost; a completion on a kernel that prints an I/O priority has the error -1; and it ends at
/// the first line that it does not understand without saying so.
/// </summary>
[Trait("Kind", "capture")]
public sealed class TraceEventPerfOracleTests
{
    private static readonly Lazy<string> s_folder = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("traceanalyzer-perf-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    [Theory]
    [InlineData("nvmevirt/b2-deepnvme-fio-alltools/perf.script.txt", false)]
    [InlineData("nvmevirt/d-mixed-partition-dm/perf.script.txt", false)]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/perf.script.txt", false)]
    [InlineData("loop-nettrace/perf.txt", true)]
    public void TraceEvent_reads_the_same_requests(string capture, bool hasPriority)
    {
        string path = Unpacked(capture);
        List<string> theirs = [.. new LinuxPerfScriptEventParser().ParseSkippingPreamble(path).Select(e => Describe(e, hasPriority))];
        List<string> ours = [.. TraceReading.ReadAll(TraceFormats.Open([path])).Events.Select(e => Describe(e, hasPriority))];
        Assert.NotEmpty(ours);

        // Within a microsecond the text's order and ours may differ.
        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TraceEvent_ends_at_a_line_that_it_does_not_understand_and_we_count_it()
    {
        string[] lines = File.ReadAllLines(Unpacked("loop-nettrace/perf.txt"));
        lines[100] = "what is this";
        string path = Path.Combine(s_folder.Value, "damaged.txt");
        File.WriteAllLines(path, lines);
        int theirs;
        try
        {
            theirs = new LinuxPerfScriptEventParser().ParseSkippingPreamble(path).Count();
        }
        catch (Exception)
        {
            theirs = 0;
        }

        ReadTrace ours = TraceReading.ReadAll(TraceFormats.Open([path]));
        Assert.InRange(theirs, 0, 101);
        Assert.Equal(lines.Length - 1, ours.Events.Count);
        Assert.Equal(1, ours.Diagnostics[ReadCounter.BadRecords]);
    }

    // Microseconds, as the text has them.
    private static string Describe(LinuxEvent e, bool hasPriority)
    {
        string prefix = $"{Math.Round(e.TimeMSec * 1000)} {e.ThreadID} {e.CpuNumber}";
        return e switch
        {
            BlockReqIssueEvent { ReqIssue: var io } => $"{prefix} D {io.Device},{io.DeviceMinor} {io.Flags} {Place(io.Sector)} {Length(io.Sector, io.SectorLength)} {io.Length}",
            BlockReqCompleteEvent { ReqComplete: var io } => $"{prefix} C {io.Device},{io.DeviceMinor} {io.Flags} {Place(io.Sector)} {Length(io.Sector, io.SectorLength)} {(hasPriority ? 0 : io.Error)}",
            _ => $"{prefix} {e.EventName}",
        };

        // -1: no place, which ours has as 0.
        static ulong Place(ulong sector) => sector == ulong.MaxValue ? 0 : sector;
        static uint Length(ulong sector, uint sectors) => sector == ulong.MaxValue ? 0 : sectors;
    }

    private static string Describe(BlockEvent e, bool hasPriority)
    {
        string prefix = $"{Math.Round(e.TimeNs / 1000.0)} {e.Pid} {e.Cpu}";
        string place = $"{e.Device.Major},{e.Device.Minor} {e.Rwbs} {e.Sector} {e.LengthSectors}";
        return e.Action == BlockAction.Issue ? $"{prefix} D {place} {e.LengthBytes}" : $"{prefix} {e.Action.Letter()} {place} {(hasPriority ? 0 : e.Error)}";
    }

    // It reads files only, and may keep them open, so that each test gets its own.
    private static string Unpacked(string capture)
    {
        string path = TraceFiles.Find(capture);
        if (!path.EndsWith(".zst", StringComparison.Ordinal))
            return path;
        string folder = Directory.CreateDirectory(Path.Combine(s_folder.Value, Path.GetRandomFileName())).FullName;
        string plain = Path.Combine(folder, Path.GetFileNameWithoutExtension(path));
        using TraceInput input = CompressedInput.OpenFile(path);
        using FileStream copy = File.Create(plain);
        input.Content.CopyTo(copy);
        return plain;
    }
}

using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Writing;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Notes of names and of the wall clock in blktrace files: their times may be of another clock than the events', as <c>blkparse -d</c> leaves them.</summary>
public class BlktraceNoteTests
{
    private const long StartedNs = 11_821_976_773_864;

    [Fact]
    public void A_dump_made_a_set_gives_what_the_dump_gives()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["dump.bin"], Dump());
        TraceReport dump = Tool.Analyze(folder["a"], 0, folder["dump.bin"]);
        Assert.Equal((10_000, 1), ((long)dump.Devices[0].Operations[0].Latency!.D2C!.MaxNs, dump.Devices[0].QueueDepth!.MaxDepth));

        Conversions.Convert(folder["dump.bin"], folder["set"], "--format", "blktrace");
        TraceReport set = Tool.Analyze(folder["b"], 0, folder["set"]);
        Assert.Equal(Numbers(dump), Numbers(set));
    }

    // Notes before, between and behind the events, with times before and after all of them.
    [Theory]
    [InlineData(0)]
    [InlineData(StartedNs)]
    [InlineData(long.MaxValue)]
    public void The_time_of_a_note_moves_no_event(long noteNs)
    {
        using var folder = new TemporaryFolder();
        for (uint cpu = 0; cpu < 2; cpu++)
        {
            var bytes = new BlktraceBytes();
            bytes.Timestamp(noteNs, 1_700_000_000, 0).Process(7, "seven");
            for (int i = 0; i < 4_000; i++)
            {
                bytes.Event(cpu == 0 ? 'D' : 'C', (i * 20_000L) + (cpu * 10_000), (ulong)i * 8, 4096, BlktraceBytes.Read, cpu: cpu);
                if (i % 1_000 == 500)
                    bytes.Timestamp(noteNs, 1_700_000_000, 0);
            }

            File.WriteAllBytes(folder["t.blktrace." + cpu], bytes.Timestamp(noteNs, 1_700_000_000, 0).ToArray());
        }

        DeviceReport device = Tool.Analyze(folder["out"], 0, folder["t"]).Devices.Single();
        Assert.Equal((4_000, 10_000, 10_000), (device.Operations[0].Latency!.D2C!.Count, device.Operations[0].Latency!.D2C!.MinNs, device.Operations[0].Latency!.D2C!.MaxNs));
        Assert.Equal(1, device.QueueDepth!.MaxDepth);
    }

    [Fact]
    public void Messages_are_events_and_keep_their_place()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["t.blktrace.0"], new BlktraceBytes().Event('Q', 10, 0, 4096, BlktraceBytes.Read).Message(30, "first").ToArray());
        File.WriteAllBytes(folder["t.blktrace.1"], new BlktraceBytes().Event('Q', 20, 8, 4096, BlktraceBytes.Read, cpu: 1).Event('Q', 40, 16, 4096, BlktraceBytes.Read, cpu: 1).ToArray());
        using ITraceReader reader = TraceFormats.Open([folder["t"]]);
        Assert.Equal([10, 20, 30, 40], TraceReading.ReadAll(reader).Events.Select(e => e.TimeNs));
    }

    // As blkparse -d writes: events from zero on, the note of the wall clock as it was.
    private static byte[] Dump()
    {
        var bytes = new BlktraceBytes();
        bytes.Timestamp(StartedNs, 1_700_000_000, 0);
        uint[] sequences = new uint[3];
        for (int i = 0; i < 4_000; i++)
        {
            bytes.Event('D', i * 20_000L, (ulong)i * 8, 4096, BlktraceBytes.Read, cpu: (uint)(i % 3), sequence: ++sequences[i % 3]);
            bytes.Event('C', (i * 20_000L) + 10_000, (ulong)i * 8, 4096, BlktraceBytes.Read, cpu: (uint)((i + 1) % 3), sequence: ++sequences[(i + 1) % 3]);
        }

        return bytes.ToArray();
    }

    private static string Numbers(TraceReport report)
    {
        using var json = new MemoryStream();
        ReportJson.Write(report with { Source = new ReportSource("", "", [], 0), Integrity = [] }, json);
        return System.Text.Encoding.UTF8.GetString(json.ToArray());
    }
}

using System.Globalization;
using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Ftrace;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Columns and clocks that perf script, trace-cmd and ftrace can be asked for, as they print them (real output, or that of perf's builtin-script.c).</summary>
public sealed class FtraceColumnTests : IDisposable
{
    private const string Fields = "   block:block_rq_issue: 254,0 RS 131072 () 46804992 + 256 0x2,0,4 [dd]";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("              dd 22031/22031 [001]  1019.931888:          1 " + Fields, 22031, 1)]
    [InlineData("22031  1019.931888: " + Fields, 22031, -1)]
    [InlineData("22031/22031  1019.931888: " + Fields, 22031, -1)]
    [InlineData("  54/54    [001]  1019.931888: " + Fields, 54, 1)]
    [InlineData("   54  1019.931888: " + Fields, 54, -1)]
    [InlineData("   -1 [001]  1019.931888: " + Fields, -1, 1)]
    [InlineData("              dd  1019.931888: " + Fields, -1, -1)]
    [InlineData("         vhost 5  1019.931888: " + Fields, -1, -1)]
    [InlineData("         vhost 5 [001]  1019.931888: " + Fields, -1, 1)]
    [InlineData("dd [001]  1019.931888: " + Fields, -1, 1)]
    [InlineData("[001]  1019.931888: " + Fields, -1, 1)]
    [InlineData("[001] K      1019.931888: " + Fields, -1, 1)]
    [InlineData(" 1019.931888: " + Fields, -1, -1)]
    [InlineData("1019.931888: " + Fields, -1, -1)]
    [InlineData(" 1019.931888:          1 " + Fields, -1, -1)]
    [InlineData("22031   1  1019.931888: " + Fields, 22031, 1)]
    [InlineData("              dd 22031 [001]  1019.931888: " + Fields + " ffffffff81b2b289", 22031, 1)]
    [InlineData("              dd 22031 [001]  1019.931888: " + Fields + " ffffffff81b2b289 dd_insert_requests ([kernel.kallsyms])", 22031, 1)]
    [InlineData("              dd 22031 [001]  1019.931888:                 block:block_rq_issue:                         254,0 RS 131072 () 46804992 + 256 0x2,0,4 [dd]", 22031, 1)]
    [InlineData("^C              dd 22031 [001]  1019.931888: " + Fields, 22031, 1)]
    public void Any_choice_of_columns_gives_the_event(string line, int pid, int cpu)
    {
        TextTraces trace = Read(line + "\n");
        BlockEvent e = Assert.Single(trace.Events);
        Assert.Equal((pid < 0 ? BlockEvent.UnknownPid : pid, cpu < 0 ? BlockEvent.UnknownCpu : (ushort)cpu), (e.Pid, e.Cpu));
        Assert.Equal((1019_931_888_000, 46804992ul, 131072u), (e.TimeNs, e.Sector, e.LengthBytes));
        Assert.True(trace.Diagnostics.IsClean);
        Assert.NotNull(TraceFormats.Recognize(Encoding.ASCII.GetBytes(line + "\n"), new ReadOptions()));
    }

    [Theory]
    [InlineData("06-perf-F-no-comm.txt", 58, 53)]
    [InlineData("07-perf-g-user-frames.txt", 2, 1)]
    [InlineData("16-banner-tpoint.txt", 1, 1)]
    [InlineData("18-perf-F-time-event-trace.txt", 23, 17)]
    [InlineData("21-ftrace-2.6-block_remap.txt", 1, 1)]
    [InlineData("latency-format.txt", 11, 8)]
    public void Files_of_real_tools_are_read_whole(string file, int issues, int completions)
    {
        ReadTrace read = TraceReading.ReadAll(TraceFormats.Open([Repository.Case("ftrace", file)]));
        Assert.Equal((issues, completions), (read.Events.Count(e => e.Action == BlockAction.Issue), read.Events.Count(e => e.Action == BlockAction.Complete)));
        Assert.True(read.Diagnostics.IsClean);
        Assert.Equal(file.StartsWith("21", StringComparison.Ordinal) ? 1 : 0, read.Events.Count(e => e.Action == BlockAction.Remap));
    }

    [Theory]
    [InlineData("              dd 22031 [001]     0.000000: {0}\n              dd 22031 [001]     0.000215: {0}\n              dd 22031 [001]     0.000002: {0}\n", "--deltatime")]
    [InlineData("              dd-28967   [000] .....            3: block_rq_issue: 254,0 RS 131072 () 46804992 + 256 [dd]\n", "ticks")]
    [InlineData("              dd-28967   [000] ..... 3322921269668: block_rq_issue: 254,0 RS 131072 () 46804992 + 256 [dd]\n", "ticks")]
    [InlineData("              dd-28967   [000] .....  1279.737520: block_rq_issue: dev=0xfe00000 (266338304) sector=0x2ca1a00 (46799360)\n", "field by field")]
    [InlineData("              dd 22031 [001] {0}\n", "without times")]
    [InlineData("block_rq_issue: 254,0 RS 131072 () 46804992 + 256 [dd]\n", "without times")]
    [InlineData("              dd 22031 [001]  1019.931888: 254,0 RS 131072 () 46804992 + 256 0x2,0,4 [dd]\n", "without names")]
    [InlineData(" 1019.931888: 254,0 RS 131072 () 46804992 + 256 0x2,0,4 [dd]\n", "without names")]
    [InlineData("              dd 22031 [001]  1019.931888:    block:block_rq_issue: \n", "without fields")]
    [InlineData("              dd 22031 [001]  1019.931888:    sched:sched_switch: prev_comm=dd prev_pid=1 ==> next_comm=fio next_pid=5\n", "without events of the block layer")]
    public void What_cannot_be_read_is_refused_with_its_reason(string text, string reason)
    {
        string path = _folder["trace.txt"];
        File.WriteAllText(path, string.Format(CultureInfo.InvariantCulture, text, Fields));
        TraceException exception = Assert.Throws<TraceException>(() => TraceFormats.Open([path]));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("trace.txt: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_between_events_are_refused_and_times_since_the_start_are_not()
    {
        TraceException exception = Assert.Throws<TraceException>(() => TraceFormats.Open([Repository.Case("ftrace", "19-perf-deltatime.txt")]));
        Assert.Contains("--deltatime", exception.Message, StringComparison.Ordinal);

        // perf script --reltime, and two such outputs in one file.
        string text = string.Concat(Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"              dd 22031 [001]     0.{i:d6}: {Fields}\n")));
        Assert.Equal(100, Read(text).Events.Count);
        Assert.Equal(200, Read(text + text).Events.Count);
    }

    [Theory]
    [InlineData("          <idle>-0       [000] d..2.   100.{0:d6}: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=python3 next_pid=4242 next_prio=120\n", 700)]
    [InlineData("         swapper     0 [000]     0.000000: PERF_RECORD_MMAP -1/0: [0xffffffff81000000(0x120bb08) @ 0xffffffff8{0:d7}]: x [kernel.kallsyms]_text\n", 0)]
    [InlineData(" 1010.{0:d6}:   sched:sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=python3 next_pid=4242 next_prio=120\n", 700)]
    public void The_first_event_may_come_late(string line, int others)
    {
        var text = new StringBuilder("# tracer: nop\n#\n");
        for (int i = 0; i < 700; i++)
            text.AppendFormat(CultureInfo.InvariantCulture, line, i);
        text.Append("              dd 22031 [001]  1019.931888: ").Append(Fields).Append('\n');
        Assert.True(text.Length > TraceFormat.SniffBytes);
        foreach (string packing in (string[])["", "gz"])
        {
            File.WriteAllBytes(_folder["trace"], Tars.Pack(Encoding.ASCII.GetBytes(text.ToString()), packing));
            ReadTrace read = TraceReading.ReadAll(TraceFormats.Open([_folder["trace"]]));
            Assert.Single(read.Events);
            Assert.Equal(others, read.Diagnostics[ReadCounter.OtherEvents]);
            Assert.True(read.Diagnostics.IsClean);
        }
    }

    [Fact]
    public void Stack_frames_of_any_width_are_no_damage()
    {
        const string Text = """
            dd 22031 [001]  1019.931888:    block:block_rq_issue: 254,0 RS 131072 () 46804992 + 256 0x2,0,4 [dd]
            	ffffffff81b47d7f blk_mq_start_request+0xcf ([kernel.kallsyms])
              blk-mq.c:1234
            	ffffffffc0a1b2c3 nvme_queue_rq+0x123 ([nvme])
              [nvme][ffffffffc0a1b2c3]
            	ffffffff81b47d80 blk_mq_run_hw_queue+0xcf (inlined)
            	           f82ad read+0xd (/usr/lib/x86_64-linux-gnu/libc.so.6)
            	               7 [unknown] ([unknown])
            	               0 std::operator<<(std::ostream&, char const*)+0x1 (/usr/bin/dd)
            	ffffffff81b47d7f
            	ffffffff81b47d7f blk_mq_start_request
                       f82ad read+0xd (/usr/lib/x86_64-linux-gnu/libc.so.6)

            dd 22031 [001]  1019.931889:    block:block_rq_issue: 254,0 RS 131072 () 46804992 + 256 0x2,0,4 [dd]
            	ffffffff81b47d7f
             fio-477   [000] .....  1019.931890: <stack trace>
             => __elv_add_request
             =>  <00007f9c1d2ad0f8>
             =>

            """;
        using var reader = FtraceReader.Open(TraceReading.Parts(Encoding.ASCII.GetBytes(Text.ReplaceLineEndings("\n"))), new ReadOptions());
        ReadTrace read = TraceReading.ReadAll(reader);
        Assert.True(read.Diagnostics.IsClean);
        Assert.Equal(2, read.Events.Count);
        Assert.Equal(["blk_mq_start_request", "nvme_queue_rq", "blk_mq_run_hw_queue"], reader.Stacks.Frames(read.Events[0].Stack));
        Assert.Equal(["0xffffffff81b47d7f"], reader.Stacks.Frames(read.Events[1].Stack));
    }

    [Fact]
    public void Other_tracepoints_are_counted_but_no_loss()
    {
        File.WriteAllText(_folder["t"], """
             fio-7 [000] 1.000001: block_io_start: 259,0 R 4096 () 16 + 8 [fio]
             fio-7 [000] 1.000002: block_rq_issue: 259,0 R 4096 () 16 + 8 [fio]
             fio-7 [000] 1.000003: block_rq_error: 259,0 R () 16 + 8 [-5]
             fio-7 [000] 1.000004: block_rq_complete: 259,0 R () 16 + 8 [-5]
             fio-7 [000] 1.000005: block_io_done: 259,0 R 4096 () 16 + 8 [fio]

            """);
        ToolResult result = Tool.Run("info", _folder["t"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("no losses found", result.Output, StringComparison.Ordinal);
        Assert.Contains("3 events of other tracepoints, left out [otherEvents] (first: t, byte 0)", result.Output, StringComparison.Ordinal);
        Assert.False(Tool.Analyze(_folder["out"], 0, _folder["t"]).HasLosses);
    }

    private static TextTraces Read(string text)
    {
        using FtraceReader reader = FtraceReader.Open(new TraceParts("t", [TextTraces.Input(text)], 0), new ReadOptions());
        return TextTraces.Read(reader);
    }
}

using TraceAnalyzer.Cli.Capture.Tracers;

namespace TraceAnalyzer.Tests.Capture;

/// <summary>Who started whom, from the text of the scheduler's tracepoints.</summary>
public sealed class ForkLogTests
{
    [Fact]
    public void Children_of_children_are_found_under_their_last_names_and_others_are_not()
    {
        const string Text = """
                          sh-100     [001] .....   123.000001: sched_process_fork: comm=sh pid=100 child_comm=sh child_pid=101
                       other-300     [001] .....   123.000002: sched_process_fork: comm=other pid=300 child_comm=a pid=100 child_pid=301
                          dd-101     [000] .....   123.000003: sched_process_exec: filename=/usr/bin/dd pid=101 old_pid=101
                          dd-101     [000] .....   123.000004: sched_process_fork: comm=dd pid=101 child_comm=a b pid=7 child_pid=102
                        late-102     [000] .....   123.000005: sched_process_exec: filename=/opt/a program with a long name pid=102 old_pid=102
            CPU:1 [LOST 5 EVENTS]
                       other-301     [000] .....   123.000006: sched_process_exec: filename=/usr/bin/cat pid=301 old_pid=301
                          sh-100     [001] .....   123.000007: sched_process_fork: comm=sh pid=100 child_comm=
            """;

        Assert.Equal([(101, "dd"), (102, "a program with ")], ForkLog.DescendantsIn(Text, [100]).Select(thread => (thread.Key, thread.Value)).Order());
    }
}

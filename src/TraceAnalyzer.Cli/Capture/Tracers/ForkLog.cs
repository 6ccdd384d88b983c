using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TraceAnalyzer.Cli.Capture.Processes;

//               sh-1234    [001] .....  123.456789: sched_process_fork: comm=sh pid=1234 child_comm=sh child_pid=1235
//               dd-1235    [000] .....  123.457001: sched_process_exec: filename=/usr/bin/dd pid=1235 old_pid=1235
namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>
/// Notes which thread started which, in an instance of tracefs of its own: looking at <c>/proc</c> now and then misses the children of a shell that live for a moment.
/// </summary>
internal sealed class ForkLog
{
    private const string Forked = ": sched_process_fork: ";
    private const string Executed = ": sched_process_exec: filename=";
    private const string BufferKiB = "1024";
    private const int MostBytes = 64 << 20;

    private readonly string _instance;

    private ForkLog(string instance) => _instance = instance;

    /// <summary>Begins to note; null if the kernel has no such tracepoints.</summary>
    public static ForkLog? Start(UndoLog undo)
    {
        if (Tracefs.Root is not { } root || !Directory.Exists(root + "/events/sched/sched_process_fork"))
            return null;
        var log = new ForkLog(string.Create(CultureInfo.InvariantCulture, $"{root}/instances/traceanalyzer-{Environment.ProcessId}-forks"));
        if (undo.MakeFolder(log._instance) is not null)
            return null;
        Tracefs.SetText(log._instance, BufferKiB);
        return KernelFile.Write(log._instance + "/events/sched/sched_process_fork/enable", "1") is null && KernelFile.Write(log._instance + "/events/sched/sched_process_exec/enable", "1") is null ? log : null;
    }

    /// <summary>Ends, and gives the names of all threads that some began, by their numbers; those it began with among them if they executed a program.</summary>
    public IReadOnlyDictionary<int, string> Read(IEnumerable<int> roots)
    {
        _ = KernelFile.Write(_instance + "/events/enable", "0");
        var text = new StringBuilder();
        using (SafeFileHandle? pipe = LinuxCalls.OpenNonBlocking(_instance + "/trace_pipe"))
        {
            byte[] buffer = new byte[64 * 1024];
            for (int count = pipe is null ? 0 : LinuxCalls.Read(pipe, buffer); count > 0 && text.Length < MostBytes; count = LinuxCalls.Read(pipe!, buffer))
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return DescendantsIn(text.ToString(), roots);
    }

    /// <summary>The threads that <paramref name="roots"/> began by a text of the two tracepoints.</summary>
    internal static IReadOnlyDictionary<int, string> DescendantsIn(string text, IEnumerable<int> roots)
    {
        var tree = new HashSet<int>(roots);
        var names = new Dictionary<int, string>();
        foreach (string line in text.Split('\n'))
        {
            if (line.IndexOf(Forked, StringComparison.Ordinal) is >= 0 and var fork)
            {
                // Names may hold blanks, but the last of each word counts.
                int child = line.LastIndexOf(" child_pid=", StringComparison.Ordinal);
                int name = line.LastIndexOf(" child_comm=", StringComparison.Ordinal);
                int parent = name < 0 ? -1 : line.LastIndexOf(" pid=", name, StringComparison.Ordinal);
                if (parent > fork && Number(line, child + " child_pid=".Length, line.Length) is { } begun && Number(line, parent + " pid=".Length, name) is { } by && tree.Contains(by))
                {
                    tree.Add(begun);
                    names[begun] = line[(name + " child_comm=".Length)..child];
                }
            }
            else if (line.IndexOf(Executed, StringComparison.Ordinal) is >= 0 and var exec)
            {
                int pid = line.LastIndexOf(" pid=", StringComparison.Ordinal);
                int old = line.LastIndexOf(" old_pid=", StringComparison.Ordinal);
                if (pid > exec && old > pid && Number(line, pid + " pid=".Length, old) is { } thread && tree.Contains(thread))
                    names[thread] = ProcessWatch.NameOf(line[(exec + Executed.Length)..pid]);
            }
        }

        return names;
    }

    private static int? Number(string line, int start, int end) => int.TryParse(line.AsSpan(start, end - start).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}

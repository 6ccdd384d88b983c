using System.Globalization;
using TraceAnalyzer.Cli.Capture.Processes;

// owner 1234 8861234
// write /sys/kernel/tracing/current_tracer nop
// rmdir /sys/kernel/tracing/instances/traceanalyzer-1234
namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>
/// What has to be undone of the machine's settings. Each change is noted in a file before it is made, so that another process can undo it if this one
/// is killed: the guard that was started with it, the next capture, or <c>capture --cleanup</c>.
/// </summary>
internal sealed class UndoLog : IDisposable
{
    private const string Folder = "/run/traceanalyzer";
    private const string Ending = ".undo";
    private const string NewInstance = "rmdir";
    private const string OldValue = "write";
    private const int Attempts = 20;

    // What a log may change: it is root that undoes it.
    private static readonly string[] s_allowed = ["/sys/kernel/tracing/", "/sys/kernel/debug/tracing/", "/sys/block/", "/sys/fs/cgroup/"];

    private readonly string _path;

    private UndoLog(string path) => _path = path;

    /// <summary>The file.</summary>
    public string FilePath => _path;

    /// <summary>Begins the log of this process.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This is not root.</exception>
    public static UndoLog Begin()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        int id = Environment.ProcessId;
        string path = Path.Combine(Folder, id.ToString(CultureInfo.InvariantCulture) + Ending);
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"owner {id} {StartOf(id)}\n"));
        return new UndoLog(path);
    }

    /// <summary>Writes a value into a file of the kernel and notes the old one; does nothing if it has the value already.</summary>
    /// <returns>Null, or why it was not taken.</returns>
    public string? Set(string file, string value)
    {
        if (CurrentValue(file) is not { } old)
            return "cannot be read";
        if (old == value)
            return null;
        Note($"{OldValue} {file} {old}");
        return KernelFile.Write(file, value);
    }

    /// <summary>Makes a folder of the kernel that goes away with the capture: an instance of a tracer, or a control group.</summary>
    /// <returns>Null, or why it was not made.</returns>
    public string? MakeFolder(string folder)
    {
        Note($"{NewInstance} {folder}");
        try
        {
            Directory.CreateDirectory(folder);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Undoes everything.</summary>
    public void Dispose() => Undo(_path);

    /// <summary>Undoes what captures left behind that did not come to their end.</summary>
    /// <returns>A sentence for each change that was undone, or that could not be.</returns>
    public static IReadOnlyList<string> Mend()
    {
        var done = new List<string>();
        foreach (string name in KernelFile.Names(Folder).Where(name => name.EndsWith(Ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            string path = Path.Combine(Folder, name);
            if (!IsOwned(path))
                done.AddRange(Undo(path));
        }

        return done;
    }

    /// <summary>Undoes the changes of one log, the last first, and removes it; what cannot be undone stays in it.</summary>
    public static IReadOnlyList<string> Undo(string path)
    {
        try
        {
            // One at a time: the guard of a killed capture and the next one may come at once.
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            using var reader = new StreamReader(file);
            string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var done = new List<string>();
            var left = new List<string>();
            foreach (string line in lines.Skip(1).Reverse())
            {
                string? fault = UndoLine(line);
                done.Add(fault is null ? $"undone: {line}" : $"not undone: {line}: {fault}");
                if (fault is not null)
                    left.Insert(0, line);
            }

            if (left.Count == 0)
            {
                File.Delete(path);
                return done;
            }

            file.SetLength(0);
            file.Write(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', [lines[0], .. left]) + "\n"));
            return done;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The value of a file of the kernel: of a choice, the one in brackets; of a buffer that is not made yet, the size it will have.</summary>
    internal static string? CurrentValue(string file)
    {
        string? text = KernelFile.Read(file);
        const string Expanded = "(expanded: ";
        if (text is null)
            return null;
        if (text.IndexOf(Expanded, StringComparison.Ordinal) is >= 0 and var size)
            return text[(size + Expanded.Length)..].TrimEnd(')');
        int open = text.IndexOf('[', StringComparison.Ordinal);
        int close = text.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open ? text[(open + 1)..close] : text;
    }

    private static string? UndoLine(string line)
    {
        string[] words = line.Split(' ', 3);
        if (words.Length < 2 || !Array.Exists(s_allowed, allowed => words[1].StartsWith(allowed, StringComparison.Ordinal)) || words[1].Split('/').Contains(".."))
            return "is not a change that capture makes";
        switch (words)
        {
            // A device that is gone has nothing to undo.
            case [OldValue, var file, var value]:
                return File.Exists(file) ? KernelFile.Write(file, value) : null;
            case [NewInstance, var folder]:
                return Remove(folder);
            default:
                return "is not understood";
        }
    }

    // The kernel lets go of what used it a moment after the last user is gone.
    private static string? Remove(string folder)
    {
        string? fault = null;
        for (int i = 0; i < Attempts && Directory.Exists(folder); i++)
        {
            fault = LinuxCalls.RemoveFolder(folder) ? null : "it is in use";
            if (fault is not null)
                Thread.Sleep(50);
        }

        return fault;
    }

    private static bool IsOwned(string path)
    {
        string[] words = (KernelFile.Lines(path).FirstOrDefault() ?? "").Split(' ');
        return words is ["owner", var id, var start] && int.TryParse(id, CultureInfo.InvariantCulture, out int process) && StartOf(process) is { } started && started == start;
    }

    // Numbers of processes come again, with a later start.
    private static string? StartOf(int process) => ProcessStat.Of(process)?.StartTicks.ToString(CultureInfo.InvariantCulture);

    private void Note(string line) => File.AppendAllText(_path, line + "\n");
}

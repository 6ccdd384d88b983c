using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Cli.Capture.Processes;

/// <summary>The command that is recorded: started with its output through this process, and first to get Ctrl-C.</summary>
internal sealed class CommandProcess : IDisposable
{
    // A child of the command may keep its output open for ever.
    private static readonly TimeSpan s_patienceForOutput = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patienceForStart = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<Process> _started = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly Process _process;
    private readonly Thread[] _copies;

    private CommandProcess(ProcessStartInfo start, StampedOutput output)
    {
        // Before the command, which may be waited for and interrupted as soon as it runs.
        _signals = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP]).Select(signal => PosixSignalRegistration.Create(signal, Pass))];
        try
        {
            _process = Process.Start(start)!;
        }
        catch
        {
            Release();
            throw;
        }

        _started.SetResult(_process);
        Process process = _process;
        _copies =
        [
            new Thread(() => output.Copy(process.StandardOutput.BaseStream, isError: false)) { IsBackground = true, Name = "stdout" },
            new Thread(() => output.Copy(process.StandardError.BaseStream, isError: true)) { IsBackground = true, Name = "stderr" },
        ];
        foreach (Thread copy in _copies)
            copy.Start();
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="group">The control group to run it in; null for that of this process.</param>
    /// <param name="output">Takes its output.</param>
    /// <exception cref="UsageException">There is no such program.</exception>
    public static CommandProcess Start(IReadOnlyList<string> command, MemoryGroup? group, StampedOutput output)
    {
        // The shell goes into the group and becomes the command, which so is in it from its first page on.
        string[] words = group is null ? [.. command] : ["/bin/sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", group.ProcessesFile, .. command];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Python keeps what it prints into a pipe for itself until it is 8 KiB, and lines would get the time of its end.
        start.Environment["PYTHONUNBUFFERED"] = "1";
        try
        {
            return new CommandProcess(start, output);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new UsageException($"'{command[0]}' cannot be started: {exception.Message}");
        }
    }

    /// <summary>True if there is such a program, here or on the PATH.</summary>
    public static bool IsThere(string program) => program.Contains('/') ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code; 128 and the signal's number if one ended it.</returns>
    public int Wait()
    {
        _process.WaitForExit();
        long until = Stopwatch.GetTimestamp() + (long)(s_patienceForOutput.TotalSeconds * Stopwatch.Frequency);
        foreach (Thread copy in _copies)
            copy.Join(TimeSpan.FromSeconds(Math.Max(0, (double)(until - Stopwatch.GetTimestamp()) / Stopwatch.Frequency)));
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        _process.Dispose();
    }

    /// <summary>A command line that a shell takes for these words.</summary>
    public static string Quoted(IEnumerable<string> words) => string.Join(' ', words.Select(word =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=:,+%@".Contains(letter, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));

    private void Release()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
    }

    private void Pass(PosixSignalContext context)
    {
        context.Cancel = true;
        bool interrupts = context.Signal == PosixSignal.SIGINT;
        // Ctrl-C of a terminal reaches all of its foreground; twice would make some programs give up without tidying.
        if ((!interrupts || !LinuxCalls.IsForegroundOfTerminal()) && _started.Task.Wait(s_patienceForStart))
            LinuxCalls.Signal(_started.Task.Result.Id, terminate: !interrupts);
    }
}

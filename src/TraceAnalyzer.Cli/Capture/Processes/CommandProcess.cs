using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Cli.Capture.Processes;

/// <summary>The command that is recorded: started with its output through this process, and first to get Ctrl-C.</summary>
internal sealed class CommandProcess : IDisposable
{
    // A child of the command may keep its output open for ever.
    private static readonly TimeSpan s_patienceForOutput = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Thread[] _copies;

    private CommandProcess(Process process, StampedOutput output)
    {
        _process = process;
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
            return new CommandProcess(Process.Start(start)!, output);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new UsageException($"'{command[0]}' cannot be started: {exception.Message}");
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="interrupted">Called for Ctrl-C and other signals, after the command got them.</param>
    /// <returns>Its exit code; 128 and the signal's number if one ended it.</returns>
    public int Wait(Action interrupted)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Pass(context, terminate: false, interrupted));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Pass(context, terminate: true, interrupted));
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Pass(context, terminate: true, interrupted));
        _process.WaitForExit();
        long until = Stopwatch.GetTimestamp() + (long)(s_patienceForOutput.TotalSeconds * Stopwatch.Frequency);
        foreach (Thread copy in _copies)
            copy.Join(TimeSpan.FromSeconds(Math.Max(0, (double)(until - Stopwatch.GetTimestamp()) / Stopwatch.Frequency)));
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    /// <summary>A command line that a shell takes for these words.</summary>
    public static string Quoted(IEnumerable<string> words) => string.Join(' ', words.Select(word =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=:,+%@".Contains(letter, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));

    private void Pass(PosixSignalContext context, bool terminate, Action interrupted)
    {
        context.Cancel = true;
        // Ctrl-C of a terminal reaches all of its foreground; twice would make some programs give up without tidying.
        if (terminate || !LinuxCalls.IsForegroundOfTerminal())
            LinuxCalls.Signal(_process.Id, terminate);
        interrupted();
    }
}

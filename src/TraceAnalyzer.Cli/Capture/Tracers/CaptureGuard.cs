using System.Diagnostics;

namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>
/// A process that outlives a capture that is killed: it waits for the end of a pipe whose other end only the capture has, then undoes what is still in the
/// capture's <see cref="UndoLog"/>. After a capture that came to its end there is nothing left to undo.
/// </summary>
internal sealed class CaptureGuard : IDisposable
{
    private readonly Process? _process;

    private CaptureGuard(Process? process) => _process = process;

    /// <summary>Starts it for a log.</summary>
    public static CaptureGuard Start(UndoLog log)
    {
        string[] self = SelfCommand();
        var start = new ProcessStartInfo(self[0], [.. self[1..], "capture", "--guard", log.FilePath]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return new CaptureGuard(Process.Start(start));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Without it the next capture, or --cleanup, mends what a killed one left.
            return new CaptureGuard(null);
        }
    }

    /// <summary>What the guard does.</summary>
    public static void Wait(string logPath)
    {
        LinuxCalls.LeaveSession();
        using Stream input = Console.OpenStandardInput();
        Span<byte> buffer = stackalloc byte[1];
        while (input.Read(buffer) > 0)
        {
            // Nothing is ever sent.
        }

        _ = UndoLog.Undo(logPath);
    }

    /// <summary>Lets it end.</summary>
    public void Dispose()
    {
        _process?.StandardInput.Close();
        _process?.WaitForExit();
        _process?.Dispose();
    }

    // A program of its own, or the library that dotnet runs.
    private static string[] SelfCommand()
    {
        string program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [program];
    }
}

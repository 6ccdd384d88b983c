using System.ComponentModel;
using System.Diagnostics;

namespace TraceAnalyzer.Cli.Capture;

/// <summary>Programs that may be installed.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>What a program prints; null if it is not installed, fails, or does not end within 10 s.</summary>
    public static string? Output(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> text = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            return process.ExitCode == 0 && Task.WaitAll([text, error], s_patience) ? text.Result : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

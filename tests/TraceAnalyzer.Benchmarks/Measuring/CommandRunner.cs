using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>Runs commands one at a time and measures them.</summary>
public static partial class CommandRunner
{
    private const int RusageChildren = -1;

    // Each look takes a core from the command for a moment.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs a command in a folder, which gets whatever it writes beside it.</summary>
    /// <exception cref="InvalidOperationException">The command failed; a benchmark of a failure says nothing.</exception>
    public static Measurement Run(Contestant contestant, string folder)
    {
        ArgumentNullException.ThrowIfNull(contestant);

        // exec: the measured process is the command itself and not a shell around it.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec " + contestant.CommandLine + " > /dev/null");
        WriteBack();
        double cpuBefore = ChildrenCpuSeconds() ?? 0;
        long startTime = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        double peak = 0;
        while (!process.WaitForExit(s_betweenLooks))
            peak = Math.Max(peak, PeakMebibytes(process.Id));
        double wall = Stopwatch.GetElapsedTime(startTime).TotalSeconds;
        double? cpu = ChildrenCpuSeconds() - cpuBefore;
        if (process.ExitCode != 0)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{contestant.Name} ended with exit code {process.ExitCode}: {contestant.CommandLine}\n{errors.Result}"));
        return new Measurement(wall, cpu, peak > 0 ? peak : null, Timing(errors.Result, "analysis"), Timing(errors.Result, "figures"));
    }

    // What the command before has written is on the disk before the next is measured; else the kernel writes it meanwhile.
    private static void WriteBack()
    {
        if (IsInstalled("sync"))
            Output("sync");
    }

    /// <summary>Whether a command of this name is installed.</summary>
    public static bool IsInstalled(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, command)));

    /// <summary>What a command prints, for versions and the like; empty if it is not there.</summary>
    public static string Output(string command, params string[] arguments)
    {
        if (!IsInstalled(command))
            return "";
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return output.Trim();
    }

    /// <summary>Finds <c>timing: NAME 0.812 s</c> among the lines that the tool printed.</summary>
    private static double? Timing(string errors, string name)
    {
        string start = "timing: " + name + " ";
        foreach (string line in errors.Split('\n'))
        {
            if (line.StartsWith(start, StringComparison.Ordinal)
                && double.TryParse(line[start.Length..].Replace(" s", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
            {
                return seconds;
            }
        }

        return null;
    }

    private static double PeakMebibytes(int processId)
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        try
        {
            foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return double.Parse(line["VmHWM:".Length..^"kB".Length], NumberStyles.Float, CultureInfo.InvariantCulture) / 1024;
            }
        }
        catch (IOException)
        {
            // It ended between the wait and the look.
        }

        return 0;
    }

    /// <summary>User and system time of all ended children so far; null if unknown.</summary>
    private static double? ChildrenCpuSeconds()
    {
        if (!OperatingSystem.IsLinux() || GetResourceUsage(RusageChildren, out ResourceUsage usage) != 0)
            return null;
        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetResourceUsage(int who, out ResourceUsage usage);

    /// <summary><c>struct rusage</c> of 64-bit Linux: two times, then 14 counters that are not used here.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct ResourceUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}

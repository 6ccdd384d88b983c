using System.Diagnostics;
using System.Globalization;
using System.Text;
using TraceAnalyzer.Cli;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>What a run of the command returned and printed.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error);

/// <summary>Runs the command as its users do: within this process, or as a process of its own.</summary>
internal static class Tool
{
    /// <summary>Runs it within this process.</summary>
    public static ToolResult Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.RunAsync(args, output, error, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        return new ToolResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Analyzes into <paramref name="folder"/> and reads the report back. Fails if the exit code is another.</summary>
    public static TraceReport Analyze(string folder, int exitCode, params string[] args)
    {
        ToolResult result = Run(["analyze", .. args, "-o", folder]);
        Assert.Equal("", result.Error);
        Assert.Equal(exitCode, result.ExitCode);
        return ReadReport(folder);
    }

    /// <summary>The report in a folder.</summary>
    public static TraceReport ReadReport(string folder)
    {
        using FileStream json = File.OpenRead(Path.Combine(folder, ReportJson.FileName));
        return ReportJson.Read(json);
    }

    /// <summary>Starts a process of its own, its three streams redirected.</summary>
    public static Process Start(params string[] args) => StartProgram("dotnet", [Path.Combine(AppContext.BaseDirectory, "traceanalyzer.dll"), .. args]);

    /// <summary>Runs a shell's command line in which <c>$tool</c> is the command.</summary>
    public static ToolResult RunInShell(string commands)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");
        string tool = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "traceanalyzer.dll")}'";
        using Process shell = StartProgram("bash", ["-c", $"set -o pipefail; tool() {{ {tool} \"$@\"; }}; {commands}"]);
        shell.StandardInput.Close();
        return End(shell);
    }

    /// <summary>Interrupts a process as Ctrl-C does.</summary>
    public static void Interrupt(Process process)
    {
        // A shell without job control starts background jobs, and so perhaps this test, with Ctrl-C ignored, which children inherit.
        string signal = IgnoresInterrupts() ? "-TERM" : "-INT";
        using Process kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Reads what a process prints and waits for its end.</summary>
    public static ToolResult End(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        // The patience only ends a test that would never end.
        bool ended = process.WaitForExit(TimeSpan.FromMinutes(5));
        if (!ended)
            process.Kill(entireProcessTree: true);
        Assert.True(ended, "the process did not end");
        return new ToolResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>True if a program is on the path.</summary>
    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Starts any program in the repository's root, its three streams redirected.</summary>
    public static Process StartProgram(string program, string[] args) => Process.Start(new ProcessStartInfo(program, args)
    {
        WorkingDirectory = Repository.Root,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
    })!;

    // proc(5): a mask in which bit 1 is SIGINT.
    private static bool IgnoresInterrupts() =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (ulong.Parse(line.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 2) != 0;
}

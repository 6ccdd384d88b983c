using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Cli.Capture;
using TraceAnalyzer.Cli.Capture.Processes;
using TraceAnalyzer.Cli.Capture.Recording;
using TraceAnalyzer.Cli.Capture.Tracers;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Cli.Commands;

/// <summary><c>traceanalyzer capture</c>: records a run and everything needed to understand it into a folder, and analyzes it.</summary>
internal static class CaptureCommand
{
    private const string ReportFolder = "report";
    private const long LeastMemoryBytes = 4L << 20;

    /// <summary>Records a run.</summary>
    /// <param name="options">What to record.</param>
    /// <param name="error">Where to say what is recorded; standard output is the command's.</param>
    /// <returns>The command's exit code; where that is 0, <see cref="ExitCode.Losses"/> if a gate failed.</returns>
    /// <exception cref="UsageException">It cannot be recorded as asked.</exception>
    /// <exception cref="TraceException">Nothing can trace here, or the folder cannot be written.</exception>
    public static int Run(CaptureOptions options, TextWriter error)
    {
        if (!OperatingSystem.IsLinux())
            throw new UsageException("capture records on Linux only; analyze reads a recorded run anywhere");
        if (LinuxCalls.IsRoot)
            Cleanup(error);
        else if (NeedsRoot(options) is { Length: > 0 } missing)
            return RefuseWithoutRoot(options, missing, error);
        var run = new CaptureRun(options, error);
        int code = run.Record();
        bool isTrusted = SayGates(run.Facts!.Gates, options.Output, error);
        if (options.Analyzes)
            Analyze(options, error);
        if (LinuxCalls.IsRoot)
            OutputPlace.GiveToInvoker(options.Output);
        return code != 0 ? code : (int)(isTrusted ? ExitCode.Success : ExitCode.Losses);
    }

    /// <summary>Undoes what captures left behind that were killed together with their guards.</summary>
    public static void Cleanup(TextWriter error)
    {
        foreach (string sentence in UndoLog.Mend())
            error.WriteLine($"traceanalyzer: an earlier capture was killed; {sentence}");
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var output = new Option<string?>("--output", "-o") { Description = "Folder of the run to make; on a disk that is not traced.", HelpName = "folder" };
        var device = new Option<string[]>("--device") { Description = "Device to trace, e.g. nvme0n1; may be repeated. Partitions stand for their disks, arrays and volumes also for their members.", HelpName = "name" };
        var path = new Option<string[]>("--path") { Description = "Trace the device below this file or folder; may be repeated. Default: the paths that the command names, and the current folder.", HelpName = "path" };
        var tracer = new Option<TracerKind>("--tracer")
        {
            Description = "How to trace: blk (the tracer of tracefs, binary), events (tracepoints in an instance of their own, text). Default: auto, the first that is free.",
            HelpName = "auto|blk|events",
            CustomParser = result => CommandLineValues.OneOf(result, TracerKind.Auto, TracerKind.Blk, TracerKind.Events),
        };
        CommandLineValues.Complete(tracer, "auto", "blk", "events");
        var allActions = new Option<bool>("--all-actions") { Description = "Record every action of the block layer (queue, merge, split ...), about four times the data, not only issue, requeue and completion." };
        var noTrace = new Option<bool>("--no-trace") { Description = "Record everything but the trace; needs no root." };
        var noGpu = new Option<bool>("--no-gpu") { Description = "Do not sample GPUs with nvidia-smi." };
        var memoryMax = new Option<long?>("--memory-max") { Description = "Limit of the command's memory, page cache included, e.g. 10GiB.", HelpName = "size", CustomParser = result => CommandLineValues.SizeBytes(result, LeastMemoryBytes) };
        var dropCaches = new Option<bool>("--drop-caches") { Description = "Empty the page cache first." };
        var duration = new Option<long?>("--duration") { Description = "How long to record without a command. Default: until Ctrl-C.", HelpName = "duration", CustomParser = result => CommandLineValues.DurationNs(result, 1_000_000) };
        var pid = new Option<int[]>("--pid") { Description = "Watch a running process and its children; may be repeated.", HelpName = "number" };
        var tokenPattern = new Option<Regex?>("--token-pattern") { Description = "Regular expression; each line of the command's output that matches ends a token.", HelpName = "regex", CustomParser = PatternOf };
        var force = new Option<bool>("--force") { Description = "Record even if the folder lies on a traced device or in limited memory." };
        var noAnalyze = new Option<bool>("--no-analyze") { Description = "Do not analyze the run at the end." };
        var cleanup = new Option<bool>("--cleanup") { Description = "Only restore what a killed capture left of the kernel's tracers." };
        var guard = new Option<string?>("--guard") { Hidden = true };
        var words = new Argument<string[]>("command") { Description = "The command to record, behind --.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Verb(
            "capture",
            "Records a run (trace, logs, GPU, files, settings) into a folder, checks it, and analyzes it. Linux.",
            "traceanalyzer capture -o /data/run --path /offload -- python3 -m flexllmgen.flex_opt --model facebook/opt-6.7b --offload-dir /offload",
            "traceanalyzer capture -o /data/run --drop-caches --memory-max 10GiB -- llama-cli -m /models/moe.gguf -p Hello",
            "traceanalyzer capture -o /data/run --device nvme0n1 --duration 30s")
        {
            output, device, path, tracer, allActions, noTrace, noGpu, memoryMax, dropCaches, duration, pid, tokenPattern, force, noAnalyze, cleanup, guard, words,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(guard) is { } log)
            {
                CaptureGuard.Wait(log);
                return (int)ExitCode.Success;
            }

            TextWriter error = parsed.InvocationConfiguration.Error;
            if (parsed.GetValue(cleanup))
            {
                Cleanup(error);
                return (int)ExitCode.Success;
            }

            var options = new CaptureOptions
            {
                Output = parsed.GetValue(output) is { Length: > 0 } folder ? folder : throw new UsageException("--output is missing; expected a folder to write the run into"),
                Command = parsed.GetValue(words) ?? [],
                Devices = parsed.GetValue(device) ?? [],
                Paths = parsed.GetValue(path) ?? [],
                Tracer = parsed.GetValue(tracer),
                AllActions = parsed.GetValue(allActions),
                Traces = !parsed.GetValue(noTrace),
                SamplesGpus = !parsed.GetValue(noGpu),
                MemoryMaxBytes = parsed.GetValue(memoryMax),
                DropsCaches = parsed.GetValue(dropCaches),
                DurationNs = parsed.GetValue(duration),
                Processes = parsed.GetValue(pid) ?? [],
                TokenPattern = parsed.GetValue(tokenPattern),
                Force = parsed.GetValue(force),
                Analyzes = !parsed.GetValue(noAnalyze),
                Typed = [.. parsed.Tokens.Select(token => token.Value)],
            };
            Check(options);
            return Run(options, error);
        });
        return command;
    }

    private static void Check(CaptureOptions options)
    {
        if (options.Command.Count > 0 && !CommandProcess.IsThere(options.Command[0]))
            throw new UsageException($"'{options.Command[0]}' is not a program{(options.Command[0].Contains('/') ? "" : " on the PATH")}; nothing was recorded");
        if (options.Command.Count > 0 && options.DurationNs is not null)
            throw new UsageException("--duration is for recording without a command; a command is recorded to its end");
        if (options.Command.Count == 0 && options.TokenPattern is not null)
            throw new UsageException("--token-pattern needs a command, whose output it looks at");
        if (options.Command.Count == 0 && options.MemoryMaxBytes is not null)
            throw new UsageException("--memory-max needs a command, whose memory it limits");
        if (options.Processes.FirstOrDefault(process => process <= 0 || !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}"))) is not 0 and var missing)
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--pid: there is no process {missing}"));
    }

    private static Regex? PatternOf(ArgumentResult result)
    {
        try
        {
            return new Regex(result.Tokens[0].Value, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            result.AddError($"--token-pattern: not a regular expression without look-around and back-references: {exception.Message}");
            return null;
        }
    }

    private static string[] NeedsRoot(CaptureOptions options) =>
    [
        .. options.Traces ? ["block tracing"] : Array.Empty<string>(),
        .. options.MemoryMaxBytes is null ? Array.Empty<string>() : ["--memory-max"],
        .. options.DropsCaches ? ["--drop-caches"] : Array.Empty<string>(),
    ];

    private static int RefuseWithoutRoot(CaptureOptions options, string[] missing, TextWriter error)
    {
        string program = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet" ? path : "traceanalyzer";
        error.WriteLine($"traceanalyzer: {string.Join(", ", missing)} {(missing.Length == 1 ? "needs" : "need")} root. Run");
        error.WriteLine($"  sudo env \"PATH=$PATH\" \"HOME=$HOME\" {CommandProcess.Quoted([program])} {CommandProcess.Quoted(options.Typed)}");
        error.WriteLine("or add --no-trace, which records everything else: output with times, files with their extents, processes, GPUs, settings.");
        return (int)ExitCode.Failed;
    }

    private static bool SayGates(IReadOnlyList<Gate> gates, string folder, TextWriter error)
    {
        if (gates.Count == 0)
        {
            error.WriteLine($"traceanalyzer: {PrintableText.Of(folder)} holds the run without a trace");
            return true;
        }

        int failed = gates.Count(gate => gate.State == GateState.Failed);
        error.WriteLine(failed == 0
            ? $"traceanalyzer: {PrintableText.Of(folder)} can be trusted: all {gates.Count(gate => gate.State == GateState.Passed)} gates passed"
            : $"traceanalyzer: {PrintableText.Of(folder)} cannot be trusted as it is: {failed} of {gates.Count} gates failed");
        foreach (Gate gate in gates)
            error.WriteLine($"  {Word(gate.State)} {gate.Name}: {PrintableText.Of(gate.Sentence)}");
        return failed == 0;
    }

    private static string Word(GateState state) => state switch
    {
        GateState.Passed => "ok     ",
        GateState.Failed => "FAILED ",
        _ => "unknown",
    };

    private static void Analyze(CaptureOptions options, TextWriter error)
    {
        using var cancellation = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            cancellation.Cancel();
        });
        try
        {
            var work = new AnalyzeCommand.Work([options.Output], new AnalysisOptions { MaxMemoryBytes = CommonOptions.DefaultMemoryBytes() }, Path.Combine(options.Output, ReportFolder), Overwrite: false, new FigureOptions(), Timing: false, new RunOptions());
            _ = AnalyzeCommand.Run(work, error, error, cancellation.Token);
        }
        catch (Exception exception) when (exception is TraceException or OperationCanceledException or IOException)
        {
            // The run is recorded whatever becomes of its analysis.
            error.WriteLine($"traceanalyzer: not analyzed: {PrintableText.Of(exception is OperationCanceledException ? "interrupted" : exception.Message)}; 'traceanalyzer analyze {CommandProcess.Quoted([options.Output])} -o FOLDER' does it");
        }
    }
}

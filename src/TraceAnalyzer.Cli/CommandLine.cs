using System.CommandLine;
using TraceAnalyzer.Cli.Commands;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Cli;

/// <summary>The whole command: the list of verbs, and what becomes of errors.</summary>
internal static class CommandLine
{
    // A figure or file that is being written when Ctrl-C comes is finished first; none takes longer.
    private static readonly TimeSpan s_cancellationTimeout = TimeSpan.FromSeconds(20);

    /// <summary>The command with all its verbs and options.</summary>
    public static RootCommand Create()
    {
        var console = new ConsoleOptions();
        var root = new RootCommand("Analyzes block-level I/O traces of LLM inference with offloading to NVMe.")
        {
            AnalyzeCommand.Create(console),
            CaptureCommand.Create(),
            CompareCommand.Create(console),
            CompletionCommand.Create(),
            ConvertCommand.Create(console),
            DescribeCommand.Create(console),
            InfoCommand.Create(console),
            TensorsCommand.Create(console),
        };
        console.AddTo(root);
        HelpWithExamples.AddTo(root);
        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="cancellation">Stops the work as Ctrl-C does.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        RootCommand root = Create();
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = s_cancellationTimeout,
        };
        if (args.Length == 0)
        {
            configuration.Output = error;
            await root.Parse("--help").InvokeAsync(configuration, cancellation);
            return (int)ExitCode.Usage;
        }

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            string? answer = Habits.AnswerTo(args, parsed.CommandResult.Command is RootCommand ? null : parsed.CommandResult.Command.Name);
            return FailUsage(parsed, answer is null ? parsed.Errors.Select(parseError => parseError.Message) : [answer], error);
        }

        try
        {
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (UsageException exception)
        {
            return FailUsage(parsed, [exception.Message], error);
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("traceanalyzer: interrupted; nothing was written");
            return (int)ExitCode.Cancelled;
        }
        catch (IOException exception) when (BrokenPipe.Is(exception))
        {
            // Whoever read our output has seen enough ("| head").
            return (int)ExitCode.Success;
        }
        catch (Exception exception) when (exception is TraceException or IOException or UnauthorizedAccessException && !IsOutOfMemory(exception))
        {
            error.WriteLine($"traceanalyzer: {PrintableText.Of(exception.Message)}");
            return (int)ExitCode.Failed;
        }
        catch (Exception exception) when (IsOutOfMemory(exception))
        {
            error.WriteLine("traceanalyzer: not enough memory (a limit of the shell, of a container, or of the machine); nothing was written. Fewer --workers, a filter, or wider bins need less");
            return (int)ExitCode.OutOfMemory;
        }
        catch (Exception exception)
        {
            error.WriteLine($"traceanalyzer: a fault of this program, please report it: {exception}");
            return (int)ExitCode.InternalError;
        }
    }

    // Also as the cause of another: libraries wrap it.
    private static bool IsOutOfMemory(Exception? exception) => exception switch
    {
        null => false,
        OutOfMemoryException or InsufficientExecutionStackException => true,
        AggregateException several => several.InnerExceptions.Any(IsOutOfMemory),
        _ => IsOutOfMemory(exception.InnerException),
    };

    private static int FailUsage(ParseResult parsed, IEnumerable<string> messages, TextWriter error)
    {
        foreach (string message in messages)
            error.WriteLine($"traceanalyzer: {PrintableText.Of(message.ReplaceLineEndings(" "))}");
        string verb = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        error.WriteLine($"Try 'traceanalyzer {verb}--help'.");
        return (int)ExitCode.Usage;
    }
}

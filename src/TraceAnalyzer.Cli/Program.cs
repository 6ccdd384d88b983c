using System.CommandLine;
using TraceAnalyzer;
using TraceAnalyzer.Cli;
using TraceAnalyzer.Cli.Commands;
using TraceAnalyzer.Reports;

var root = new RootCommand("Analyzes block-level I/O traces of LLM inference with offloading to NVMe.")
{
    AnalyzeCommand.Create(),
    InfoCommand.Create(),
    TensorsCommand.Create(),
};

ParseResult parsed = root.Parse(args);
try
{
    int code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    return parsed.Errors.Count > 0 ? (int)ExitCode.Usage : code;
}
catch (UsageException exception)
{
    return Fail(exception, ExitCode.Usage);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("traceanalyzer: interrupted; nothing was written");
    return (int)ExitCode.Cancelled;
}
catch (IOException exception) when (BrokenPipe.Is(exception))
{
    // Whoever read our output has seen enough ("| head").
    return (int)ExitCode.Success;
}
catch (Exception exception) when (exception is TraceException or IOException or UnauthorizedAccessException)
{
    return Fail(exception, ExitCode.Failed);
}

static int Fail(Exception exception, ExitCode code)
{
    Console.Error.WriteLine($"traceanalyzer: {PrintableText.Of(exception.Message)}");
    return (int)code;
}

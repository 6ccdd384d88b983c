using TraceAnalyzer.Cli;

ConsoleStreams.Guard();
try
{
    return await CommandLine.RunAsync(args, Console.Out, Console.Error);
}
catch (IOException)
{
    // Nor can the error be told: standard error is full or nobody reads it any more.
    return (int)ExitCode.Failed;
}

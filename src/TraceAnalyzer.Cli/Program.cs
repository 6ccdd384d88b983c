using TraceAnalyzer.Cli;

ConsoleStreams.Guard();
try
{
    return await CommandLine.RunAsync(args, Console.Out, Console.Error);
}
catch (Exception exception) when (exception is IOException or System.ComponentModel.Win32Exception or OutOfMemoryException)
{
    // Nor can the error be told: standard error is full, or there is no memory to open it.
    return (int)(exception is IOException ? ExitCode.Failed : ExitCode.OutOfMemory);
}

namespace TraceAnalyzer.Cli;

/// <summary>Tells the error of writing into a pipe that nobody reads any more.</summary>
internal static class BrokenPipe
{
    // EPIPE of Linux and macOS; .NET keeps errno in HResult there. ERROR_BROKEN_PIPE and ERROR_NO_DATA of Windows.
    private const int Epipe = 32;
    private const int ErrorBrokenPipe = unchecked((int)0x8007006D);
    private const int ErrorNoData = unchecked((int)0x800700E8);

    public static bool Is(IOException exception) => exception.HResult is Epipe or ErrorBrokenPipe or ErrorNoData;
}

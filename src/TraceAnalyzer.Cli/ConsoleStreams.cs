namespace TraceAnalyzer.Cli;

/// <summary>Standard streams as a process may get them: open or closed.</summary>
internal static class ConsoleStreams
{
    /// <summary>Keeps what is printed from going where it does not belong: the number of a closed stream is that of something else by now.</summary>
    public static void Guard()
    {
        if (StandardStreams.IsClosed(StandardStreams.Output))
            Console.SetOut(new ClosedOutput());
        if (StandardStreams.IsClosed(StandardStreams.Error))
            Console.SetError(TextWriter.Null);
    }

    /// <summary>Standard output as bytes.</summary>
    /// <exception cref="IOException">It is closed.</exception>
    public static Stream OpenOutput() =>
        StandardStreams.IsClosed(StandardStreams.Output) ? throw ClosedOutput.Error() : Console.OpenStandardOutput();
}

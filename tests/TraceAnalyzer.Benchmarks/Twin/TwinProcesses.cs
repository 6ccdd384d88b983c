namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>The two processes of a run: the framework reads, the kernel's writeback writes.</summary>
public static class TwinProcesses
{
    public const int ReaderId = 2181;
    public const int WriterId = 409;

    public static ReadOnlySpan<byte> ReaderName => "python3"u8;

    public static ReadOnlySpan<byte> WriterName => "kworker/u32:3"u8;

    public static int IdOf(in TwinRequest request) => request.IsWrite ? WriterId : ReaderId;
}

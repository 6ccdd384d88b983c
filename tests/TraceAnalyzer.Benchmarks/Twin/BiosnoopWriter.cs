namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>What bcc's biosnoop prints: a line for each completion, with the latency in milliseconds.</summary>
public sealed class BiosnoopWriter : ITwinWriter
{
    private readonly OutputBuffer output;
    private long zeroNs = -1;

    public BiosnoopWriter(string path)
    {
        output = new OutputBuffer(path);
        output.Write("TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  LAT(ms)\n"u8);
    }

    public void Add(in TwinEvent traceEvent)
    {
        if (traceEvent.Action != TwinAction.C)
            return;
        if (zeroNs < 0)
            zeroNs = traceEvent.TimeNs;
        TwinRequest request = traceEvent.Request;
        long sinceMicroseconds = (traceEvent.TimeNs - zeroNs) / 1000;
        output.Write(sinceMicroseconds / 1_000_000);
        output.Write("."u8);
        output.Pad(sinceMicroseconds % 1_000_000, 6, '0');
        output.Write(request.IsWrite ? "    kworker/u32:3  "u8 : "    python3        "u8);
        output.Write(TwinProcesses.IdOf(request));
        output.Write(request.IsWrite ? "   nvme0n1 W "u8 : "   nvme0n1 R "u8);
        output.Write(request.Sector);
        output.Write(" "u8);
        output.Write(KvRun.RequestBytes);
        output.Write(" "u8);
        long latencyHundredths = (request.CompleteNs - request.IssueNs) / 10_000;
        output.Pad(latencyHundredths / 100, 4, ' ');
        output.Write("."u8);
        output.Pad(latencyHundredths % 100, 2, '0');
        output.Write("\n"u8);
    }

    public void Dispose() => output.Dispose();
}

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>The study's bpftrace output: <c>nsecs, rwbs, bytes, sector, nr_sector</c> of each issue.</summary>
public sealed class CsvWriter : ITwinWriter
{
    private readonly OutputBuffer output;

    public CsvWriter(string path)
    {
        output = new OutputBuffer(path);
        output.Write("Attaching 1 probe...\n"u8);
    }

    public void Add(in TwinEvent traceEvent)
    {
        if (traceEvent.Action != TwinAction.D)
            return;
        output.Write(traceEvent.TimeNs);
        output.Write(traceEvent.Request.IsWrite ? ", W, "u8 : ", RA, "u8);
        output.Write(KvRun.RequestBytes);
        output.Write(", "u8);
        output.Write(traceEvent.Request.Sector);
        output.Write(", "u8);
        output.Write(KvRun.RequestBytes / KvRun.SectorBytes);
        output.Write("\n"u8);
    }

    public void Dispose() => output.Dispose();
}

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>What <c>blkparse -q</c> prints of the run: <c>%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]</c>, completions with <c>[%e]</c>.</summary>
public sealed class BlkparseTextWriter(string path) : ITwinWriter
{
    private readonly OutputBuffer output = new(path);
    private long zeroNs = -1;

    public void Add(in TwinEvent traceEvent)
    {
        if (zeroNs < 0)
            zeroNs = traceEvent.TimeNs;
        long sinceNs = traceEvent.TimeNs - zeroNs;
        TwinRequest request = traceEvent.Request;
        output.Write("259,0   "u8);
        output.Pad(request.Cpu, 2, ' ');
        output.Write(" "u8);
        output.Pad(traceEvent.Sequence, 8, ' ');
        output.Write(" "u8);
        output.Pad(sinceNs / 1_000_000_000, 5, ' ');
        output.Write("."u8);
        output.Pad(sinceNs % 1_000_000_000, 9, '0');
        output.Write(" "u8);
        output.Pad(TwinProcesses.IdOf(request), 5, ' ');
        output.Write(traceEvent.Action switch
        {
            TwinAction.Q => "  Q "u8,
            TwinAction.G => "  G "u8,
            TwinAction.D => "  D "u8,
            _ => "  C "u8,
        });
        output.Write(request.IsWrite ? "  W "u8 : " RA "u8);
        output.Write(request.Sector);
        output.Write(" + "u8);
        output.Write(KvRun.RequestBytes / KvRun.SectorBytes);
        output.Write(" ["u8);
        if (traceEvent.Action == TwinAction.C)
            output.Write(0);
        else
            output.Write(request.IsWrite ? TwinProcesses.WriterName : TwinProcesses.ReaderName);
        output.Write("]\n"u8);
    }

    public void Dispose() => output.Dispose();
}

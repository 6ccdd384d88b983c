namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>A log of fio, version 3, of a job that asks for what the device is issued.</summary>
public sealed class FioLogWriter : ITwinWriter
{
    private readonly OutputBuffer output;
    private long zeroNs = -1;

    public FioLogWriter(string path)
    {
        output = new OutputBuffer(path);
        output.Write("fio version 3 iolog\n0 /dev/nvme0n1 add\n0 /dev/nvme0n1 open\n"u8);
    }

    public void Add(in TwinEvent traceEvent)
    {
        if (traceEvent.Action != TwinAction.D)
            return;
        if (zeroNs < 0)
            zeroNs = traceEvent.TimeNs;
        output.Write((traceEvent.TimeNs - zeroNs) / 1000);
        output.Write(traceEvent.Request.IsWrite ? " /dev/nvme0n1 write "u8 : " /dev/nvme0n1 read "u8);
        output.Write(traceEvent.Request.Sector * KvRun.SectorBytes);
        output.Write(" "u8);
        output.Write(KvRun.RequestBytes);
        output.Write("\n"u8);
    }

    public void Dispose() => output.Dispose();
}

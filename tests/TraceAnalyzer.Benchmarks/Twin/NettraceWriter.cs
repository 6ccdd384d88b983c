using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>A <c>.nettrace</c> of issues, with one of two call stacks of 20 frames each, and completions; blocks of about 1 MiB.</summary>
public sealed class NettraceWriter : ITwinWriter
{
    private const int EventsPerBlock = 12_000;
    private const int Frames = 20;
    private const ulong Kernel = 0xFFFF_FFFF_8100_0000;
    private const int ReaderThread = 1;
    private const int WriterThread = 2;

    private readonly FileStream file;
    private readonly NettraceBytes bytes;
    private int events;

    public NettraceWriter(string path)
    {
        file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
        bytes = new NettraceBytes(file: file);
        bytes.Thread(ReaderThread, TwinProcesses.ReaderId, TwinProcesses.ReaderId).Thread(WriterThread, TwinProcesses.WriterId, TwinProcesses.WriterId);
        bytes.Stacks(ReaderThread, Stack(0x1000), Stack(0x2000));
        for (int i = 0; i < Frames; i++)
            bytes.ProcessSymbol(Kernel + 0x1000 + (ulong)(i * 16), Kernel + 0x100F + (ulong)(i * 16), i == Frames / 2 ? "filemap_fault" : "function");
    }

    public void Add(in TwinEvent traceEvent)
    {
        TwinRequest request = traceEvent.Request;
        int thread = request.IsWrite ? WriterThread : ReaderThread;
        string letters = request.IsWrite ? "W" : "RA";
        const int Sectors = KvRun.RequestBytes / KvRun.SectorBytes;
        if (traceEvent.Action == TwinAction.D)
            bytes.IssueEvent(traceEvent.TimeNs, (ulong)request.Sector, Sectors, letters, thread, stack: thread, cpu: request.Cpu, pid: TwinProcesses.IdOf(request));
        else if (traceEvent.Action == TwinAction.C)
            bytes.CompleteEvent(traceEvent.TimeNs, (ulong)request.Sector, Sectors, letters, thread, cpu: request.Cpu, pid: TwinProcesses.IdOf(request));
        else
            return;
        if (++events % EventsPerBlock == 0)
            bytes.EndBlock();
    }

    public void Dispose()
    {
        bytes.End();
        file.Dispose();
    }

    private static ulong[] Stack(ulong start) => [.. Enumerable.Range(0, Frames).Select(i => Kernel + start + ((ulong)i * 16))];
}

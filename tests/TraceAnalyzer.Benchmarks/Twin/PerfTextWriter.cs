namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>What <c>perf script --ns</c> prints of issues and completions.</summary>
public sealed class PerfTextWriter(string path) : ITwinWriter
{
    private readonly OutputBuffer output = new(path);

    public void Add(in TwinEvent traceEvent)
    {
        if (traceEvent.Action is not (TwinAction.D or TwinAction.C))
            return;
        TwinRequest request = traceEvent.Request;
        output.Write(request.IsWrite ? "   kworker/u32:3   "u8 : "         python3  "u8);
        output.Write(TwinProcesses.IdOf(request));
        output.Write(" ["u8);
        output.Pad(request.Cpu, 3, '0');
        output.Write("] "u8);
        output.Pad(traceEvent.TimeNs / 1_000_000_000, 5, ' ');
        output.Write("."u8);
        output.Pad(traceEvent.TimeNs % 1_000_000_000, 9, '0');
        bool isIssue = traceEvent.Action == TwinAction.D;
        output.Write(isIssue ? ":    block:block_rq_issue: 259,0 "u8 : ": block:block_rq_complete: 259,0 "u8);
        output.Write(request.IsWrite ? "W "u8 : "RA "u8);
        if (isIssue)
        {
            output.Write(KvRun.RequestBytes);
            output.Write(" "u8);
        }

        output.Write("() "u8);
        output.Write(request.Sector);
        output.Write(" + "u8);
        output.Write(KvRun.RequestBytes / KvRun.SectorBytes);
        output.Write(" ["u8);
        output.Write(!isIssue ? "0"u8 : request.IsWrite ? TwinProcesses.WriterName : TwinProcesses.ReaderName);
        output.Write("]\n"u8);
    }

    public void Dispose() => output.Dispose();
}

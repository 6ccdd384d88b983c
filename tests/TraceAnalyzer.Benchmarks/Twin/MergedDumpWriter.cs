namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>The dump that <c>blkparse -d</c> makes of the per-CPU set: all CPUs merged, times from the first event on, notes in front.</summary>
public sealed class MergedDumpWriter(string path) : ITwinWriter
{
    private readonly OutputBuffer output = new(path);
    private long zeroNs = -1;

    public void Add(in TwinEvent traceEvent)
    {
        if (zeroNs < 0)
        {
            zeroNs = traceEvent.TimeNs;
            BlktraceRecord.WriteNotes(output, zeroNs);
        }

        BlktraceRecord.Of(traceEvent, traceEvent.TimeNs - zeroNs).WriteTo(output);
    }

    public void Dispose() => output.Dispose();
}

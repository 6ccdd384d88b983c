using System.Globalization;

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>What blktrace leaves: <c>BASE.blktrace.N</c> for each CPU, absolute times, notes in CPU 0's file.</summary>
public sealed class PerCpuSetWriter : ITwinWriter
{
    private readonly OutputBuffer[] outputs = new OutputBuffer[TwinRequests.Cpus];
    private bool begun;

    public PerCpuSetWriter(string basePath)
    {
        for (int cpu = 0; cpu < outputs.Length; cpu++)
            outputs[cpu] = new OutputBuffer(string.Create(CultureInfo.InvariantCulture, $"{basePath}.blktrace.{cpu}"));
    }

    public void Add(in TwinEvent traceEvent)
    {
        if (!begun)
        {
            begun = true;
            BlktraceRecord.WriteNotes(outputs[0], traceEvent.TimeNs);
        }

        BlktraceRecord.Of(traceEvent, traceEvent.TimeNs).WriteTo(outputs[traceEvent.Request.Cpu]);
    }

    public void Dispose()
    {
        foreach (OutputBuffer output in outputs)
            output.Dispose();
    }
}

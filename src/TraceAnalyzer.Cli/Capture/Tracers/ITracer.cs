using TraceAnalyzer.Cli.Capture.Devices;

namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>Writes the block layer's events of some devices into the folder of a run.</summary>
internal interface ITracer : IDisposable
{
    /// <summary>What records, in words.</summary>
    string Name { get; }

    /// <summary>The trace it writes: the base name of a per-CPU set, or a file.</summary>
    string TraceName { get; }

    /// <summary>Bytes written so far.</summary>
    long Bytes { get; }

    /// <summary>Begins to record.</summary>
    /// <param name="devices">Whole devices.</param>
    /// <returns>Null, or why it cannot; then nothing is recorded and nothing changed that the log of changes does not have.</returns>
    string? Start(IReadOnlyList<BlockDevice> devices);

    /// <summary>Ends recording, writes what is still in the kernel's buffers, and counts what was lost.</summary>
    TracerLosses Stop();
}

/// <summary>What did not get into a trace.</summary>
/// <param name="Overrun">Events that the kernel overwrote because they were not read in time.</param>
/// <param name="Dropped">Events that the kernel could not store.</param>
/// <param name="UnwrittenBytes">Bytes of the trace that could not be written into the folder.</param>
/// <param name="Fault">Why; null if nothing failed.</param>
internal sealed record TracerLosses(long Overrun, long Dropped, long UnwrittenBytes, string? Fault)
{
    /// <summary>True if everything is in the trace.</summary>
    public bool AreNone => Overrun == 0 && Dropped == 0 && UnwrittenBytes == 0 && Fault is null;
}

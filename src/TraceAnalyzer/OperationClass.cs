namespace TraceAnalyzer;

/// <summary>
/// What an I/O does to the data. Only <see cref="Read"/> and <see cref="Write"/> move data; discards, flushes and
/// zone operations are never counted as bytes read or written.
/// </summary>
public enum OperationClass : byte
{
    /// <summary>Data from the device.</summary>
    Read,

    /// <summary>Data to the device, zone append included. blktrace also shows write-zeroes as a write; tracepoints show it as <c>N</c>, which is <see cref="Other"/>.</summary>
    Write,

    /// <summary>Discard and secure erase.</summary>
    Discard,

    /// <summary>A flush without data.</summary>
    Flush,

    /// <summary>Zone management, passthrough commands, write-zeroes of tracepoints, unknown.</summary>
    Other,
}

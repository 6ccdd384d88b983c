namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Bytes that one source says were read and written while the run was traced.</summary>
/// <param name="Source">The file, or <see cref="Trace"/>.</param>
/// <param name="By">Who counted: <see cref="ByTrace"/>, <see cref="ByWorkload"/>, <see cref="ByKernel"/> or <see cref="ByDriver"/>.</param>
/// <param name="ReadBytes">Bytes read; null if it does not say.</param>
/// <param name="WriteBytes">Bytes written.</param>
public sealed record MovedBytes(string Source, string By, long? ReadBytes, long? WriteBytes)
{
    /// <summary>The <see cref="Source"/> of what was traced.</summary>
    public const string Trace = "trace";

    /// <summary>Requests of the devices that were traced.</summary>
    public const string ByTrace = "device";

    /// <summary>The program that wanted the data: a framework, a benchmark.</summary>
    public const string ByWorkload = "workload";

    /// <summary>The kernel's counters of the same devices.</summary>
    public const string ByKernel = "kernel";

    /// <summary>A driver beside the kernel's block layer.</summary>
    public const string ByDriver = "driver";

    /// <summary>What is to be known of the numbers; null if nothing is.</summary>
    public string? Remark { get; init; }

    /// <summary>True if the numbers are of another extent than the trace, so that they are shown but not compared.</summary>
    public bool IsNotComparable { get; init; }

    /// <summary>The bytes that the traced devices read over these; null if either is not known or 0, or if they are not comparable.</summary>
    public double? DeviceReadRatio { get; init; }

    /// <summary>The bytes written to the traced devices over these.</summary>
    public double? DeviceWriteRatio { get; init; }
}

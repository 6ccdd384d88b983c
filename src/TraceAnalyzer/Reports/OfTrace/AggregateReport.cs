namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What several devices did together: those that really served the I/O. A device that is made of others (md, device-mapper) is not one of them, as each of its requests is one of theirs.</summary>
public sealed record AggregateReport
{
    /// <summary>The devices, by number, in the order of <see cref="TraceReport.Devices"/>; at least two.</summary>
    public required string[] Devices { get; init; }

    /// <summary>Devices of the trace that are not counted, with the reason, in sentences.</summary>
    public required string[] LeftOut { get; init; }

    /// <summary>
    /// All of them as one device: sums, and what was in flight on any of them. It has no space: <see cref="DeviceReport.Space"/> and
    /// <see cref="DeviceReport.SectorTime"/> are those of each device.
    /// </summary>
    public required DeviceReport Whole { get; init; }

    /// <summary>Why nothing is known of what was in flight together; null if it is known.</summary>
    public string? WithoutDepth { get; init; }

    /// <summary>How evenly the devices shared the work.</summary>
    public required DeviceBalance Balance { get; init; }
}

/// <summary>How evenly devices shared reads and writes.</summary>
public sealed record DeviceBalance
{
    /// <summary>Each device, in the order of <see cref="AggregateReport.Devices"/>.</summary>
    public required DevicePart[] Parts { get; init; }

    /// <summary>Bytes of the device with most over the mean of all: 1 if they share evenly, the number of devices if one does all. Null if nothing was moved.</summary>
    public double? MaxOverMean { get; init; }

    /// <summary>Gini coefficient of the devices' bytes: 0 if they share evenly, 1 - 1/n if one of n does all. Null if nothing was moved.</summary>
    public double? Gini { get; init; }

    /// <summary>
    /// How many devices are busy at once while any is: the sum of their busy times over the time in which anything is in flight on any, from 1 to the number of devices. Null if that is not known.
    /// </summary>
    public double? BusyDevices { get; init; }

    /// <summary><see cref="MaxOverMean"/> of the bytes in each bin of <see cref="TraceReport.Time"/>; 0 in bins in which nothing was moved.</summary>
    public required double[] MaxOverMeanOverTime { get; init; }
}

/// <summary>What one of several devices did.</summary>
/// <param name="Device">Its number.</param>
/// <param name="Requests">Its reads and writes.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="ByteShare">Share of the bytes of all, 0 to 1; 0 if nothing was moved.</param>
/// <param name="BusyNs">Nanoseconds with requests in flight; null if the trace has no completions.</param>
public sealed record DevicePart(string Device, long Requests, long Bytes, double ByteShare, long? BusyNs);

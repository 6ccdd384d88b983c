namespace TraceAnalyzer.Reports;

/// <summary>Use of the GPU.</summary>
public sealed record GpuUse
{
    /// <summary>The log.</summary>
    public required string File { get; init; }

    /// <summary>Number of samples.</summary>
    public required int Samples { get; init; }

    /// <summary>Plain mean of all samples, in percent: the study's number.</summary>
    public double? MeanPercent { get; init; }

    /// <summary>Mean weighted by the time until the next sample, in percent.</summary>
    public double? TimeWeightedMeanPercent { get; init; }

    /// <summary>Longest time between two samples, in nanoseconds.</summary>
    public required long LongestGapNs { get; init; }

    /// <summary>What was added to UTC to get the log's local time, in minutes; null if the log could not be put on the trace's clock.</summary>
    public int? UtcOffsetMinutes { get; init; }

    /// <summary>Shares of the time that log and trace have in common; null if they could not be joined.</summary>
    public BusyShares? Shares { get; init; }

    /// <summary>Time of each sample on the trace's clock; empty if the log could not be put on it.</summary>
    public required long[] SampleNs { get; init; }

    /// <summary>Utilisation at each sample, in percent.</summary>
    public required double[] SamplePercent { get; init; }
}

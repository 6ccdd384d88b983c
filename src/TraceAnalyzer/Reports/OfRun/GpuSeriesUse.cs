namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Use of one of several GPUs.</summary>
public sealed record GpuSeriesUse
{
    /// <summary>What the log calls it, such as <c>GPU 0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Plain mean of its samples, in percent.</summary>
    public required double MeanPercent { get; init; }

    /// <summary>Mean weighted by the time until its next sample, in percent; null if no time passes.</summary>
    public double? TimeWeightedMeanPercent { get; init; }

    /// <summary>Mean weighted by time over what log and trace have in common, from the trace's first event to its last, in percent; null if they could not be joined.</summary>
    public double? TraceMeanPercent { get; init; }

    /// <summary>Longest time between two of its samples, in nanoseconds.</summary>
    public required long LongestGapNs { get; init; }

    /// <summary>Shares of the time that log and trace have in common; null if they could not be joined.</summary>
    public BusyShares? Shares { get; init; }

    /// <summary>Time of each of its samples, on the clock of <see cref="GpuUse.SampleNs"/>.</summary>
    public required long[] SampleNs { get; init; }

    /// <summary>Utilization at each sample, in percent.</summary>
    public required double[] SamplePercent { get; init; }
}

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Use of the GPUs of a log. Where it has several, these are figures of all together and <see cref="Gpus"/> has those of each.</summary>
public sealed record GpuUse
{
    /// <summary>The log.</summary>
    public required string File { get; init; }

    /// <summary>Number of samples, of all GPUs.</summary>
    public required int Samples { get; init; }

    /// <summary>Plain mean of all samples of all GPUs over the whole log, in percent: with one GPU the study's number.</summary>
    public double? MeanPercent { get; init; }

    /// <summary>Mean weighted by time over the whole log, in percent; of several GPUs that of <see cref="SamplePercent"/>.</summary>
    public double? TimeWeightedMeanPercent { get; init; }

    /// <summary>Mean weighted by time over what log and trace have in common, from the trace's first event to its last, in percent; null if they could not be joined.</summary>
    public double? TraceMeanPercent { get; init; }

    /// <summary>Longest time between two samples of a GPU, in nanoseconds.</summary>
    public required long LongestGapNs { get; init; }

    /// <summary>What was added to UTC to get the log's local time, in minutes; null if the log could not be put on the trace's clock.</summary>
    public int? UtcOffsetMinutes { get; init; }

    /// <summary>Shares of the time that log and trace have in common, in which the GPU counts as busy while any is; null if they could not be joined.</summary>
    public BusyShares? Shares { get; init; }

    /// <summary>Time of each sample on the trace's clock, or since the first sample if the log could not be put on it. Of several GPUs every time at which one was sampled.</summary>
    public required long[] SampleNs { get; init; }

    /// <summary>Utilization from each sample on, in percent; of several GPUs the mean of those whose last sample stands then.</summary>
    public required double[] SamplePercent { get; init; }

    /// <summary>Each GPU, if the log has several; else empty.</summary>
    public GpuSeriesUse[] Gpus { get; init; } = [];
}

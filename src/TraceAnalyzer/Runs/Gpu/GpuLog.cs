// timestamp, index, utilization.gpu [%]
// 2025/01/16 13:25:54.949, 0, 37 %
namespace TraceAnalyzer.Runs.Gpu;

/// <summary>
/// The use of GPUs over time as <c>nvidia-smi --query-gpu=timestamp,utilization.gpu --format=csv</c> (with or without header and units, quoted, separated by
/// commas or semicolons) or <c>nvidia-smi dmon -o DT</c> print it. The times are local wall-clock times of the machine: the log does not say of which time zone.
/// </summary>
/// <param name="Gpus">Each GPU with its samples; empty if no line has a number.</param>
/// <param name="SkippedLines">Lines that are not a sample: cut, or without a number (<c>[N/A]</c>).</param>
public sealed record GpuLog(IReadOnlyList<GpuSeries> Gpus, int SkippedLines)
{
    /// <summary>False if the log has times of day only (<c>dmon -o T</c>): its samples then begin on 1970-01-01.</summary>
    public bool HasDate { get; init; } = true;

    /// <summary>What was passed over or taken for granted, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Plain mean of all samples of all GPUs in percent; null without samples.</summary>
    public double? MeanPercent => Gpus.Count == 0 ? null : Gpus.Sum(gpu => gpu.Samples.Sum(sample => sample.UtilizationPercent)) / SampleCount;

    /// <summary>Mean of <see cref="Together"/> in percent where each sample counts for the time until the next one; null if no time passes.</summary>
    public double? TimeWeightedMeanPercent => new GpuSeries(null, Together).TimeWeightedMeanPercent;

    /// <summary>Number of samples of all GPUs.</summary>
    public int SampleCount => Gpus.Sum(gpu => gpu.Samples.Count);

    /// <summary>
    /// The mean of all GPUs over time: at each time at which one was sampled the mean of those whose last sample still stands. It is above 0 exactly where
    /// one of them is busy. Of one GPU these are its samples.
    /// </summary>
    public IReadOnlyList<GpuSample> Together => field ??= Gpus.Count == 1 ? Gpus[0].Samples : GpuUnion.Of(Gpus);

    /// <summary>True if a file that begins with these lines is such a log, or nearly: reading it says what is missing.</summary>
    internal static bool IsLog(IEnumerable<string> firstLines) => GpuLogReader.LayoutOf(firstLines) is not null;

    /// <summary>Reads a log from its first line on.</summary>
    /// <exception cref="TraceException">It has no times or no utilization, or it cannot be told which column that is.</exception>
    public static GpuLog Read(TextReader text) => new GpuLogReader().Read(text);
}

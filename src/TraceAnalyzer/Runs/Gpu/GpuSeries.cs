namespace TraceAnalyzer.Runs.Gpu;

/// <summary>The samples of one GPU.</summary>
/// <param name="Name">What the log calls it: <c>GPU 0</c> by its index, else its UUID, bus address or name; null if the log has one GPU and does not say.</param>
/// <param name="Samples">Its samples in time order.</param>
public sealed record GpuSeries(string? Name, IReadOnlyList<GpuSample> Samples)
{
    /// <summary>Plain mean of all samples in percent, start-up zeros included, as the study has it.</summary>
    public double MeanPercent => Samples.Average(sample => sample.UtilizationPercent);

    /// <summary>Mean in percent where each sample counts for the time until the next one, so that gaps in the sampling do not shift it; null if no time passes.</summary>
    public double? TimeWeightedMeanPercent
    {
        get
        {
            double weighted = 0;
            double seconds = 0;
            for (int i = 0; i + 1 < Samples.Count; i++)
            {
                double span = (Samples[i + 1].LocalTime - Samples[i].LocalTime).TotalSeconds;
                weighted += Samples[i].UtilizationPercent * span;
                seconds += span;
            }

            return seconds > 0 ? weighted / seconds : null;
        }
    }
}

/// <summary>One line of a GPU log.</summary>
/// <param name="LocalTime">Wall-clock time in the machine's time zone (kind unspecified).</param>
/// <param name="UtilizationPercent">Share of the last sample period in which a kernel ran, 0 to 100.</param>
public readonly record struct GpuSample(DateTime LocalTime, double UtilizationPercent);

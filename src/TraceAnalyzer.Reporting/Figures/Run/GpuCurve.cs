using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>One GPU's utilization over time, or the mean of many.</summary>
/// <param name="Name">What it is called in the figure.</param>
/// <param name="SampleNs">Time of each sample; it stands until the next.</param>
/// <param name="SamplePercent">Utilization, 0 to 100.</param>
/// <param name="MeanPercent">Plain mean of the samples.</param>
/// <param name="TimeWeightedMeanPercent">Mean weighted by time.</param>
/// <param name="TraceMeanPercent">The same over the time of the trace; null if that is not known.</param>
/// <param name="Shares">Shares of time with I/O.</param>
internal sealed record GpuCurve(string Name, long[] SampleNs, double[] SamplePercent, double? MeanPercent, double? TimeWeightedMeanPercent, double? TraceMeanPercent, BusyShares? Shares)
{
    // More panels would be too low to be read.
    private const int MostPanels = 8;

    private const int MostLetters = 20;

    /// <summary>A curve for each GPU, or one for all together if they are too many.</summary>
    public static GpuCurve[] Of(GpuUse gpu) => gpu.Gpus.Length is 0 or > MostPanels
        ? [new GpuCurve(gpu.Gpus.Length == 0 ? "GPU" : FormattableString.Invariant($"GPU (mean of {gpu.Gpus.Length})"), gpu.SampleNs, gpu.SamplePercent, gpu.MeanPercent, gpu.TimeWeightedMeanPercent, gpu.TraceMeanPercent, gpu.Shares)]
        : [.. gpu.Gpus.Select(one => new GpuCurve(Short(one.Name), one.SampleNs, one.SamplePercent, one.MeanPercent, one.TimeWeightedMeanPercent, one.TraceMeanPercent, one.Shares))];

    private static string Short(string name)
    {
        string printable = PrintableText.Of(name);
        return printable.Length <= MostLetters ? printable : printable[..(MostLetters - 3)] + "...";
    }
}

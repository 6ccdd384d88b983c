using System.Globalization;
using ScottPlot;

namespace TraceAnalyzer.Reporting.Figures.Scales;

/// <summary>Axes of percentiles that show the tail: plot coordinates are -log10(1 - p), so that 90 %, 99 %, 99.9 % stand at equal distances (as HdrHistogram draws them).</summary>
internal static class PercentileScale
{
    /// <summary>Plot coordinate of a share 0 to 1; <paramref name="max"/>, the end of the axis, for 1.</summary>
    public static double Map(double share, double max) => share >= 1 ? max : Math.Min(max, -Math.Log10(1 - share));

    /// <summary>Up to the percentile that <paramref name="count"/> values can tell, 99.9999 % at most, on <paramref name="height"/> figure units.</summary>
    public static AxisScale For(long count, float height)
    {
        double max = Math.Clamp(Math.Log10(Math.Max(1, count)), 1.2, 6.2);
        double labelHeight = 17 / height * max;
        var ticks = new List<Tick>();
        double labelled = double.NegativeInfinity;
        for (int nines = 1; nines <= max; nines++)
            Add(nines, 100 - Math.Pow(10, 2 - nines));

        // The body of the distribution is short here, and labelled only where there is room below 90 %.
        labelled = 1 - labelHeight >= -Math.Log10(0.5) ? double.NegativeInfinity : double.PositiveInfinity;
        Add(-Math.Log10(0.5), 50);
        return new AxisScale(0, max, [.. ticks]);

        void Add(double position, double percent)
        {
            bool hasRoom = position - labelled >= labelHeight;
            string label = percent.ToString("0.####", CultureInfo.InvariantCulture) + " %";
            ticks.Add(hasRoom ? Tick.Major(position, label) : Tick.Minor(position));
            if (hasRoom)
                labelled = position;
        }
    }
}

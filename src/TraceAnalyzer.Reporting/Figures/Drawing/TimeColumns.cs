using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>How many bins of a series become one column on paper.</summary>
internal static class TimeColumns
{
    /// <summary>
    /// The least number of <paramref name="bins"/> to merge so that no more than <paramref name="maxColumns"/> columns fit
    /// on the whole of <paramref name="axis"/>: a device that fell silent early has few bins on little paper.
    /// </summary>
    public static int FactorOf(TimeBinning bins, TimeBinning axis, int maxColumns)
    {
        double spanNs = Math.Max((double)bins.Count * bins.WidthNs, (double)axis.Count * axis.WidthNs);
        double factor = Math.Ceiling(spanNs / Math.Max(1, bins.WidthNs) / maxColumns);
        return (int)Math.Clamp(factor, 1, Math.Max(1, bins.Count));
    }

    /// <summary><paramref name="bins"/> with <paramref name="factor"/> of them in each column; the last may have fewer.</summary>
    public static TimeBinning Merge(TimeBinning bins, int factor) =>
        new(bins.OriginNs, bins.WidthNs * factor, (bins.Count + factor - 1) / factor);
}

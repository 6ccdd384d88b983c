using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>Where bins begin and end, in plot coordinates, ascending and without overlaps; there may be gaps between them.</summary>
/// <param name="Left">Where each begins.</param>
/// <param name="Right">Where each ends.</param>
internal sealed record BinEdges(double[] Left, double[] Right)
{
    /// <summary>Bins of time, in seconds on the figures' axis.</summary>
    public static BinEdges Of(TimeBinning bins, FigureContext context)
    {
        var left = new double[bins.Count];
        var right = new double[bins.Count];
        for (int i = 0; i < bins.Count; i++)
        {
            left[i] = context.Seconds(bins.OriginNs + (i * bins.WidthNs));
            right[i] = context.Seconds(bins.OriginNs + ((i + 1) * bins.WidthNs));
        }

        return new BinEdges(left, right);
    }
}

using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>
/// A series over time at the resolution that paper shows: a line for the mean of some bins, and an area up to the
/// greatest of them. A line through every bin of a bursty run would be a solid block of color.
/// </summary>
/// <param name="Columns">The merged bins.</param>
/// <param name="Mean">Mean of the bins in each.</param>
/// <param name="Peak">Greatest of the bins in each.</param>
internal sealed record MeanAndPeak(TimeBinning Columns, double[] Mean, double[] Peak)
{
    // 1.5 figure units: a column and the line around it can be told from the next.
    private const int MaxColumns = 250;

    /// <summary>Merges equal numbers of bins for paper that shows the whole of <paramref name="axis"/>; the last column may have fewer, and its mean is theirs.</summary>
    public static MeanAndPeak Of(TimeBinning bins, TimeBinning axis, double[] means, double[] peaks)
    {
        int factor = TimeColumns.FactorOf(bins, axis, MaxColumns);
        TimeBinning columns = TimeColumns.Merge(bins, factor);
        int count = columns.Count;
        var mean = new double[count];
        var peak = new double[count];
        for (int column = 0; column < count; column++)
        {
            int first = column * factor;
            int last = Math.Min(first + factor, bins.Count);
            mean[column] = means.AsSpan(first..last).ToArray().Average();
            peak[column] = peaks.AsSpan(first..last).ToArray().Max();
        }

        return new MeanAndPeak(columns, mean, peak);
    }

    /// <summary>What the line and the area mean; empty where they are the same because nothing was merged.</summary>
    public static LegendEntry[] Legend(TimeBinning axis, Color color) => FactorOf(axis) == 1 ? [] :
    [
        new LegendEntry($"mean of {Units.Duration(axis.WidthNs * FactorOf(axis))}", color),
        new LegendEntry("max of a bin", FigureColors.Pale(color), Symbol: LegendSymbol.Area),
    ];

    /// <summary>The area and the line.</summary>
    public Layer[] Layers(FigureContext context, AxisScale y, Color color)
    {
        BinEdges edges = BinEdges.Of(Columns, context);
        return
        [
            new StepLayer(edges, y.Map(Peak)) { Color = FigureColors.Pale(color), Fill = FigureColors.Pale(color), LineWidth = 0.5f },
            new StepLayer(edges, y.Map(Mean)) { Color = color, LineWidth = 1.3f },
        ];
    }

    private static int FactorOf(TimeBinning axis) => TimeColumns.FactorOf(axis, axis, MaxColumns);
}

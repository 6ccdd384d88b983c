using ScottPlot;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>Something drawn into the data area of a panel. Ours draw in one pass over reduced data; ScottPlot's general plottables cost many times more.</summary>
internal abstract class Layer : IPlottable
{
    /// <inheritdoc/>
    public bool IsVisible { get; set; } = true;

    /// <inheritdoc/>
    public IAxes Axes { get; set; } = new Axes();

    /// <inheritdoc/>
    public IEnumerable<LegendItem> LegendItems => [];

    /// <summary>Axes are set by the figure, never from the data.</summary>
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    /// <inheritdoc/>
    public abstract void Render(RenderPack rp);
}

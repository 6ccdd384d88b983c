using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>One of the panels of a figure, which share the horizontal axis.</summary>
internal sealed record PlotPanel
{
    /// <summary>Height of each of <paramref name="count"/> panels above each other.</summary>
    public static float HeightOf(int count) => count == 1 ? 170 : 92;

    /// <summary>What it shows, e.g. <c>Read</c>, above its left corner; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Color of <see cref="Name"/>.</summary>
    public Color NameColor { get; init; } = FigureColors.Ink;

    /// <summary>The numbers worth reading, behind the name.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Vertical axis.</summary>
    public required AxisScale Y { get; init; }

    /// <summary>Label of the vertical axis.</summary>
    public required string YLabel { get; init; }

    /// <summary>Height of the data area in figure units.</summary>
    public required float Height { get; init; }

    /// <summary>What is drawn, from the bottom up.</summary>
    public required Layer[] Layers { get; init; }
}

/// <summary>A line of the legend.</summary>
/// <param name="Text">What it stands for.</param>
/// <param name="Color">Its color.</param>
/// <param name="Dashes">Its dashes; null for a solid line.</param>
/// <param name="Symbol">How it is shown.</param>
internal sealed record LegendEntry(string Text, Color Color, float[]? Dashes = null, LegendSymbol Symbol = LegendSymbol.Line);

/// <summary>How a legend shows an entry.</summary>
internal enum LegendSymbol
{
    /// <summary>A piece of line.</summary>
    Line,

    /// <summary>A filled square.</summary>
    Area,

    /// <summary>Nothing but the text.</summary>
    None,
}

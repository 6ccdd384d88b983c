namespace TraceAnalyzer.Reporting.Figures;

/// <summary>File format of the figures.</summary>
public enum FigureFormat
{
    /// <summary>Pixels, for everything.</summary>
    Png,

    /// <summary>Vectors, for papers; heatmaps stay pixels inside.</summary>
    Svg,
}

/// <summary>How figures are written.</summary>
public sealed record FigureOptions
{
    /// <summary>The least <see cref="Dpi"/>: text of 7 points is just legible on a screen.</summary>
    public const int MinDpi = 72;

    /// <summary>The greatest <see cref="Dpi"/>, what imagesetters use for line art; a figure then takes about 60 MB of memory.</summary>
    public const int MaxDpi = 1200;

    /// <summary>File format.</summary>
    public FigureFormat Format { get; init; } = FigureFormat.Png;

    /// <summary>
    /// Pixels an inch of a PNG, <see cref="MinDpi"/> to <see cref="MaxDpi"/>; SVG has none. Figures are one column of a
    /// two-column paper wide (8.5 cm), which 360 makes 1200 pixels: sharp in print and large enough for a slide.
    /// </summary>
    public int Dpi { get; init; } = 360;
}

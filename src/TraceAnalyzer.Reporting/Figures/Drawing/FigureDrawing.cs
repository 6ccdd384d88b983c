using ScottPlot;
using ScottPlot.Rendering.RenderActions;
using SkiaSharp;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>
/// A figure ready to be rendered: panels above each other on one horizontal axis, with title, legend and color bar
/// outside the data. Sizes are in figure units of half a point, so that a PNG and an SVG have the same layout.
/// </summary>
internal sealed class FigureDrawing
{
    /// <summary>Figure units an inch.</summary>
    public const int UnitsPerInch = 144;

    /// <summary>Height of all text but the title: 7 points, what journals ask for at least.</summary>
    public const float TextSize = 14;

    /// <summary>Height of the title's and summaries' text.</summary>
    public const float TitleSize = 12.5f;
    /// <summary>White space around everything.</summary>
    public const float Margin = 5;

    /// <summary>Width of one column of a two-column paper: 240 points, 8.5 cm.</summary>
    public const float ColumnWidth = 480;

    /// <summary>About the width of the data area, for choosing ticks before the layout is known.</summary>
    public const float DataWidth = 370;

    /// <summary>The same beside a color bar.</summary>
    public const float DataWidthWithColors = 285;

    private static readonly IRenderAction[] RenderActions =
    [
        new ReplaceNullAxesWithDefaults(),
        new CalculateLayout(),
        new RegenerateTicks(),
        new RenderGridsBelowPlottables(),
        new RenderPlottables(),
        new RenderPanels(),
    ];

    // Between a panel's name and its summary.
    private const float NameGap = 9;

    private const float RowHeight = 19;
    private const float PanelGap = 4;
    private const float TickLength = 4;
    private const float ColorBarWidth = 12;

    /// <summary>Width in figure units; the default is one column of a two-column paper.</summary>
    public float Width { get; init; } = ColumnWidth;

    /// <summary>Height in figure units.</summary>
    public float Height => Margin + (RowHeight * (1 + LegendRows().Count)) + Panels.Sum(panel => HeaderHeight(panel) + panel.Height) + (PanelGap * (Panels.Length - 1)) + (2 * RowHeight) + 2;

    /// <summary>Which trace, device and action.</summary>
    public required string Title { get; init; }

    /// <summary>The horizontal axis.</summary>
    public required AxisScale X { get; init; }

    /// <summary>Label of the horizontal axis.</summary>
    public required string XLabel { get; init; }

    /// <summary>The panels, from the top.</summary>
    public required PlotPanel[] Panels { get; init; }

    /// <summary>The legend; empty for none.</summary>
    public LegendEntry[] Legend { get; init; } = [];

    /// <summary>The color bar; null for none.</summary>
    public ColorScale? Colors { get; init; }

    /// <summary>False to leave out grid lines, which would shine through a heatmap.</summary>
    public bool HasGrid { get; init; } = true;

    /// <summary>Draws the figure with its upper left corner at the canvas' origin, one figure unit a canvas unit.</summary>
    public void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        using var text = new TextPainter(canvas);
        using (var white = new SKPaint { Color = SKColors.White })
            canvas.DrawRect(new SKRect(0, 0, Width, Height), white);

        float left = Margin + RowHeight + TickLength + 5 + Panels.Max(panel => WidestLabel(panel.Y));
        float right = Width - RightMargin();
        float y = Margin;
        text.Draw(FigureFont.Shorten(Title, TitleSize, Width - (2 * Margin)), Margin, y + 7, TitleSize, FigureColors.SoftInk);
        y += RowHeight;
        foreach (List<(LegendEntry Entry, float X)> row in LegendRows())
        {
            foreach ((LegendEntry entry, float x) in row)
                DrawLegendEntry(canvas, text, entry, x, y + 8);
            y += RowHeight;
        }

        float top = y;
        float bottom = y;
        for (int i = 0; i < Panels.Length; i++)
        {
            PlotPanel panel = Panels[i];
            DrawHeader(text, panel, left, bottom + (i > 0 ? PanelGap : 0), right);
            top = bottom + HeaderHeight(panel) + (i > 0 ? PanelGap : 0);
            bottom = top + panel.Height;
            DrawPanel(canvas, panel, new PixelRect(left, right, bottom, top), isLast: i == Panels.Length - 1);
            text.DrawRotated(FigureFont.Shorten(panel.YLabel, TextSize, panel.Height + 14), Margin + 7, (top + bottom) / 2, TextSize, FigureColors.Ink);
        }

        text.DrawCentered(XLabel, (left + right) / 2, bottom + RowHeight + 11, TextSize, FigureColors.Ink);
        if (Colors != null)
            DrawColorBar(canvas, text, Colors, right + 8, y + HeaderHeight(Panels[0]), bottom);
    }

    private static float HeaderHeight(PlotPanel panel) => panel.Name.Length + panel.Summary.Length > 0 ? RowHeight : 4;

    private static float WidestLabel(AxisScale axis) => axis.Ticks.Max(tick => (float?)FigureFont.Measure(tick.Label, TextSize)) ?? 0;

    private float RightMargin()
    {
        if (Colors != null)
            return 8 + ColorBarWidth + TickLength + 3 + WidestLabel(Colors.Axis) + RowHeight + Margin;

        // The last label may stand under the very end of the axis, half of it beyond.
        Tick last = X.Ticks.LastOrDefault(tick => tick.IsMajor);
        return Math.Max(12, (FigureFont.Measure(last.Label ?? "", TextSize) / 2) + 3);
    }

    private List<List<(LegendEntry Entry, float X)>> LegendRows()
    {
        var rows = new List<List<(LegendEntry, float)>>();
        float x = Margin;
        foreach (LegendEntry entry in Legend)
        {
            float width = SymbolWidth(entry) + FigureFont.Measure(entry.Text, TextSize);
            if (rows.Count == 0 || x + width > Width - Margin)
            {
                rows.Add([]);
                x = Margin;
            }

            rows[^1].Add((entry, x));
            x += width + 16;
        }

        return rows;
    }

    private static float SymbolWidth(LegendEntry entry) => entry.Symbol switch
    {
        LegendSymbol.Line => 28,
        LegendSymbol.Area => 16,
        _ => 0,
    };

    private static void DrawLegendEntry(SKCanvas canvas, TextPainter text, LegendEntry entry, float x, float y)
    {
        using var paint = new SKPaint { Color = entry.Color.ToSKColor(), IsAntialias = true };
        if (entry.Symbol == LegendSymbol.Area)
        {
            canvas.DrawRect(new SKRect(x, y - 5, x + 10, y + 5), paint);
        }
        else if (entry.Symbol == LegendSymbol.Line)
        {
            using var line = new SKPath();
            line.MoveTo(x, y);
            line.LineTo(x + 22, y);
            LinePaint.Stroke(canvas, line, paint, entry.Color, 2.2f, entry.Dashes, cased: false);
        }

        text.Draw(entry.Text, x + SymbolWidth(entry), y, TextSize, FigureColors.Ink);
    }

    private static void DrawHeader(TextPainter text, PlotPanel panel, float left, float top, float right)
    {
        (string name, string summary) = HeaderTexts(panel, right - left);
        float x = left;
        if (name.Length > 0)
        {
            text.Draw(name, x, top + 10, TextSize, panel.NameColor);
            x += FigureFont.Measure(name, TextSize) + NameGap;
        }

        if (summary.Length > 0)
            text.Draw(summary, x, top + 10, TitleSize, FigureColors.SoftInk);
    }

    /// <summary>A panel's name and summary as they fit above it: a long name gives way, down to a third of the width, before the numbers of the summary do.</summary>
    internal static (string Name, string Summary) HeaderTexts(PlotPanel panel, float width)
    {
        float summaryWidth = panel.Summary.Length == 0 ? 0 : FigureFont.Measure(panel.Summary, TitleSize) + NameGap;
        string name = FigureFont.Shorten(panel.Name, TextSize, Math.Max(width - summaryWidth, width / 3));
        float rest = width - (name.Length == 0 ? 0 : FigureFont.Measure(name, TextSize) + NameGap);

        // A fraction of a unit is what sums of widths may be off.
        return (name, FigureFont.Shorten(panel.Summary, TitleSize, rest + 0.01f));
    }

    private void DrawPanel(SKCanvas canvas, PlotPanel panel, PixelRect data, bool isLast)
    {
        using var plot = new Plot();
        plot.Layout.Fixed(data);
        Prepare(plot.Axes.Bottom, X, hasLabels: isLast);
        Prepare(plot.Axes.Left, panel.Y, hasLabels: true);
        // ScottPlot centres lines of text, descenders included; figures look centred when their capitals are.
        plot.Axes.Left.TickLabelStyle.OffsetY = 0.2f * TextSize;
        plot.Axes.Bottom.TickLabelStyle.OffsetY = 1.5f;
        plot.Axes.Top.IsVisible = false;
        plot.Axes.Right.IsVisible = false;
        plot.Axes.Title.IsVisible = false;
        plot.Axes.SetLimits(X.Min, X.Max, panel.Y.Min, panel.Y.Max);
        plot.Grid.MajorLineColor = FigureColors.Grid;
        plot.Grid.MajorLineWidth = 0.8f;
        plot.Grid.IsVisible = HasGrid;
        foreach (Layer layer in panel.Layers)
            plot.PlottableList.Add(layer);

        // Plot.Render clears the canvas that panels share, and draws a new plot twice to settle a layout that is fixed here.
        using var pack = new RenderPack(plot, new PixelRect(0, Width, Height, 0), canvas);
        foreach (IRenderAction action in RenderActions)
        {
            canvas.Save();
            action.Render(pack);
            canvas.Restore();
        }
    }

    private static void Prepare(IAxis axis, AxisScale scale, bool hasLabels)
    {
        axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual(scale.Ticks);
        axis.TickLabelStyle.FontName = FigureFont.Name;
        axis.TickLabelStyle.FontSize = TextSize;
        axis.TickLabelStyle.IsVisible = hasLabels;
        axis.MajorTickStyle.Length = TickLength;
        axis.MinorTickStyle.Length = TickLength / 2;
        axis.FrameLineStyle.Width = 1;
    }

    private static void DrawColorBar(SKCanvas canvas, TextPainter text, ColorScale colors, float left, float top, float bottom)
    {
        const int Steps = 128;
        using var paint = new SKPaint();
        float step = (bottom - top) / Steps;
        for (int i = Steps - 1; i >= 0; i--)
        {
            // Each step reaches down to the end, so that no seams show between them in an SVG.
            uint color = FigureColors.MapColor((i + 0.5) / Steps);
            paint.Color = new SKColor((byte)color, (byte)(color >> 8), (byte)(color >> 16));
            canvas.DrawRect(new SKRect(left, bottom - ((i + 1) * step), left + ColorBarWidth, bottom), paint);
        }

        paint.Color = SKColors.Black;
        paint.StrokeWidth = 0.8f;
        paint.Style = SKPaintStyle.Stroke;
        paint.IsAntialias = true;
        float right = left + ColorBarWidth;
        canvas.DrawRect(new SKRect(left, top, right, bottom), paint);
        AxisScale axis = colors.Axis;
        foreach (Tick tick in axis.Ticks)
        {
            float y = bottom - (float)((tick.Position - axis.Min) / (axis.Max - axis.Min) * (bottom - top));
            canvas.DrawLine(right, y, right + (tick.IsMajor ? TickLength : TickLength / 2), y, paint);
            if (tick.IsMajor)
                text.Draw(tick.Label, right + TickLength + 3, y, TextSize, FigureColors.Ink);
        }

        float labelX = right + TickLength + 3 + WidestLabel(axis) + 10;
        text.DrawRotated(FigureFont.Shorten(colors.Label, TextSize, bottom - top + 24), labelX, (top + bottom) / 2, TextSize, FigureColors.Ink);
    }
}

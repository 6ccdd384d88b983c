using ScottPlot;
using SkiaSharp;
using TraceAnalyzer.Reporting.Figures.Drawing;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>Marks where untouched space was cut out of an axis: a gray band with edges across the data area.</summary>
/// <param name="gaps">Both ends of each, in plot coordinates.</param>
/// <param name="isVertical">True if the cut axis is the vertical one.</param>
internal sealed class GapLayer((double Low, double High)[] gaps, bool isVertical) : Layer
{
    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        using var fill = new SKPaint { Color = FigureColors.Gap.ToSKColor(), IsAntialias = true };
        using var edge = new SKPaint { Color = FigureColors.GapEdge.ToSKColor(), IsAntialias = true, StrokeWidth = 0.6f };
        PixelRect data = rp.DataRect;
        foreach ((double low, double high) in gaps)
        {
            SKRect band = isVertical
                ? new SKRect(data.Left, Axes.GetPixelY(high), data.Right, Axes.GetPixelY(low))
                : new SKRect(Axes.GetPixelX(low), data.Top, Axes.GetPixelX(high), data.Bottom);
            rp.Canvas.DrawRect(band, fill);
            if ((isVertical ? band.Height : band.Width) < 1.5f)
                continue; // Edges would hide the band.
            rp.Canvas.DrawLine(band.Left, band.Top, isVertical ? band.Right : band.Left, isVertical ? band.Top : band.Bottom, edge);
            rp.Canvas.DrawLine(isVertical ? band.Left : band.Right, isVertical ? band.Bottom : band.Top, band.Right, band.Bottom, edge);
        }
    }
}

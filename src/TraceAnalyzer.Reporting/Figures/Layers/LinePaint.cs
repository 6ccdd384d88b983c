using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>How lines are stroked.</summary>
internal static class LinePaint
{
    /// <summary>Strokes <paramref name="path"/>; <paramref name="cased"/> draws a white line below, which parts it from a heatmap.</summary>
    public static void Stroke(SKCanvas canvas, SKPath path, SKPaint paint, Color color, float width, float[]? dashes, bool cased)
    {
        paint.IsAntialias = true;
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeJoin = SKStrokeJoin.Bevel;
        if (cased)
        {
            paint.Color = SKColors.White;
            paint.StrokeWidth = width + 1.6f;
            canvas.DrawPath(path, paint);
        }

        paint.Color = color.ToSKColor();
        paint.StrokeWidth = width;
        using SKPathEffect? effect = dashes == null ? null : SKPathEffect.CreateDash(dashes, 0);
        paint.PathEffect = effect;
        canvas.DrawPath(path, paint);
        paint.PathEffect = null;
    }
}

using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>What a <see cref="RangeLayer"/> draws at one place, in plot coordinates.</summary>
/// <param name="X">Where.</param>
/// <param name="Dot">The dot, where the bar begins.</param>
/// <param name="Tick">A tick across the bar.</param>
/// <param name="End">Where the bar ends.</param>
/// <param name="Cross">A cross of its own.</param>
internal readonly record struct RangeMark(double X, double Dot, double Tick, double End, double Cross);

/// <summary>A dot, a bar from it with a tick, and a cross: median, p90, p99 and maximum.</summary>
/// <param name="marks">What to draw.</param>
internal sealed class RangeLayer(RangeMark[] marks) : Layer
{
    /// <summary>What is drawn, in plot coordinates.</summary>
    public RangeMark[] Marks => marks;

    /// <summary>Color.</summary>
    public required Color Color { get; init; }

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        using var lines = new SKPath();
        using var paint = new SKPaint { Color = Color.ToSKColor(), IsAntialias = true };
        foreach (RangeMark mark in marks)
        {
            float x = Axes.GetPixelX(mark.X);
            float dot = Axes.GetPixelY(mark.Dot);
            float end = Axes.GetPixelY(mark.End);
            rp.Canvas.DrawCircle(x, dot, 4, paint);
            AddLine(lines, x, dot, x, end);
            AddLine(lines, x - 5, end, x + 5, end);
            float tick = Axes.GetPixelY(mark.Tick);
            AddLine(lines, x - 3, tick, x + 3, tick);
            float cross = Axes.GetPixelY(mark.Cross);
            AddLine(lines, x - 3, cross - 3, x + 3, cross + 3);
            AddLine(lines, x - 3, cross + 3, x + 3, cross - 3);
        }

        LinePaint.Stroke(rp.Canvas, lines, paint, Color, 1.6f, dashes: null, cased: false);
    }

    private static void AddLine(SKPath path, float x1, float y1, float x2, float y2)
    {
        path.MoveTo(x1, y1);
        path.LineTo(x2, y2);
    }
}

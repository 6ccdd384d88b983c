using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>A line through points. Points that fall together on paper are drawn as one.</summary>
/// <param name="points">The points in plot coordinates.</param>
internal sealed class CurveLayer(Coordinates[] points) : Layer
{
    /// <summary>The points, in plot coordinates.</summary>
    public Coordinates[] Points => points;

    /// <summary>Color of the line.</summary>
    public required Color Color { get; init; }

    /// <summary>Width of the line in figure units (half points).</summary>
    public float LineWidth { get; init; } = 2;

    /// <summary>Lengths of dashes and gaps; null for a solid line.</summary>
    public float[]? Dashes { get; init; }

    /// <summary>True for a staircase: the value stays until the next point.</summary>
    public bool Stairs { get; init; }

    /// <summary>Radius of a dot on each point in figure units; 0 for none.</summary>
    public float DotRadius { get; init; }

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        if (points.Length == 0)
            return;

        using var path = new SKPath();
        Pixel last = Axes.GetPixel(points[0]);
        path.MoveTo(last.X, last.Y);
        for (int i = 1; i < points.Length; i++)
        {
            Pixel next = Axes.GetPixel(points[i]);
            if (i < points.Length - 1 && Math.Abs(next.X - last.X) < 0.3f && Math.Abs(next.Y - last.Y) < 0.3f)
                continue;
            if (Stairs)
                path.LineTo(next.X, last.Y);
            path.LineTo(next.X, next.Y);
            last = next;
        }

        using var paint = new SKPaint();
        LinePaint.Stroke(rp.Canvas, path, paint, Color, LineWidth, Dashes, cased: false);
        if (DotRadius == 0)
            return;
        paint.Style = SKPaintStyle.Fill;
        foreach (Coordinates point in points)
        {
            Pixel at = Axes.GetPixel(point);
            rp.Canvas.DrawCircle(at.X, at.Y, DotRadius, paint);
        }
    }
}

using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>Draws text outside the plots: titles, axis labels, legends. Vertical positions are the middle of capital letters.</summary>
internal sealed class TextPainter(SKCanvas canvas) : IDisposable
{
    // Height of DejaVu Sans' capitals, in parts of the font size.
    private const float CapHeight = 0.729f;

    private readonly SKPaint _paint = new() { IsAntialias = true };

    /// <summary>From <paramref name="x"/> on.</summary>
    public void Draw(string text, float x, float y, float size, Color color)
    {
        using SKFont font = FigureFont.OfSize(size);
        _paint.Color = color.ToSKColor();
        canvas.DrawText(text, x, y + (size * CapHeight / 2), SKTextAlign.Left, font, _paint);
    }

    /// <summary>Around <paramref name="x"/>.</summary>
    public void DrawCentered(string text, float x, float y, float size, Color color) =>
        Draw(text, x - (FigureFont.Measure(text, size) / 2), y, size, color);

    /// <summary>Around a point, reading upwards.</summary>
    public void DrawRotated(string text, float x, float y, float size, Color color)
    {
        canvas.Save();
        canvas.Translate(x, y);
        canvas.RotateDegrees(-90);
        DrawCentered(text, 0, 0, size, color);
        canvas.Restore();
    }

    /// <inheritdoc/>
    public void Dispose() => _paint.Dispose();
}

using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting;

/// <summary>Every other span of time as a pale band behind the data, so that spans can be told from each other.</summary>
/// <param name="spans">Both ends of each, in plot coordinates.</param>
internal sealed class BandLayer((double Left, double Right)[] spans) : Layer
{
    // Bands narrower than this would be a grey mist.
    private const float LeastWidth = 1.5f;

    /// <summary>The spans, in plot coordinates.</summary>
    public (double Left, double Right)[] Spans => spans;

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        using var fill = new SKPaint { Color = Palette.Grid.MixedWith(Colors.White, 0.5).ToSKColor() };
        for (int i = 1; i < spans.Length; i += 2)
        {
            float left = Math.Max(rp.DataRect.Left, Axes.GetPixelX(spans[i].Left));
            float right = Math.Min(rp.DataRect.Right, Axes.GetPixelX(spans[i].Right));
            if (right - left >= LeastWidth)
                rp.Canvas.DrawRect(new SKRect(left, rp.DataRect.Top, right, rp.DataRect.Bottom), fill);
        }
    }
}

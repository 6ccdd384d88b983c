using ScottPlot;
using SkiaSharp;
using TraceAnalyzer.Reporting.Figures.Drawing;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>Every other span of time as a pale band behind the data, so that spans can be told from each other.</summary>
/// <param name="spans">Both ends of each, in plot coordinates.</param>
internal sealed class BandLayer((double Left, double Right)[] spans) : Layer
{
    // Bands narrower than this would be a gray mist.
    private const float LeastWidth = 1.5f;

    /// <summary>The spans, in plot coordinates.</summary>
    public (double Left, double Right)[] Spans => spans;

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        (float Left, float Right)[] bands =
        [
            .. spans.Where((_, i) => i % 2 == 1).Select(span =>
                (Left: Math.Max(rp.DataRect.Left, Axes.GetPixelX(span.Left)), Right: Math.Min(rp.DataRect.Right, Axes.GetPixelX(span.Right)))).Where(band => band.Right > band.Left),
        ];

        // All or none: some of them alone would look as if the others were not there.
        float[] widths = [.. bands.Select(band => band.Right - band.Left).Order()];
        if (widths.Length == 0 || widths[widths.Length / 2] < LeastWidth)
            return;
        using var fill = new SKPaint { Color = FigureColors.Grid.MixedWith(Colors.White, 0.5).ToSKColor() };
        foreach ((float left, float right) in bands)
            rp.Canvas.DrawRect(new SKRect(left, rp.DataRect.Top, right, rp.DataRect.Bottom), fill);
    }
}

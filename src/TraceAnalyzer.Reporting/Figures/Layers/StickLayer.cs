using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>A narrow bar at each exact position: readable for a handful and for hundreds.</summary>
/// <param name="positions">Where the bars stand, in plot coordinates, ascending.</param>
/// <param name="values">Where they end, in plot coordinates; they begin at the axis.</param>
internal sealed class StickLayer(double[] positions, double[] values) : Layer
{
    /// <summary>Positions of the bars, in plot coordinates.</summary>
    public double[] Positions => positions;

    /// <summary>Ends of the bars, in plot coordinates.</summary>
    public double[] Values => values;

    /// <summary>Positions in all panels, ascending, so that bars are as wide in each; null where there is one panel.</summary>
    public double[]? InAllPanels { get; init; }

    /// <summary>Color of the bars.</summary>
    public required Color Color { get; init; }

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        using var paint = new SKPaint { Color = Color.ToSKColor(), IsAntialias = true };
        float half = HalfWidth();
        for (int i = 0; i < positions.Length; i++)
        {
            float x = Axes.GetPixelX(positions[i]);
            rp.Canvas.DrawRect(new SKRect(x - half, Axes.GetPixelY(values[i]), x + half, rp.DataRect.Bottom), paint);
        }
    }

    // As wide as the closest neighbors allow, between a hairline's three-fold and a good bar.
    private float HalfWidth()
    {
        double[] all = InAllPanels ?? positions;
        float closest = 20;
        for (int i = 1; i < all.Length; i++)
            closest = Math.Min(closest, Axes.GetPixelX(all[i]) - Axes.GetPixelX(all[i - 1]));
        return Math.Clamp(0.35f * closest, 0.75f, 7);
    }
}

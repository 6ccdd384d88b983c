using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>
/// A series of bins drawn as steps. Where bins are narrower than half a unit they are drawn as the range they span,
/// so that no peak gets lost whatever the number of bins.
/// </summary>
/// <param name="edges">Left and right end of each bin, in plot coordinates, ascending: bin i is from <c>Left[i]</c> to <c>Right[i]</c>.</param>
/// <param name="values">Value of each bin in plot coordinates; NaN leaves it out.</param>
internal sealed class StepLayer(BinEdges edges, double[] values) : Layer
{
    private const float MaxRiser = 4;

    /// <summary>Ends of the bins.</summary>
    public BinEdges Edges => edges;

    /// <summary>Values of the bins, in plot coordinates.</summary>
    public double[] Values => values;

    /// <summary>Color of the line.</summary>
    public required Color Color { get; init; }

    /// <summary>Color of the area down to the axis; null for none.</summary>
    public Color? Fill { get; init; }

    /// <summary>Width of the line in figure units (half points).</summary>
    public float LineWidth { get; init; } = 1.1f;

    /// <summary>True to draw a white line below, for lines over heatmaps.</summary>
    public bool Cased { get; init; }

    /// <summary>False to draw the levels without the lines between them, where they are far apart, so that outliers do not cover what is below.</summary>
    public bool HasRisers { get; init; } = true;

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        using var line = new SKPath();
        using var area = new SKPath();
        float bottom = rp.DataRect.Bottom;
        int i = 0;
        while (i < values.Length)
        {
            if (double.IsNaN(values[i]))
            {
                i++;
                continue;
            }

            int end = i + 1;
            while (end < values.Length && !double.IsNaN(values[end]) && edges.Left[end] <= edges.Right[end - 1])
                end++;
            AddRun(line, i, end, HasRisers);
            if (Fill.HasValue)
                AddArea(area, i, end, bottom);
            i = end;
        }

        using var paint = new SKPaint { IsAntialias = true };
        if (Fill is { } fill)
        {
            paint.Color = fill.ToSKColor();
            rp.Canvas.DrawPath(area, paint);
        }

        LinePaint.Stroke(rp.Canvas, line, paint, Color, LineWidth, dashes: null, Cased);
    }

    private void AddRun(SKPath path, int from, int to, bool hasRisers)
    {
        float x = Axes.GetPixelX(edges.Left[from]);
        path.MoveTo(x, Axes.GetPixelY(values[from]));
        for (int i = from; i < to;)
        {
            // All bins that end within half a unit of x are drawn as one.
            double min = values[i];
            double max = values[i];
            int last = i;
            while (last + 1 < to && Axes.GetPixelX(edges.Right[last + 1]) < x + 0.5f)
            {
                last++;
                min = Math.Min(min, values[last]);
                max = Math.Max(max, values[last]);
            }

            float right = Axes.GetPixelX(edges.Right[last]);
            float level = Axes.GetPixelY(values[i]);
            if (hasRisers || Math.Abs(level - path.LastPoint.Y) < MaxRiser)
                path.LineTo(x, level);
            else
                path.MoveTo(x, level);
            if (last > i)
            {
                path.LineTo(x, Axes.GetPixelY(max));
                path.LineTo(x, Axes.GetPixelY(min));
                path.LineTo(x, Axes.GetPixelY(values[last]));
            }

            path.LineTo(right, Axes.GetPixelY(values[last]));
            x = right;
            i = last + 1;
        }
    }

    private void AddArea(SKPath area, int from, int to, float bottom)
    {
        using var run = new SKPath();
        AddRun(run, from, to, hasRisers: true);
        run.LineTo(Axes.GetPixelX(edges.Right[to - 1]), bottom);
        run.LineTo(Axes.GetPixelX(edges.Left[from]), bottom);
        run.Close();
        area.AddPath(run);
    }
}

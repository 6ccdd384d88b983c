using System.Runtime.InteropServices;
using ScottPlot;
using SkiaSharp;
using TraceAnalyzer.Reporting.Figures.Drawing;

namespace TraceAnalyzer.Reporting.Figures.Layers;

/// <summary>
/// Cells of equal width colored by value, in horizontal strips that each hold rows of equal height. Where few cells have
/// a value they are drawn larger than they are, or nobody would see them.
/// </summary>
/// <param name="values">For each row from the bottom the value of each cell; 0 leaves it blank.</param>
/// <param name="strips">Which rows lie where.</param>
/// <param name="left">Left end of the first column, in plot coordinates.</param>
/// <param name="right">Right end of the last column.</param>
/// <param name="colors">Colors of the values.</param>
internal sealed class RasterLayer(float[][] values, RasterStrip[] strips, double left, double right, ColorScale colors) : Layer
{
    // 1.5 points: seen at arm's length.
    private const float VisibleSize = 3;

    // Cells drawn larger may not cover more of the data area than this together, so that a full map stays exact.
    private const double EnlargedShare = 0.03;

    /// <summary>Values by row, from the bottom, and column.</summary>
    public float[][] Values => values;

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        float x0 = Axes.GetPixelX(left);
        float x1 = Axes.GetPixelX(right);
        DrawEnlarged(rp, x0, x1);
        foreach (RasterStrip strip in strips)
        {
            using SKImage image = Paint(strip);
            var target = new SKRect(x0, Axes.GetPixelY(strip.High), x1, Axes.GetPixelY(strip.Low));
            // Nearest: a cell is one color, with sharp edges, at whatever size it is printed.
            rp.Canvas.DrawImage(image, target, new SKSamplingOptions(SKFilterMode.Nearest));
        }
    }

    // Below the exact cells, which keep their place and color.
    private void DrawEnlarged(RenderPack rp, float x0, float x1)
    {
        PixelRect data = rp.DataRect;
        int cells = values.Sum(row => row.Count(value => value > 0));
        if (cells == 0)
            return;
        float size = MathF.Min(VisibleSize, (float)Math.Sqrt(EnlargedShare * data.Width * data.Height / cells));
        using var paint = new SKPaint();
        foreach (RasterStrip strip in strips)
        {
            float cellWidth = (x1 - x0) / values[strip.FirstRow].Length;
            float cellHeight = (Axes.GetPixelY(strip.Low) - Axes.GetPixelY(strip.High)) / strip.RowCount;
            if (size <= Math.Min(cellWidth, cellHeight))
                continue;
            float halfWidth = Math.Max(size, cellWidth) / 2;
            float halfHeight = Math.Max(size, cellHeight) / 2;
            for (int row = 0; row < strip.RowCount; row++)
            {
                float y = Inside(Axes.GetPixelY(strip.Low) - ((row + 0.5f) * cellHeight), halfHeight, data.Top, data.Bottom);
                float[] source = values[strip.FirstRow + row];
                for (int column = 0; column < source.Length; column++)
                {
                    if (!(source[column] > 0))
                        continue;
                    uint color = colors.ColorOf(source[column]);
                    paint.Color = new SKColor((byte)color, (byte)(color >> 8), (byte)(color >> 16));
                    float x = Inside(x0 + ((column + 0.5f) * cellWidth), halfWidth, data.Left, data.Right);
                    rp.Canvas.DrawRect(new SKRect(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight), paint);
                }
            }
        }
    }

    // A cell may be longer than the axis: times of centuries have columns of days.
    private static float Inside(float center, float half, float from, float to) =>
        2 * half < to - from ? Math.Clamp(center, from + half, to - half) : center;

    private SKImage Paint(RasterStrip strip)
    {
        int columns = values[strip.FirstRow].Length;
        using var bitmap = new SKBitmap(new SKImageInfo(columns, strip.RowCount, SKColorType.Rgba8888, SKAlphaType.Premul));
        Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan());
        for (int row = 0; row < strip.RowCount; row++)
        {
            float[] source = values[strip.FirstRow + row];
            Span<uint> target = pixels.Slice((strip.RowCount - 1 - row) * columns, columns);
            for (int column = 0; column < columns; column++)
                target[column] = source[column] > 0 ? colors.ColorOf(source[column]) : 0;
        }

        bitmap.SetImmutable();
        return SKImage.FromBitmap(bitmap);
    }
}

/// <summary>Rows of a <see cref="RasterLayer"/> that lie next to each other.</summary>
/// <param name="FirstRow">The lowest.</param>
/// <param name="RowCount">How many, at least 1.</param>
/// <param name="Low">Lower end, in plot coordinates.</param>
/// <param name="High">Upper end.</param>
internal readonly record struct RasterStrip(int FirstRow, int RowCount, double Low, double High);

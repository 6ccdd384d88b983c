using System.Runtime.InteropServices;
using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting;

/// <summary>Cells of equal width coloured by value, in horizontal strips that each hold rows of equal height.</summary>
/// <param name="values">For each row from the bottom the value of each cell; 0 leaves it blank.</param>
/// <param name="strips">Which rows lie where.</param>
/// <param name="left">Left end of the first column, in plot coordinates.</param>
/// <param name="right">Right end of the last column.</param>
/// <param name="colors">Colours of the values.</param>
internal sealed class RasterLayer(float[][] values, RasterStrip[] strips, double left, double right, ColorScale colors) : Layer
{
    /// <summary>Values by row, from the bottom, and column.</summary>
    public float[][] Values => values;

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        float x0 = Axes.GetPixelX(left);
        float x1 = Axes.GetPixelX(right);
        foreach (RasterStrip strip in strips)
        {
            using SKImage image = Paint(strip);
            var target = new SKRect(x0, Axes.GetPixelY(strip.High), x1, Axes.GetPixelY(strip.Low));
            // Nearest: a cell is one colour, with sharp edges, at whatever size it is printed.
            rp.Canvas.DrawImage(image, target, new SKSamplingOptions(SKFilterMode.Nearest));
        }
    }

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

using TraceAnalyzer.Reporting.Figures.Scales;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>A logarithmic color scale and its bar.</summary>
/// <param name="axis">The logarithmic axis of the bar.</param>
/// <param name="label">What the colors mean.</param>
internal sealed class ColorScale(AxisScale axis, string label)
{
    /// <summary>The least share of the greatest value that still gets a color of its own; smaller values get the palest.</summary>
    public const double Range = 1e-4;

    /// <summary>Axis of the bar.</summary>
    public AxisScale Axis => axis;

    /// <summary>What the colors mean.</summary>
    public string Label => label;

    /// <summary>For the values above 0 in <paramref name="values"/>; what is below <paramref name="least"/> gets the palest color.</summary>
    public static ColorScale For(IEnumerable<float[]> values, string label, double least = 0)
    {
        double min = double.PositiveInfinity;
        double max = 0;
        foreach (float[] row in values)
        {
            foreach (float value in row)
            {
                max = Math.Max(max, value);
                if (value > 0)
                    min = Math.Min(min, value);
            }
        }

        min = Math.Min(max, Math.Max(Math.Max(min, least), max * Range));
        // Values that are all about the same stand in the middle of a decade, which always has ticks to read them by.
        double room = max > min * 2 ? 0 : 0.5;
        return new ColorScale(LogScale.Between(Math.Log10(min) - room, Math.Log10(max) + room, TickText.Count, about: 6), label);
    }

    /// <summary>Color of a value above 0, as 0xAABBGGRR.</summary>
    public uint ColorOf(double value) => FigureColors.MapColor((Math.Log10(value) - axis.Min) / (axis.Max - axis.Min));
}

using ScottPlot;

namespace TraceAnalyzer.Reporting.Figures.Scales;

/// <summary>An axis: its range and ticks in plot coordinates, and the way from values to these.</summary>
/// <param name="Min">Lower end, in plot coordinates.</param>
/// <param name="Max">Upper end, in plot coordinates, above <paramref name="Min"/>.</param>
/// <param name="Ticks">Its ticks, in plot coordinates.</param>
/// <param name="IsLog">True if plot coordinates are decimal logarithms of values.</param>
internal sealed record AxisScale(double Min, double Max, Tick[] Ticks, bool IsLog = false)
{
    /// <summary>Plot coordinate of <paramref name="value"/>. What a logarithm cannot show lies below the axis; NaN (no value) stays NaN.</summary>
    public double Map(double value)
    {
        if (!IsLog || double.IsNaN(value))
            return value;
        return value > 0 ? Math.Max(Math.Log10(value), Min - 1) : Min - 1;
    }

    /// <summary><see cref="Map(double)"/> of each value.</summary>
    public double[] Map(double[] values) => Array.ConvertAll(values, Map);
}

using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;

namespace TraceAnalyzer.Reporting.Figures.Scales;

/// <summary>Time axes: values are seconds; ticks read 0 s, 10 s, ... or 0 min, 5 min, ... with one unit an axis.</summary>
internal static class TimeScale
{
    private static readonly (double MinSpan, double Seconds, string Unit)[] Units =
    [
        (3 * 3600, 3600, "h"),
        (300, 60, "min"),
        (2, 1, "s"),
        (2e-3, 1e-3, "ms"),
        (2e-6, 1e-6, "µs"),
        (0, 1e-9, "ns"),
    ];

    /// <summary>Between two times in seconds, on <paramref name="length"/> figure units.</summary>
    public static AxisScale Create(double fromSeconds, double toSeconds, float length)
    {
        (_, double unitSeconds, string unit) = Units.First(unit => toSeconds - fromSeconds >= unit.MinSpan);
        double last = toSeconds / unitSeconds;
        // Few units may be cut in halves, whose labels are longer.
        string longest = $"{TickText.Number(last < 10 ? 8.5 : Math.Floor(last))} {unit}";
        float widest = FigureFont.Measure(longest, FigureDrawing.TextSize);
        double step = Step((toSeconds - fromSeconds) / unitSeconds * (widest + 12) / length, unit);
        var ticks = new List<Tick>();
        for (double i = Math.Ceiling(fromSeconds / unitSeconds / step); i * step * unitSeconds <= toSeconds * (1 + 1e-12); i++)
            ticks.Add(Tick.Major(i * step * unitSeconds, $"{TickText.Number(i * step)} {unit}"));
        return new AxisScale(fromSeconds, toSeconds, [.. ticks]);
    }

    // Minutes are divided as clocks are: 15 min and 30 min rather than 20 min and 50 min.
    private static double Step(double least, string unit)
    {
        if (unit == "min")
        {
            foreach (double minutes in (ReadOnlySpan<double>)[1, 2, 5, 10, 15, 30])
            {
                if (minutes >= least)
                    return minutes;
            }
        }

        double step = LinearScale.NiceStep(least);
        return unit is "h" or "ns" ? Math.Max(1, step) : step;
    }
}

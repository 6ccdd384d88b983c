using ScottPlot;

namespace TraceAnalyzer.Reporting.Figures.Scales;

/// <summary>Linear axes with ticks at 1, 2 or 5 times a power of ten.</summary>
internal static class LinearScale
{
    /// <summary>From 0 to a little above <paramref name="max"/>, so that the highest value does not lie on the frame.</summary>
    public static AxisScale FromZero(double max, Func<double, string> label, int about)
    {
        if (!(max > 0))
            max = 1;
        return Between(0, max * 1.06, label, about);
    }

    /// <summary>The same for whole numbers, which have no ticks between them.</summary>
    public static AxisScale CountsFromZero(double max, int about)
    {
        AxisScale scale = FromZero(max, TickText.Count, about);
        return scale with { Ticks = [.. scale.Ticks.Where(tick => tick.Position == Math.Round(tick.Position))] };
    }

    /// <summary>From 0 % to 100 % (values 0 to 1), with room for a line at either end and a tick each <paramref name="stepPercent"/>.</summary>
    public static AxisScale Shares(int stepPercent) =>
        new(-0.02, 1.02, [.. Enumerable.Range(0, (100 / stepPercent) + 1).Select(i => Tick.Major(i * stepPercent / 100.0, $"{i * stepPercent} %"))]);

    /// <summary>Between two values, <paramref name="about"/> ticks or fewer.</summary>
    public static AxisScale Between(double min, double max, Func<double, string> label, int about)
    {
        double step = NiceStep((max - min) / about);
        var ticks = new List<Tick>();
        for (double i = Math.Ceiling(min / step); i * step <= max; i++)
            ticks.Add(Tick.Major(i * step, label(i * step)));
        return new AxisScale(min, max, [.. ticks]);
    }

    /// <summary>The least of 1, 2, 5 times a power of ten that is not below <paramref name="least"/>.</summary>
    public static double NiceStep(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        foreach (int factor in (ReadOnlySpan<int>)[1, 2, 5])
        {
            // The tolerance keeps 0.1999999 at 0.2.
            if (factor * power >= least * (1 - 1e-9))
                return factor * power;
        }

        return 10 * power;
    }
}

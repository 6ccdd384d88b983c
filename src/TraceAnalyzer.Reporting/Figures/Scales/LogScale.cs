using ScottPlot;

namespace TraceAnalyzer.Reporting.Figures.Scales;

/// <summary>Logarithmic axes: decades are labelled, and 2 and 5 too where there are few decades.</summary>
internal static class LogScale
{
    /// <summary>A linear axis hides what is this many times smaller than its greatest value.</summary>
    public const double WorthIt = 50;

    /// <summary>Around <paramref name="min"/> to <paramref name="max"/>, both above 0, with a little room on both sides.</summary>
    public static AxisScale Around(double min, double max, Func<double, string> label, int about)
    {
        double low = Math.Log10(min);
        double high = Math.Log10(max);
        double room = Math.Max(0.05 * (high - low), 0.12);
        return Between(low - room, high + room, label, about);
    }

    /// <summary>Between two decimal logarithms, with <paramref name="about"/> labels or fewer where possible.</summary>
    public static AxisScale Between(double lowLog10, double highLog10, Func<double, string> label, int about)
    {
        int first = (int)Math.Floor(lowLog10);
        int last = (int)Math.Ceiling(highLog10);
        double decades = highLog10 - lowLog10;
        int stride = Math.Max(1, (int)Math.Ceiling(decades / about));
        if (decades < 0.5)
            return Short(lowLog10, highLog10, label, about);

        int[] labelled = decades < 0.9 ? [1, 2, 3, 5, 7] : decades * 3 <= about ? [1, 2, 5] : [1];

        var ticks = new List<Tick>();
        for (int decade = first; decade <= last; decade++)
        {
            for (int digit = 1; digit <= 9; digit++)
            {
                double position = decade + Math.Log10(digit);
                if (position < lowLog10 || position > highLog10)
                    continue;
                bool isLabelled = labelled.Contains(digit) && decade % stride == 0;
                if (isLabelled)
                    ticks.Add(Tick.Major(position, label(digit * Math.Pow(10, decade))));
                else if (stride == 1 || digit == 1)
                    ticks.Add(Tick.Minor(position));
            }
        }

        return new AxisScale(lowLog10, highLog10, [.. ticks], IsLog: true);
    }

    // Within a decade, ticks at equal steps: 75, 80, 85.
    private static AxisScale Short(double lowLog10, double highLog10, Func<double, string> label, int about)
    {
        AxisScale linear = LinearScale.Between(Math.Pow(10, lowLog10), Math.Pow(10, highLog10), label, about);
        return new AxisScale(lowLog10, highLog10, [.. linear.Ticks.Select(tick => Tick.Major(Math.Log10(tick.Position), tick.Label))], IsLog: true);
    }
}

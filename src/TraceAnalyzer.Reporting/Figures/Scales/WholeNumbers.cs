namespace TraceAnalyzer.Reporting.Figures.Scales;

/// <summary>Linear axes of things that are numbered from 0 on.</summary>
internal static class WholeNumbers
{
    /// <summary>For <paramref name="count"/> things, each with half a unit of room on both sides.</summary>
    public static AxisScale Axis(int count, int about)
    {
        AxisScale scale = LinearScale.Between(-0.5, count - 0.5, TickText.Count, about);
        return scale with { Ticks = [.. scale.Ticks.Where(tick => tick.Position >= 0 && tick.Position == Math.Round(tick.Position))] };
    }
}

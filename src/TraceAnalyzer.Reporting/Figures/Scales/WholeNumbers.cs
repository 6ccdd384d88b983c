using ScottPlot;

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

    /// <summary>The same with a tick at the last of them, so that how many there are can be read.</summary>
    public static AxisScale AxisToLast(int count, int about)
    {
        AxisScale scale = Axis(count, about);
        double step = scale.Ticks.Length > 1 ? scale.Ticks[1].Position - scale.Ticks[0].Position : 1;
        // A tick right before the last would touch it.
        return scale with { Ticks = [.. scale.Ticks.Where(tick => count - 1 - tick.Position > 0.6 * step || (tick.Position == 0 && count > 1)), Tick.Major(count - 1, TickText.Count(count - 1))] };
    }
}

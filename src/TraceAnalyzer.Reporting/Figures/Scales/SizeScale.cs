using ScottPlot;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Scales;

/// <summary>Axes of request sizes: plot coordinates are binary logarithms of bytes, ticks stand at powers of two.</summary>
internal static class SizeScale
{
    /// <summary>Where requests of no bytes stand: a place of their own left of a sector, the least size there is.</summary>
    public const double EmptyPosition = 7;

    /// <summary>Plot coordinate of a size.</summary>
    public static double Map(long bytes) => bytes > 0 ? Math.Log2(bytes) : EmptyPosition;

    /// <summary>Around sizes <paramref name="minBytes"/> to <paramref name="maxBytes"/>; <paramref name="anchorBytes"/> gets a label if it is a power of two.</summary>
    public static AxisScale Around(long minBytes, long maxBytes, long anchorBytes)
    {
        const int About = 6;
        if (minBytes == maxBytes && minBytes > 0)
            return Lone(minBytes);

        double low = Math.Floor(Map(minBytes)) - 0.6;
        double high = Math.Ceiling(Map(maxBytes)) + 0.6;
        // Few sizes stand in the middle, with neighbors to judge them by.
        double room = Math.Max(0, (4 - (high - low)) / 2);
        (low, high) = (low - room, high + room);
        int stride = Math.Max(1, (int)Math.Ceiling((high - low) / About));
        int anchor = anchorBytes > 0 ? (int)Math.Round(Math.Log2(anchorBytes)) : 12;
        var ticks = new List<Tick>();
        for (int power = (int)Math.Ceiling(low); power <= high; power++)
        {
            if (minBytes <= 0 && power < 9)
            {
                if (power == EmptyPosition)
                    ticks.Add(Tick.Major(power, "0 B"));
            }
            else if ((power - anchor) % stride == 0)
            {
                ticks.Add(Tick.Major(power, Units.Bytes(Math.Pow(2, power))));
            }
            else
            {
                ticks.Add(Tick.Minor(power));
            }
        }

        return new AxisScale(low, high, [.. ticks]);
    }

    // A lone size, a power of two or not, has the tick in the middle, between its halves and doubles.
    private static AxisScale Lone(long bytes)
    {
        double middle = Map(bytes);
        int[] steps = bytes >= 4 ? [-2, -1, 0, 1, 2] : [0, 1, 2];
        return new AxisScale(middle - 2.5, middle + 2.5, [.. steps.Select(step => Tick.Major(middle + step, Units.Bytes(bytes * Math.Pow(2, step))))]);
    }
}

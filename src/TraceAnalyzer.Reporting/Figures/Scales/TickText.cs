using System.Globalization;

namespace TraceAnalyzer.Reporting.Figures.Scales;

/// <summary>Numbers beside ticks, which have less room than <see cref="Text.Units"/> takes: thousands as <c>k</c>.</summary>
internal static class TickText
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>E.g. <c>950</c>, <c>16.2k</c>, <c>1M</c>.</summary>
    public static string Count(double count) => count switch
    {
        < 1e3 => Number(count),
        < 1e6 => Number(count / 1e3) + "k",
        < 1e9 => Number(count / 1e6) + "M",
        < 1e12 => Number(count / 1e9) + "G",
        _ => Number(count / 1e12) + "T",
    };

    /// <summary>At most three significant digits, but whole numbers up to 9999 in full; what is below 0.0001 as <c>1.2×10⁻⁵</c>.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        if (size == 0)
            return "0"; // and not "-0"
        if (size < 0.0000995)
            return Scientific(value);
        if (size == Math.Floor(size) && size < 10_000)
            return value.ToString("0", CultureInfo.InvariantCulture);
        string format = size switch
        {
            >= 99.95 => "0",
            >= 9.995 => "0.#",
            >= 0.0995 => "0.##",
            >= 0.00995 => "0.###",
            >= 0.000995 => "0.####",
            _ => "0.######",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Scientific(double value)
    {
        string[] parts = value.ToString("0.##E0", CultureInfo.InvariantCulture).Split('E');
        string power = "10" + string.Concat(parts[1].Select(sign => sign == '-' ? '⁻' : Superscripts[sign - '0']));
        return parts[0] == "1" ? power : $"{parts[0]}×{power}";
    }
}

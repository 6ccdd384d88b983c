using System.Globalization;

namespace TraceAnalyzer.Reporting;

/// <summary>Numbers with units as people write them, the same in every culture.</summary>
internal static class Quantity
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private static readonly string[] BinaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>The binary unit in which <paramref name="bytes"/> is at least 1, and its size in bytes.</summary>
    public static (string Name, double Bytes) BinaryUnit(double bytes)
    {
        int power = 0;
        double size = 1;
        while (power < BinaryUnits.Length - 1 && bytes >= size * 1024)
        {
            size *= 1024;
            power++;
        }

        return (BinaryUnits[power], size);
    }

    /// <summary>E.g. <c>128 KiB</c>, <c>1.5 GiB</c>: three significant digits, exact where the number is round.</summary>
    public static string Bytes(double bytes)
    {
        (string unit, double size) = BinaryUnit(bytes);
        return $"{Number(bytes / size)} {unit}";
    }

    /// <summary>E.g. <c>2.06 GiB/s</c>.</summary>
    public static string Rate(double bytesPerSecond) => Bytes(bytesPerSecond) + "/s";

    /// <summary>E.g. <c>340 µs</c>.</summary>
    public static string Duration(double ns) => ns switch
    {
        < 1e3 => $"{Number(ns)} ns",
        < 1e6 => $"{Number(ns / 1e3)} µs",
        < 1e9 => $"{Number(ns / 1e6)} ms",
        < 300e9 => $"{Number(ns / 1e9)} s",
        < 180 * 60e9 => $"{Number(ns / 60e9)} min",
        _ => $"{Number(ns / 3600e9)} h",
    };

    /// <summary>E.g. <c>950</c>, <c>16.2k</c>, <c>1M</c>.</summary>
    public static string Count(double count) => count switch
    {
        < 1e3 => Number(count),
        < 1e6 => Number(count / 1e3) + "k",
        < 1e9 => Number(count / 1e6) + "M",
        < 1e12 => Number(count / 1e9) + "G",
        _ => Number(count / 1e12) + "T",
    };

    /// <summary>E.g. <c>93.4 %</c>; never rounds a part up to <c>100 %</c>, nor something down to <c>0 %</c>.</summary>
    public static string Percent(double share) => share switch
    {
        > 0.999 and < 1 => ">99.9 %",
        > 0 and < 0.001 => "<0.1 %",
        _ => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %",
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

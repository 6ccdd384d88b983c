using System.Collections.Immutable;
using System.Globalization;

namespace TraceAnalyzer.Text;

/// <summary>
/// The one way in which numbers are written for people: three digits and a unit, the same in every culture. The page's script follows the same
/// rules (<c>units.js</c>); both are tested against one file of cases.
/// </summary>
public static class Units
{
    /// <summary>Stands where there is no number.</summary>
    public const string None = "-";

    private const double BytesPerGiB = 1L << 30;

    private static readonly ImmutableArray<string> s_byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    // Minutes only from 2 min on: 90 s is easier to compare with its neighbors than 1.5 min.
    private static readonly ImmutableArray<(string Unit, double Ns, double BelowNs)> s_timeUnits =
    [
        ("ns", 1, 999.5),
        ("µs", 1e3, 999.5e3),
        ("ms", 1e6, 999.5e6),
        ("s", 1e9, 120e9),
        ("min", 60e9, 7200e9),
        ("h", 3600e9, 3 * 86_400e9),
        ("d", 86_400e9, double.PositiveInfinity),
    ];

    /// <summary>A number with its unit; <see cref="None"/> for null.</summary>
    public static string Of(double? value, Unit unit) => value is not { } number ? None : unit switch
    {
        Unit.Identifier => number.ToString(CultureInfo.InvariantCulture),
        Unit.Bytes => Bytes(number),
        Unit.BytesPerSecond => Rate(number),
        Unit.Nanoseconds => Duration(number),
        Unit.Seconds => Duration(number * 1e9),
        Unit.Share => Share(number),
        Unit.Percent => Share(number / 100),
        Unit.Coefficient => Coefficient(number),
        Unit.Ratio => Ratio(number),
        Unit.Octaves => number.ToString("0.00", CultureInfo.InvariantCulture) + " octaves",
        Unit.GiB => Bytes(number * BytesPerGiB),
        Unit.GiBPerSecond => Rate(number * BytesPerGiB),
        _ => Count(number),
    };

    /// <summary>Bytes in binary units, e.g. <c>128 KiB</c>, <c>1.5 GiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        // From 1023.5 on three digits would round to 1024 of the unit.
        int unit = 0;
        while (Math.Abs(bytes) >= 1023.5 && unit < s_byteUnits.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return $"{Count(bytes)} {s_byteUnits[unit]}";
    }

    /// <summary>Bandwidth from bytes per second in binary units, e.g. <c>2.06 GiB/s</c>.</summary>
    public static string Rate(double bytesPerSecond) => Bytes(bytesPerSecond) + "/s";

    /// <summary>A time span from nanoseconds to days, e.g. <c>85.3 µs</c>, <c>24.8 min</c>.</summary>
    public static string Duration(double ns)
    {
        foreach ((string unit, double unitNs, double belowNs) in s_timeUnits)
        {
            if (Math.Abs(ns) < belowNs)
                return $"{Count(ns / unitNs)} {unit}";
        }

        return ns.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// A number with its thousands set apart, e.g. <c>16,296</c>; below 100 with as many decimals as make three digits, below 0.1 two: only 0 is <c>0</c>.
    /// </summary>
    public static string Count(double count)
    {
        double size = Math.Abs(count);
        string format = size switch
        {
            0 => "0",
            < 0.0995 => "0." + new string('#', Math.Min(15, (int)Math.Ceiling(-Math.Log10(size)) + 1)),
            < 9.995 => "0.##",
            < 99.95 => "0.#",
            _ => "#,0",
        };
        return size == 0 ? "0" : count.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>A share of 0 to 1 in percent, e.g. <c>93.6 %</c>; <c>100 %</c> is all and nothing less, <c>0 %</c> is nothing at all.</summary>
    public static string Share(double share) => share switch
    {
        > 0.9995 and < 1 => ">99.9 %",
        > 0 and < 0.0001 => "<0.01 %",
        _ => Hundredths(share * 100) + " %",
    };

    /// <summary>A coefficient without a unit, such as Gini's or a correlation: always three decimals, never percent, e.g. <c>0.004</c>.</summary>
    public static string Coefficient(double coefficient) => coefficient switch
    {
        > 0 and < 0.0005 => "<0.001",
        < 0 and > -0.0005 => ">-0.001",
        _ => coefficient.ToString("0.000", CultureInfo.InvariantCulture),
    };

    /// <summary>How many times as large, e.g. <c>1.33x</c>, <c>350,000x</c>, <c>0.00006x</c>.</summary>
    public static string Ratio(double ratio) => Count(ratio) + "x";

    /// <summary>A difference, always with its sign; differences of shares are percentage points. <see cref="None"/> for null.</summary>
    public static string Difference(double? difference, Unit unit)
    {
        if (difference is not { } number)
            return None;
        string sign = number > 0 ? "+" : "";
        return sign + (unit == Unit.Share ? Count(number * 100) + " points" : Of(number, unit));
    }

    /// <summary>A ratio in words, e.g. <c>0.3 % more</c>, <c>3.4 times as many</c>, <c>1/5 as many</c>; <paramref name="many"/> is <c>many</c> or <c>much</c>.</summary>
    public static string Change(double ratio, string more, string less, string many) => ratio switch
    {
        1 => $"exactly as {many}",
        >= 2 => $"{Count(ratio)} times as {many}",
        > 1 => $"{Share(ratio - 1)} {more}",
        >= 0.5 => $"{Share(1 - ratio)} {less}",
        > 0 => $"1/{Count(1 / ratio)} as {many}",
        _ => "none",
    };

    /// <summary>The unit of bytes in which <paramref name="bytes"/> is at least 1, and its size in bytes; for axes, whose ticks share one unit.</summary>
    public static (string Name, double Bytes) BinaryUnit(double bytes)
    {
        int power = 0;
        double size = 1;
        while (power < s_byteUnits.Length - 1 && bytes >= size * 1024)
        {
            size *= 1024;
            power++;
        }

        return (s_byteUnits[power], size);
    }

    // Percent below 0.1 keeps two decimals: a share says nothing by a third digit there.
    private static string Hundredths(double percent) =>
        Math.Abs(percent) < 0.0995 ? percent.ToString("0.##", CultureInfo.InvariantCulture) : Count(percent);
}

using System.Collections.Immutable;
using System.Globalization;

namespace TraceAnalyzer.Reports;

/// <summary>Numbers as people read them: three digits and a unit, the same in every culture.</summary>
public static class HumanUnits
{
    private static readonly ImmutableArray<string> s_byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    // Minutes only from 2 min on: 90 s is easier to compare with its neighbours than 1.5 min.
    private static readonly ImmutableArray<(string Unit, double Ns, double BelowNs)> s_timeUnits =
    [
        ("ns", 1, 999.5),
        ("us", 1e3, 999.5e3),
        ("ms", 1e6, 999.5e6),
        ("s", 1e9, 120e9),
        ("min", 60e9, 7200e9),
        ("h", 3600e9, double.PositiveInfinity),
    ];

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

        return $"{ThreeDigits(bytes)} {s_byteUnits[unit]}";
    }

    /// <summary>Bandwidth in binary units, e.g. <c>2.06 GiB/s</c>.</summary>
    public static string BytesPerSecond(double bytesPerSecond) => Bytes(bytesPerSecond) + "/s";

    /// <summary>A time span from nanoseconds to hours, e.g. <c>85.3 us</c>, <c>24.8 min</c>.</summary>
    public static string Duration(double ns)
    {
        foreach ((string unit, double unitNs, double belowNs) in s_timeUnits)
        {
            if (Math.Abs(ns) < belowNs)
                return $"{ThreeDigits(ns / unitNs)} {unit}";
        }

        return ns.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A number of things with its thousands set apart, e.g. <c>16,296</c>; below 100 with as many decimals as make three digits.</summary>
    public static string Count(double count) => ThreeDigits(count);

    /// <summary>A share of 0 to 1 in percent, e.g. <c>93.6 %</c>; <c>100 %</c> is all and nothing less.</summary>
    public static string Share(double share) => share is > 0.999 and < 1 ? ">99.9 %" : ThreeDigits(share * 100) + " %";

    /// <summary>A coefficient without a unit, such as Gini's or a correlation: always three decimals, never percent, e.g. <c>0.004</c>.</summary>
    public static string Coefficient(double coefficient)
    {
        string text = coefficient.ToString("0.000", CultureInfo.InvariantCulture);
        return text == "-0.000" ? text[1..] : text;
    }

    private static string ThreeDigits(double value)
    {
        string format = Math.Abs(value) switch
        {
            < 9.995 => "0.##",
            < 99.95 => "0.#",
            _ => "#,0",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}

using System.Globalization;

namespace TraceAnalyzer.Reports;

/// <summary>Numbers of comparisons as people read them.</summary>
public static class MetricText
{
    /// <summary>What stands where there is no number.</summary>
    public const string None = "-";

    /// <summary>A number with its unit.</summary>
    public static string Value(double? value, MetricUnit unit) => value is not { } number ? None : unit switch
    {
        MetricUnit.Bytes => HumanUnits.Bytes(number),
        MetricUnit.BytesPerSecond => HumanUnits.BytesPerSecond(number),
        MetricUnit.Nanoseconds => HumanUnits.Duration(number),
        MetricUnit.Share => HumanUnits.Share(number),
        MetricUnit.Coefficient => HumanUnits.Coefficient(number),
        MetricUnit.Octaves => number.ToString("0.00", CultureInfo.InvariantCulture) + " octaves",
        _ => HumanUnits.Count(number),
    };

    /// <summary>A difference, always with its sign; differences of shares are percentage points.</summary>
    public static string Difference(double? difference, MetricUnit unit)
    {
        if (difference is not { } number)
            return None;
        string sign = number > 0 ? "+" : "";
        string text = sign + (unit == MetricUnit.Share ? HumanUnits.Count(number * 100) + " points" : Value(number, unit));
        // A difference that rounds to nothing has no direction.
        return text.StartsWith("-0 ", StringComparison.Ordinal) || text.StartsWith("+0 ", StringComparison.Ordinal) ? text[1..] : text;
    }

    /// <summary>A ratio such as <c>x1.33</c>.</summary>
    public static string Ratio(double? ratio)
    {
        if (ratio is not { } number)
            return None;
        string format = number switch
        {
            < 0.01 => "0.##E0",
            < 10 => "0.000",
            < 1000 => "0.0",
            _ => "0",
        };
        return "x" + (number == 0 ? "0" : number.ToString(format, CultureInfo.InvariantCulture));
    }

    /// <summary>A ratio in words, e.g. <c>0.3 % more</c>, <c>3.4 times as many</c>, <c>1/5 as many</c>; <paramref name="many"/> is <c>many</c> or <c>much</c>.</summary>
    public static string Change(double ratio, string more, string less, string many) => ratio switch
    {
        1 => $"exactly as {many}",
        >= 2 => $"{HumanUnits.Count(ratio)} times as {many}",
        > 1 => $"{Percent(ratio - 1)} {more}",
        >= 0.5 => $"{Percent(1 - ratio)} {less}",
        > 0 => $"1/{HumanUnits.Count(1 / ratio)} as {many}",
        _ => "none",
    };

    // Never rounds a difference away.
    private static string Percent(double share) => share < 0.00005 ? "less than 0.01 %" : HumanUnits.Share(share);
}

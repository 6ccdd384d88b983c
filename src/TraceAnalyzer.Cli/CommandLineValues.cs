using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Writing;

namespace TraceAnalyzer.Cli;

/// <summary>Reads the values of options that are more than a word or a number. Each reports what it expected.</summary>
internal static class CommandLineValues
{
    private static readonly (string Unit, decimal Ns)[] s_units =
        [("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000), ("h", 3_600_000_000_000)];

    private static readonly (string Unit, decimal Bytes)[] s_sizes =
        [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1L << 40), ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30), ("T", 1L << 40)];

    // Drives are sold by powers of ten.
    private static readonly (string Unit, decimal Bytes)[] s_driveSizes = [("GB", 1e9m), ("TB", 1e12m), ("PB", 1e15m), ("GiB", 1 << 30), ("TiB", 1L << 40), ("PiB", 1L << 50)];

    // An exabyte: rates over it stay far from the end of any number.
    private const long MostDriveBytes = 1_000_000_000_000_000_000;

    /// <summary>A duration such as <c>100ms</c>, <c>1.5s</c> or <c>2min</c>, or a number of seconds, in nanoseconds; at least <paramref name="leastNs"/>.</summary>
    public static long? DurationNs(ArgumentResult result, long leastNs)
    {
        string text = result.Tokens[0].Value;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('.', '9');
        string unitText = digits < 0 ? "s" : text[digits..];
        decimal unitNs = s_units.FirstOrDefault(unit => unit.Unit == unitText).Ns;
        if (unitNs == 0
            || !decimal.TryParse(text.AsSpan(0, digits < 0 ? text.Length : digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number > long.MaxValue / unitNs
            || number * unitNs < leastNs)
        {
            string least = leastNs > 0 ? string.Create(CultureInfo.InvariantCulture, $" of at least {leastNs} ns") : "";
            result.AddError($"{OptionName(result)}: '{text}' is not a valid duration; expected seconds, or a number and a unit (ns, us, ms, s, min, h){least}, e.g. 100ms");
            return null;
        }

        return (long)(number * unitNs);
    }

    /// <summary>A size such as <c>8GiB</c> or <c>512MiB</c>, in bytes; at least <paramref name="leastBytes"/>.</summary>
    public static long? SizeBytes(ArgumentResult result, long leastBytes)
    {
        string text = result.Tokens[0].Value;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('.', '9');
        decimal unit = digits < 0 ? 0 : s_sizes.FirstOrDefault(size => size.Unit == text[digits..]).Bytes;
        if (unit == 0
            || !decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number > long.MaxValue / unit
            || number * unit < leastBytes)
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{OptionName(result)}: '{text}' is not a valid size; expected a number and a unit (MiB, GiB, TiB), at least {leastBytes >> 20}MiB, e.g. 8GiB"));
            return null;
        }

        return (long)(number * unit);
    }

    /// <summary>A size of a drive, such as <c>1.92TB</c> or <c>600TiB</c>, in bytes.</summary>
    public static long? DriveBytes(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('.', '9');
        decimal unit = digits < 0 ? 0 : s_driveSizes.FirstOrDefault(size => size.Unit == text[digits..]).Bytes;
        if (unit != 0 && decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number > 0 && number <= MostDriveBytes / unit && (long)(number * unit) > 0)
            return (long)(number * unit);
        result.AddError($"{OptionName(result)}: '{text}' is not a valid size of a drive; expected a number and a unit (GB, TB, PB or GiB, TiB, PiB), e.g. 3.84TB");
        return null;
    }

    /// <summary>A device such as <c>259,0</c>, <c>259:0</c>, <c>nvme0n1</c> or <c>/dev/nvme0n1</c>.</summary>
    public static NamedDevice? Device(ArgumentResult result)
    {
        const string Folder = "/dev/";
        string text = result.Tokens[0].Value;
        if (DeviceId.TryParse(text.Replace(" ", "", StringComparison.Ordinal), out DeviceId device))
            return new NamedDevice(device, null);
        string name = text.StartsWith(Folder, StringComparison.Ordinal) ? text[Folder.Length..] : text;
        if (name.Any(c => char.IsAsciiLetter(c)) && !name.Any(char.IsControl))
            return new NamedDevice(null, name);
        result.AddError($"{OptionName(result)}: '{text}' is not a valid device; expected major,minor or a name, e.g. 259,0 or nvme0n1");
        return null;
    }

    /// <summary>A class of operations (<c>read</c>) or an exact rwbs string (<c>RA</c>).</summary>
    public static Operation? OperationOf(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        foreach (OperationClass @class in Enum.GetValues<OperationClass>())
        {
            if (@class.Name() == text)
                return new Operation(@class, null);
        }

        if (Rwbs.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out Rwbs rwbs))
            return new Operation(null, rwbs);
        result.AddError($"{OptionName(result)}: '{text}' is not an operation; expected read, write, discard, flush, other, or an rwbs string such as RA");
        return null;
    }

    /// <summary>Sectors such as <c>2048-4095</c>, both included; either may be left out.</summary>
    public static SectorRange? Sectors(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] ends = text.Split('-');
        if (ends.Length == 2 && TryParseEnd(ends[0], out ulong? first) && TryParseEnd(ends[1], out ulong? last) && (first ?? 0) <= (last ?? ulong.MaxValue))
            return new SectorRange(first, last);
        result.AddError($"{OptionName(result)}: '{text}' is not a range of sectors; expected FIRST-LAST, e.g. 2048-4095, or one end left out");
        return null;
    }

    /// <summary>One of some values of an enumeration, in lower case.</summary>
    public static T OneOf<T>(ArgumentResult result, params T[] values)
        where T : struct, Enum
    {
        string text = result.Tokens[0].Value;
        foreach (T value in values)
        {
            if (NameOf(value) == text)
                return value;
        }

        result.AddError($"{OptionName(result)}: '{text}' is unknown; expected {string.Join(" or ", values.Select(NameOf))}");
        return default;
    }

    /// <summary>Gives shells what to complete an option's value with, in place of the names that its type has in C#.</summary>
    public static void Complete(Option option, params string[] values)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add(values);
    }

    /// <summary>A format to write.</summary>
    public static OutputFormat? OutputFormatOf(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        OutputFormat? format = OutputFormats.Find(text);
        if (format is null)
            result.AddError($"{OptionName(result)}: '{text}' is unknown; expected {string.Join(" or ", OutputFormats.All.Select(known => known.Name))}");
        return format;
    }

    /// <summary>Names such as <c>259,0=/dev/nvme1n1</c>.</summary>
    public static Dictionary<DeviceId, string>? ReplayNames(ArgumentResult result)
    {
        var names = new Dictionary<DeviceId, string>();
        foreach (Token token in result.Tokens)
        {
            string[] sides = token.Value.Split('=', 2);
            if (sides.Length < 2 || sides[1].Length is 0 or > 255 || sides[1].Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) || !DeviceId.TryParse(sides[0], out DeviceId device))
            {
                result.AddError($"{OptionName(result)}: '{token.Value}' is not a name; expected MAJOR,MINOR=PATH, a path without blanks of at most 255 characters");
                return null;
            }

            names[device] = sides[1];
        }

        return names;
    }

    /// <summary>Refuses paths that are misspelt options; a file whose name starts with a dash is <c>./-name</c>.</summary>
    public static void RefuseOptions(ArgumentResult result)
    {
        foreach (Token token in result.Tokens.Where(token => token.Value.StartsWith('-') && token.Value != TraceFormats.StandardInput))
            result.AddError($"{token.Value}: there is no such option");
    }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="greatest"/>.</summary>
    public static int? Count(ArgumentResult result, int least, int greatest)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= least && count <= greatest)
            return count;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{OptionName(result)}: '{text}' is not a number from {least} to {greatest}"));
        return null;
    }

    /// <summary>A number above 0, such as <c>5.3</c>.</summary>
    public static double? PositiveNumber(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number))
            return number;
        result.AddError($"{OptionName(result)}: '{text}' is not a number above 0, e.g. 5.3");
        return null;
    }

    /// <summary>A number of GiB/s, or files and folders with results of fio, each with an option of its own.</summary>
    public static Roofline? RooflineOf(ArgumentResult result)
    {
        string[] values = [.. result.Tokens.Select(token => token.Value)];
        string? number = Array.Find(values, value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        if (number is null)
            return new Roofline(null, values);
        if (values.Length == 1)
            return PositiveNumber(result) is { } given ? new Roofline(given, []) : null;
        result.AddError($"{OptionName(result)}: '{number}' is a number beside other values; expected one number of GiB/s, or results of fio only");
        return null;
    }

    // Names of options are lower case in every culture.
    private static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static bool TryParseEnd(string text, out ulong? sector)
    {
        sector = null;
        if (text.Length == 0)
            return true;
        bool parsed = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value);
        sector = value;
        return parsed;
    }

    private static string OptionName(ArgumentResult result) => (result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name;
}

/// <summary>An operation class or an exact rwbs string.</summary>
internal sealed record Operation(OperationClass? Class, Rwbs? Rwbs);

/// <summary>Sectors from the first to the last, both included.</summary>
internal sealed record SectorRange(ulong? First, ulong? Last);

/// <summary>What <c>--roofline</c> says that the device can do.</summary>
/// <param name="GiBPerSecond">Reading, in GiB/s; null if files say.</param>
/// <param name="Files">Files and folders with results of fio.</param>
internal sealed record Roofline(double? GiBPerSecond, IReadOnlyList<string> Files);

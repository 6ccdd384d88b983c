using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceAnalyzer.Reading.Lines;

/// <summary>Tells text that a tracer may well have written, but that lacks what it takes to read it.</summary>
internal static class ForeignText
{
    private static readonly Regex s_operation = new(@"^F?(R|W|D|N|DE|F)[FSAMNVEU]{0,4}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static readonly Regex s_action = new(@"^([QGIDCMFPUXARSTB]|UT)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static readonly Regex s_device = new(@"^\d{1,4}:\d{1,7}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static readonly Regex s_timeOfDay = new(@"^\d{1,2}:\d\d:\d\d(\.\d+)?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    // Notes of a shell may stand before the lines that count.
    private const int LinesLookedAt = 200;
    private const int LeastLines = 2;

    /// <summary>What to do about it; null if it is no such text.</summary>
    public static string? Hint(string text)
    {
        string[] lines = [.. text.Split('\n').Take(LinesLookedAt).Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
        if (IsMostOf(lines, IsBiosnoop))
            return "it looks like biosnoop text without its heading line, which tells the columns; add it as the first line: TIME(s) COMM PID DISK T SECTOR BYTES LAT(ms)";
        if (IsMostOf(lines, IsBlkparse))
            return "it looks like blkparse text in a custom format; give the format that it was written with: -f \"%D %2c %8s %5T.%9t %5p %2a %3d %S + %n\\n\" (see man blkparse)";
        return null;
    }

    // The last line may be cut.
    private static bool IsMostOf(string[] lines, Func<string[], bool> isSo)
    {
        int count = lines.Count(line => isSo(line.Split([' ', '\t', ',', '|', ';'], StringSplitOptions.RemoveEmptyEntries)));
        return count >= Math.Min(LeastLines, lines.Length) && count > lines.Length / 2;
    }

    // 0.000000    python3        4211   nvme0n1 R 2048       131072    0.41
    private static bool IsBiosnoop(string[] words)
    {
        if (words.Length < 7 || !IsTime(words[0]))
            return false;
        for (int i = 3; i < words.Length - 2; i++)
        {
            if (IsOperation(words[i]) && IsDisk(words[i - 1]) && IsNumber(words[i - 2]) && IsNumber(words[i + 1]) && IsNumber(words[i + 2]))
                return true;
        }

        return false;
    }

    // An operation, and a sector and a length, or a device or an action beside a time.
    private static bool IsBlkparse(string[] words)
    {
        if (words.Length < 4 || !words.Any(IsOperation))
            return false;
        int numbers = words.Count(word => IsNumber(word) || s_device.IsMatch(word));
        bool hasTime = words.Any(word => word.Contains('.', StringComparison.Ordinal) && IsTime(word));
        bool hasAction = words.Count(word => IsOperation(word) || s_action.IsMatch(word)) > 1;
        return numbers >= 2 && words.All(word => word.Length <= 64) && (hasTime || hasAction || words.Contains("+"));
    }

    private static bool IsDisk(string word) => DeviceChoice.IsKernelName(word) || word == "?" || word == "<unknown>";

    private static bool IsOperation(string word) => s_operation.IsMatch(word);

    private static bool IsNumber(string word) => word.Length is > 0 and <= 20 && word.All(char.IsAsciiDigit);

    private static bool IsTime(string word) => decimal.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) || s_timeOfDay.IsMatch(word);
}

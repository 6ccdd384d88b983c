using System.Globalization;
using System.Text;

namespace TraceAnalyzer.Writing.Csv;

/// <summary>
/// Text from a trace, whose processes choose their names, as it may stand in a file that is opened in a spreadsheet or printed on a terminal. Nothing is lost:
/// an apostrophe in front goes away, then <c>\xHH</c> is the character of that number and <c>\\</c> is a backslash.
/// </summary>
internal static class SafeCsvText
{
    // What a spreadsheet takes for the start of a formula, in the wide forms of East Asian keyboards too, and the apostrophe itself.
    private static readonly System.Buffers.SearchValues<char> s_formula = System.Buffers.SearchValues.Create("=+-@'\uFF1D\uFF0B\uFF0D\uFF20");

    /// <summary>The text, with an apostrophe in front if it might be a formula, and with control and format characters as <c>\xHH</c> or <c>\uHHHH</c>.</summary>
    public static string Of(string text)
    {
        if (text.Length == 0)
            return text;
        bool isPlain = !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('\\', StringComparison.Ordinal);
        if (!isPlain)
            text = Escape(text);
        return s_formula.Contains(text[0]) ? "'" + text : text;
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (char character in text)
        {
            if (character == '\\')
                escaped.Append("\\\\");
            else if (!IsHidden(character))
                escaped.Append(character);
            else if (character <= 0xFF)
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}");
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return escaped.ToString();
    }

    private static bool IsHidden(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

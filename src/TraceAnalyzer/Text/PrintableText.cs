using System.Globalization;
using System.Text;

namespace TraceAnalyzer.Text;

/// <summary>Makes text from a trace safe to print: whoever is traced chooses the names of their processes.</summary>
public static class PrintableText
{
    /// <summary>
    /// <paramref name="text"/> with every control and format character, line separator and broken surrogate replaced by U+FFFD, so that it
    /// stays on its line and steers neither a terminal (escape sequences) nor the direction of the text around it.
    /// </summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        var printable = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            printable.Append(IsHidden(rune) ? Rune.ReplacementChar : rune);
        return printable.ToString();
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

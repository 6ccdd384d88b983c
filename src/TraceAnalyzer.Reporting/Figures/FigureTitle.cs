using System.Text;
using TraceAnalyzer.Reporting.Figures.Drawing;

namespace TraceAnalyzer.Reporting.Figures;

/// <summary>The line above every figure.</summary>
internal static class FigureTitle
{
    /// <summary>Trace, device and what was counted, e.g. <c>kv-offload · device 259,0 · counted at issue</c>.</summary>
    public static string Of(FigureContext context, float width = FigureDrawing.ColumnWidth)
    {
        string filtered = context.Report.Settings.Filters.Length > 0 ? " · filtered" : "";
        string facts = $" · device {context.Device.Label()} · counted at {context.Report.Settings.CountedAction}{filtered}";
        facts = Printable(facts);
        // A long name gives way before the facts do.
        float room = width - (2 * FigureDrawing.Margin) - FigureFont.Measure(facts, FigureDrawing.TitleSize);
        return FigureFont.Shorten(Printable(context.Report.Source.Name), FigureDrawing.TitleSize, room) + facts;
    }

    /// <summary>Without what no font shows and no XML may contain: control characters and broken surrogates become a replacement character.</summary>
    public static string Printable(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            clean.Append(Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }
}

using ScottPlot;
using SkiaSharp;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>
/// The one font of all figures, embedded: a machine without fonts would otherwise draw figures without text, and every
/// other machine figures of its own.
/// </summary>
public static class FigureFont
{
    /// <summary>Its name.</summary>
    public const string Name = "DejaVu Sans";

    private static readonly SKTypeface Typeface = Load();

    static FigureFont() => Fonts.FontResolvers.Insert(0, new Resolver());

    /// <summary>Lets all plots of ScottPlot in this process use it, for figures of one's own. To be called before the first.</summary>
    public static void UseEverywhere() => Fonts.Default = Fonts.Sans = Fonts.Serif = Fonts.Monospace = Name;

    /// <summary>A font of a size in figure units; the caller disposes of it.</summary>
    internal static SKFont OfSize(float size) => new(Typeface, size) { Subpixel = true, Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.None };

    /// <summary>Width of <paramref name="text"/> in figure units.</summary>
    internal static float Measure(string text, float size)
    {
        using SKFont font = OfSize(size);
        return font.MeasureText(text);
    }

    /// <summary><paramref name="text"/> cut in its middle so that it is not wider than <paramref name="width"/>: the ends of a trace's name tell more than its middle.</summary>
    internal static string Shorten(string text, float size, float width)
    {
        using SKFont font = OfSize(size);
        if (font.MeasureText(text) <= width)
            return text;

        int low = 0;
        int high = text.Length;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (font.MeasureText(KeepEnds(text, middle)) <= width)
                low = middle;
            else
                high = middle - 1;
        }

        return KeepEnds(text, low);
    }

    private static string KeepEnds(string text, int keep)
    {
        int head = (keep + 1) / 2;
        int tail = text.Length - (keep / 2);
        if (head > 0 && char.IsHighSurrogate(text[head - 1]))
            head--;
        if (tail < text.Length && char.IsLowSurrogate(text[tail]))
            tail++;
        return string.Concat(text.AsSpan(0, head), "…", text.AsSpan(tail));
    }

    private static SKTypeface Load()
    {
        using Stream stream = typeof(FigureFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")
            ?? throw new InvalidOperationException("the font DejaVuSans.ttf is not embedded");
        using SKData data = SKData.Create(stream);
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException("the embedded font cannot be loaded");
    }

    /// <summary>Answers for the embedded font's name in every weight and slant, and leaves other names to others.</summary>
    private sealed class Resolver : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => fontName == Name ? Typeface : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Typeface : null;
    }
}

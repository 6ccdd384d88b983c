using ScottPlot;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>
/// Colors that people with any common color vision tell apart, and that differ in lightness for gray prints:
/// Okabe and Ito, "Color Universal Design" (2008). The color map is viridis (Smith and van der Walt, matplotlib 2.0).
/// </summary>
internal static class FigureColors
{
    public static readonly Color Read = Color.FromHex("#0072B2");
    public static readonly Color Write = Color.FromHex("#D55E00");
    public static readonly Color Third = Color.FromHex("#009E73");
    public static readonly Color Fourth = Color.FromHex("#CC79A7");
    public static readonly Color Ink = Colors.Black;
    public static readonly Color SoftInk = Color.FromHex("#404040");
    public static readonly Color Grid = Color.FromHex("#E4E4E4");
    public static readonly Color Gap = Color.FromHex("#DCDCDC");
    public static readonly Color GapEdge = Color.FromHex("#9A9A9A");

    private const int MapSteps = 256;

    private static readonly uint[] Map = BuildMap();

    /// <summary>A paler shade for areas; opaque, so that it prints alike everywhere.</summary>
    public static Color Pale(Color color) => color.MixedWith(Colors.White, 0.72);

    /// <summary>Color of <paramref name="fraction"/> (0 to 1, clamped) as 0xAABBGGRR: pale to dark, for white paper on which untouched cells stay white.</summary>
    public static uint MapColor(double fraction) => Map[(int)(Math.Clamp(fraction, 0, 1) * (MapSteps - 1))];

    private static uint[] BuildMap()
    {
        var viridis = new ScottPlot.Colormaps.Viridis();
        var map = new uint[MapSteps];
        for (int i = 0; i < MapSteps; i++)
        {
            // From dark (many) back to yellow (few), without the palest end, which paper swallows.
            Color color = viridis.GetColor(0.97 * (1 - (i / (MapSteps - 1.0))));
            map[i] = 0xFF000000u | ((uint)color.B << 16) | ((uint)color.G << 8) | color.R;
        }

        return map;
    }
}

using System.Globalization;
using System.Numerics;

namespace TraceAnalyzer.SideFiles;

/// <summary>
/// The one way to read a number of a side file. What lies outside the range, is NaN or infinite is a mistake or an attack, and is treated as if it
/// were not a number at all. The ranges are wide enough for any machine and narrow enough that sums and products stay within 64 bits (<see cref="SideRanges"/>).
/// </summary>
/// <param name="Least">The least value.</param>
/// <param name="Most">The greatest value.</param>
internal readonly record struct NumberRange<T>(T Least, T Most) where T : struct, INumber<T>
{
    /// <summary>The number that <paramref name="text"/> writes in the invariant culture, or null. A negative zero becomes zero.</summary>
    public T? Parse(ReadOnlySpan<char> text) =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && value >= Least && value <= Most ? value + T.Zero : null;

    /// <summary>True if <paramref name="value"/> is in the range.</summary>
    public bool Holds(T value) => value >= Least && value <= Most;

    /// <summary>The range in words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"a number from {Least} to {Most}");
}

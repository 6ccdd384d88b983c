using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables;

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Name">Its name in CSV files, lower case with underscores and its unit at the end, e.g. <c>mean_size_bytes</c>. Stable.</param>
/// <param name="Label">Its heading for people, e.g. <c>Mean size</c>.</param>
/// <param name="Unit">What its numbers count.</param>
public sealed record Column(string Name, string Label, Unit Unit)
{
    /// <summary>A column of words.</summary>
    public static Column Text(string name, string label) => new(name, label, Unit.Text);

    /// <summary>A column of numbers that name something.</summary>
    public static Column Id(string name, string label) => new(name, label, Unit.Identifier);

    /// <summary>A column of counts.</summary>
    public static Column Count(string name, string label) => new(name, label, Unit.Count);

    /// <summary>A column of bytes.</summary>
    public static Column Bytes(string name, string label) => new(name, label, Unit.Bytes);

    /// <summary>A column of bytes per second.</summary>
    public static Column Rate(string name, string label) => new(name, label, Unit.BytesPerSecond);

    /// <summary>A column of spans of time in nanoseconds.</summary>
    public static Column Ns(string name, string label) => new(name, label, Unit.Nanoseconds);

    /// <summary>A column of spans of time in seconds.</summary>
    public static Column Seconds(string name, string label) => new(name, label, Unit.Seconds);

    /// <summary>A column of shares, 0 to 1.</summary>
    public static Column Share(string name, string label) => new(name, label, Unit.Share);
}

using System.Text.Json;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>What the tables of a comparison share.</summary>
public static class ComparisonColumns
{
    /// <summary>The run's label.</summary>
    public static readonly Column Run = Column.Text("run", "Run");

    /// <summary>Read, write, ...</summary>
    public static readonly Column Class = Column.Text("class", "Class");

    /// <summary>A member of an enumeration as JSON writes it.</summary>
    public static string Camel<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>What the tables of a comparison share.</summary>
public static class ComparisonColumns
{
    /// <summary>The run's label.</summary>
    public static readonly Column Run = Column.Text("run", "Run");

    /// <summary>Read, write, ...</summary>
    public static readonly Column Class = Column.Text("class", "Class");
}

namespace TraceAnalyzer.Reporting.Html;

/// <summary>Which columns of a table stand side by side on paper.</summary>
/// <param name="Repeated">Leading columns that every part repeats: a row's name, and what the others are compared with.</param>
/// <param name="Others">Further columns of a part.</param>
internal readonly record struct PaperColumns(int Repeated, int Others)
{
    /// <summary>The columns of each part of a table of <paramref name="count"/> columns; together they are all of them.</summary>
    public int[][] Parts(int count)
    {
        int[] repeated = [.. Enumerable.Range(0, Math.Min(Repeated, count))];
        return [.. Enumerable.Range(0, count).Skip(Repeated).Chunk(Others).Select(others => (int[])[.. repeated, .. others])];
    }
}

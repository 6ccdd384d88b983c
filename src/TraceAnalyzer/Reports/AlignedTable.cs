namespace TraceAnalyzer.Reports;

/// <summary>A table of plain text: the first column to the left, the others to the right, two spaces between them.</summary>
internal sealed class AlignedTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    /// <summary>Adds a row of as many fields as the header has.</summary>
    public void Add(params string[] row) => _rows.Add(row);

    /// <summary>Writes the table, indented by two spaces; nothing if it has no rows under its header.</summary>
    public void Write(TextWriter writer)
    {
        if (_rows.Count == 1)
            return;

        int[] widths = [.. header.Select((_, column) => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            writer.Write("  ");
            writer.Write(row[0].PadRight(widths[0]));
            for (int column = 1; column < row.Length; column++)
            {
                writer.Write("  ");
                writer.Write(row[column].PadLeft(widths[column]));
            }

            writer.WriteLine();
        }

        writer.WriteLine();
    }
}

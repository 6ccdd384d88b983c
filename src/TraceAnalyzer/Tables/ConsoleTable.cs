using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables;

/// <summary>Writes a <see cref="Table"/> as plain text: the first column to the left, the others to the right, two spaces between them.</summary>
public static class ConsoleTable
{
    private const int MaxTextLength = 32;

    /// <summary>Writes the table, indented by two spaces; nothing if it has no rows.</summary>
    public static void Write(Table table, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(writer);
        if (table.Rows.Count == 0)
            return;

        List<string[]> lines = [[.. table.Columns.Select(column => column.Label)], .. table.Rows.Select(row => row.Select((value, i) => Cell(value, table.Columns[i].Unit)).ToArray())];
        int[] widths = [.. table.Columns.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            writer.Write("  ");
            writer.Write(line[0].PadRight(line.Length == 1 ? 0 : widths[0]));
            for (int column = 1; column < line.Length; column++)
            {
                writer.Write("  ");
                writer.Write(line[column].PadLeft(widths[column]));
            }

            writer.WriteLine();
        }

        writer.WriteLine();
    }

    private static string Cell(Value value, Unit unit)
    {
        string text = PrintableText.Of(value.Display(unit));
        return text.Length <= MaxTextLength ? text : text[..(MaxTextLength - 3)] + "...";
    }
}

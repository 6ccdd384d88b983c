using System.Collections.Immutable;

namespace TraceAnalyzer.Tables;

/// <summary>
/// A table that can be made of a <typeparamref name="TSource"/> (a trace's report, a comparison, ...): the CSV file, the console's and the page's
/// tables and the data saved from the page are all written from it.
/// </summary>
/// <param name="Name">Stable name, that of its CSV file without the ending.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Fill">Adds its rows, none where the source has no such data.</param>
public sealed record TableOf<TSource>(string Name, string Title, ImmutableArray<Column> Columns, Action<TSource, IRows> Fill)
{
    /// <summary>What has to be known to read it, for the documentation: a clause, or nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>Name of its CSV file.</summary>
    public string FileName => Name + ".csv";

    /// <summary>The table of <paramref name="source"/>, kept in memory.</summary>
    public Table Of(TSource source)
    {
        var rows = new KeptRows(Columns.Length);
        Fill(source, rows);
        return new Table(Name, Title, Columns, rows.All);
    }

    /// <summary>Its line in the documentation: file, columns and note, in Markdown.</summary>
    public string Describe() => $"- `{FileName}` ({Title}): `{string.Join(", ", Columns.Select(column => column.Name))}`{(Note.Length > 0 ? "; " + Note : "")}";

    private sealed class KeptRows(int columns) : IRows
    {
        public List<Value[]> All { get; } = [];

        public void Add(params ReadOnlySpan<Value> values)
        {
            if (values.Length != columns)
                throw new ArgumentException($"the table has {columns} columns, the row {values.Length}", nameof(values));
            All.Add(values.ToArray());
        }
    }
}

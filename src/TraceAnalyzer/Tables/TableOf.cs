using System.Collections.Immutable;
using TraceAnalyzer.Text;

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

    /// <summary>The rows of <paramref name="source"/> with most of something, most first, without keeping the others in memory; the title says how many there are and where the rest is.</summary>
    /// <param name="source">What it is made of.</param>
    /// <param name="title">What it then shows.</param>
    /// <param name="count">Most rows.</param>
    /// <param name="of">What a row has, and what decides between rows that have as much.</param>
    public Table MostOf(TSource source, string title, int count, Func<Value[], (double, double)> of)
    {
        var rows = new MostRows(Columns.Length, count, of);
        Fill(source, rows);
        return new Table(Name, rows.Seen > count ? $"{title} ({Units.Count(count)} of {Units.Count(rows.Seen)}; {Name}.csv has all)" : title, Columns, rows.Descending());
    }

    /// <summary>Its line in the documentation: file, columns and note, in Markdown.</summary>
    public string Describe() => $"- `{FileName}` ({Title}): `{string.Join(", ", Columns.Select(column => column.Name))}`{(Note.Length > 0 ? "; " + Note : "")}";

    private static Value[] Row(ReadOnlySpan<Value> values, int columns) =>
        values.Length == columns ? values.ToArray() : throw new ArgumentException($"the table has {columns} columns, the row {values.Length}", nameof(values));

    private sealed class KeptRows(int columns) : IRows
    {
        public List<Value[]> All { get; } = [];

        public void Add(params ReadOnlySpan<Value> values) => All.Add(Row(values, columns));
    }

    private sealed class MostRows(int columns, int count, Func<Value[], (double, double)> of) : IRows
    {
        // Least first; of rows that have as much, the later ones.
        private readonly PriorityQueue<Value[], (double, double, int)> _most = new();

        public int Seen { get; private set; }

        public void Add(params ReadOnlySpan<Value> values)
        {
            Value[] row = Row(values, columns);
            (double most, double then) = of(row);
            _most.Enqueue(row, (most, then, -Seen++));
            if (_most.Count > count)
                _most.Dequeue();
        }

        public Value[][] Descending()
        {
            var rows = new Value[_most.Count][];
            for (int i = rows.Length - 1; i >= 0; i--)
                rows[i] = _most.Dequeue();
            return rows;
        }
    }
}

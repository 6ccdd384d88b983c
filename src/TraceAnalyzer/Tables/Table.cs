using System.Collections.Immutable;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables;

/// <summary>A table with its rows. Views of it (fewer columns, fewer rows, other headings) are tables again.</summary>
/// <param name="Name">Stable name, that of the CSV file without the ending.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows, a value per column.</param>
public sealed record Table(string Name, string Title, ImmutableArray<Column> Columns, IReadOnlyList<Value[]> Rows)
{
    /// <summary>Place of a column.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Length; i++)
        {
            if (Columns[i].Name == column)
                return i;
        }

        throw new ArgumentException($"the table {Name} has no column {column}", nameof(column));
    }

    /// <summary>Only these columns, in this order; <c>name=Label</c> gives another heading.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public Table Select(params string[] columns)
    {
        (int Index, Column Column)[] chosen = [.. columns.Select(Choose)];
        return this with { Columns = [.. chosen.Select(choice => choice.Column)], Rows = [.. Rows.Select(row => Array.ConvertAll(chosen, choice => row[choice.Index]))] };

        (int, Column) Choose(string text)
        {
            string[] parts = text.Split('=', 2);
            int index = IndexOf(parts[0]);
            return (index, parts.Length == 1 ? Columns[index] : Columns[index] with { Label = parts[1] });
        }
    }

    /// <summary>Only the rows that have one of these values in a column.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public Table Where(string column, params Value[] values)
    {
        int index = IndexOf(column);
        return this with { Rows = [.. Rows.Where(row => values.Contains(row[index]))] };
    }

    /// <summary>The first rows only; the title says how many there are and where the rest is.</summary>
    public Table First(int count) => Rows.Count <= count
        ? this
        : this with { Title = $"{Title} ({Units.Count(count)} of {Units.Count(Rows.Count)}; {Name}.csv has all)", Rows = [.. Rows.Take(count)] };

    /// <summary>With a column before the others that has one value in all rows.</summary>
    public Table With(Column column, Value value) => this with { Columns = [column, .. Columns], Rows = [.. Rows.Select(row => (Value[])[value, .. row])] };

    /// <summary>With the rows of another table of the same columns behind its own.</summary>
    public Table Concat(Table other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with { Rows = [.. Rows, .. other.Rows] };
    }

    /// <summary>Without the columns that have no value in any row.</summary>
    public Table WithoutEmptyColumns()
    {
        int[] filled = [.. Enumerable.Range(0, Columns.Length).Where(column => Rows.Any(row => !row[column].IsEmpty))];
        return filled.Length == Columns.Length
            ? this
            : this with { Columns = [.. filled.Select(column => Columns[column])], Rows = [.. Rows.Select(row => Array.ConvertAll(filled, column => row[column]))] };
    }
}

using Parquet;
using Parquet.Schema;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>The columns of one row group, each read whole when it is asked for.</summary>
internal sealed class RowGroupColumns(string file, long bytes, ParquetSchema schema, ParquetRowGroupReader group)
{
    private const int MostShared = 1 << 16;

    /// <summary>Rows of the group, at most <see cref="ParquetFrame.MaxRows"/>.</summary>
    public int Rows { get; } = (int)group.RowCount;

    /// <summary>A column of whole numbers; null if the file has none of that name.</summary>
    /// <exception cref="TraceException">It is of another type.</exception>
    public long?[]? Longs(string name)
    {
        DataField? field = Find(name);
        if (field is null)
            return null;
        if (field.ClrType == typeof(int))
            return Array.ConvertAll(Read<int>(field), value => (long?)value);
        return field.ClrType == typeof(long) ? Read<long>(field) : throw WrongType(field, "a whole number");
    }

    /// <summary>A column of text; null if the file has none of that name.</summary>
    /// <exception cref="TraceException">It is of another type.</exception>
    public string?[]? Texts(string name)
    {
        DataField? field = Find(name);
        if (field is null)
            return null;
        if (field.ClrType != typeof(string) && field.ClrType != typeof(ReadOnlyMemory<char>))
            throw WrongType(field, "text");
        string?[] values = new string?[Rows];
        Watch(() => group.ReadAsync(field, values!, null, CancellationToken.None));
        Share(values);
        return values;
    }

    /// <summary>A column of booleans; null if the file has none of that name.</summary>
    /// <exception cref="TraceException">It is of another type.</exception>
    public bool?[]? Flags(string name)
    {
        DataField? field = Find(name);
        if (field is null)
            return null;
        return field.ClrType == typeof(bool) ? Read<bool>(field) : throw WrongType(field, "true or false");
    }

    /// <summary>The same of a column that must be there.</summary>
    public long?[] RequiredLongs(string name) => Longs(name) ?? throw Missing(name);

    /// <summary>The same of a column that must be there.</summary>
    public string?[] RequiredTexts(string name) => Texts(name) ?? throw Missing(name);

    // The library makes a text for each row, and few differ.
    private static void Share(string?[] values)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        string? last = null;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not { } value)
                continue;
            if (value != last && !known.TryGetValue(value, out last))
            {
                last = value;
                if (known.Count < MostShared)
                    known.Add(value, value);
            }

            values[i] = last;
        }
    }

    private T?[] Read<T>(DataField field)
        where T : struct
    {
        var values = new T?[Rows];
        if (field.IsNullable)
        {
            Watch(() => group.ReadAsync<T>(field, (Memory<T?>)values, null, CancellationToken.None));
            return values;
        }

        var required = new T[Rows];
        Watch(() => group.ReadAsync<T>(field, (Memory<T>)required, null, CancellationToken.None));
        return Array.ConvertAll(required, value => (T?)value);
    }

    private void Watch(Func<ValueTask> read) =>
        LibraryWatch.Call(file, "Parquet.Net", bytes, () =>
        {
            read().AsTask().GetAwaiter().GetResult();
            return true;
        });

    private DataField? Find(string name) => Array.Find(schema.DataFields, field => field.Path.ToString() == name);

    private TraceException Missing(string name) =>
        new($"{file}: has no column '{name}', which Parquet of this tool has; found the columns {string.Join(", ", schema.DataFields.Select(field => field.Path.ToString()))}");

    private TraceException WrongType(DataField field, string expected) =>
        new($"{file}: the column '{field.Name}' is of the type {field.ClrType.Name}; expected {expected}");
}

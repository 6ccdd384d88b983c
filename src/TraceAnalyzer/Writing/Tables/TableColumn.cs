namespace TraceAnalyzer.Writing.Tables;

/// <summary>A column of a table that is gathered in memory, a group of rows at a time.</summary>
/// <param name="name">The column's name, the same in every format.</param>
/// <param name="ascends">True if its numbers go mostly up, or lie near each other: an encoding of differences then saves most.</param>
internal abstract class TableColumn(string name, bool ascends)
{
    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>True if differences of neighbors are small.</summary>
    public bool Ascends { get; } = ascends;

    /// <summary>Makes room for rows.</summary>
    public abstract void EnsureRows(int rows);
}

/// <summary>A column of numbers (or booleans) that every row has.</summary>
internal sealed class RequiredColumn<T>(string name, bool ascends = false) : TableColumn(name, ascends)
    where T : struct
{
    private T[] _values = [];

    public T[] Values => _values;

    public override void EnsureRows(int rows) => Array.Resize(ref _values, rows);
}

/// <summary>A column of numbers that rows may lack.</summary>
internal sealed class OptionalColumn<T>(string name, bool ascends = false) : TableColumn(name, ascends)
    where T : struct
{
    private T?[] _values = [];

    public T?[] Values => _values;

    public override void EnsureRows(int rows) => Array.Resize(ref _values, rows);
}

/// <summary>A column of text that rows may lack.</summary>
internal sealed class TextColumn(string name) : TableColumn(name, ascends: false)
{
    private string?[] _values = [];

    public string?[] Values => _values;

    public override void EnsureRows(int rows) => Array.Resize(ref _values, rows);
}

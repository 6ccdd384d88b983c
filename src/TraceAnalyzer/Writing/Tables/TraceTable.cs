namespace TraceAnalyzer.Writing.Tables;

/// <summary>Rows of a table, column by column. What the columns are and mean is in docs/parquet-schema.md.</summary>
internal abstract class TraceTable
{
    /// <summary>Most rows of a group.</summary>
    public const int MaxRows = 250_000;

    private const int FirstRows = 1024;
    private int _room;

    /// <summary>The columns.</summary>
    public abstract IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>Name of what a row is: <c>requests</c> or <c>events</c>.</summary>
    public abstract string Content { get; }

    /// <summary>Rows gathered.</summary>
    public int Count { get; private set; }

    /// <summary>True if the group is full.</summary>
    public bool IsFull => Count == MaxRows;

    /// <summary>Forgets the rows.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a row and returns its number; all its fields are to be filled in.</summary>
    protected int AddRow()
    {
        if (Count == _room)
        {
            _room = Math.Min(MaxRows, Math.Max(FirstRows, 2 * _room));
            foreach (TableColumn column in Columns)
                column.EnsureRows(_room);
        }

        return Count++;
    }
}

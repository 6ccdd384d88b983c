namespace TraceAnalyzer.Tables;

/// <summary>Takes the rows of a table one by one: a CSV file streams them, a <see cref="Table"/> keeps them.</summary>
public interface IRows
{
    /// <summary>Takes a row.</summary>
    /// <param name="values">A value per column, in the order of the columns.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than columns.</exception>
    void Add(params ReadOnlySpan<Value> values);
}

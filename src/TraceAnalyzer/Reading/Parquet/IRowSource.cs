namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Turns row groups into events in the order of time.</summary>
internal interface IRowSource
{
    /// <summary>Rows that become events at a time: events take more memory than the columns that they are made of.</summary>
    const int SliceRows = 1 << 16;

    /// <summary>Takes the columns of a row group, whose rows must all have been read before those of the next.</summary>
    /// <param name="columns">Its columns.</param>
    /// <param name="nextStartNs">Least time that any later row group has, of later files too; <see cref="long.MaxValue"/> after the last.</param>
    void Begin(RowGroupColumns columns, long nextStartNs);

    /// <summary>True if there are rows of the row group that were not read.</summary>
    bool HasRows { get; }

    /// <summary>Reads the next <see cref="SliceRows"/> rows.</summary>
    /// <param name="events">Takes the events that can be followed by none with an earlier time.</param>
    /// <param name="payloads">Takes the texts of messages.</param>
    /// <returns>Rows that make no sense.</returns>
    int ReadSlice(List<BlockEvent> events, EventPayloads payloads);

    /// <summary>What the texts of rows mean, and the names of processes in them.</summary>
    ParquetRows Rows { get; }

    /// <summary>Columns in which the least time of a row group is looked up; empty if rows are in the order of time.</summary>
    IReadOnlyList<string> TimeColumns { get; }
}

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Turns row groups into events in the order of time.</summary>
internal interface IRowSource
{
    /// <summary>Reads a row group.</summary>
    /// <param name="columns">Its columns.</param>
    /// <param name="nextStartNs">Least time that any later row group has, of later files too; <see cref="long.MaxValue"/> after the last.</param>
    /// <param name="events">Takes the events that can be followed by none with an earlier time.</param>
    /// <param name="payloads">Takes the texts of messages.</param>
    /// <returns>Rows that make no sense.</returns>
    int Read(RowGroupColumns columns, long nextStartNs, List<BlockEvent> events, EventPayloads payloads);

    /// <summary>What the texts of rows mean, and the names of processes in them.</summary>
    ParquetRows Rows { get; }

    /// <summary>Columns in which the least time of a row group is looked up; empty if rows are in the order of time.</summary>
    IReadOnlyList<string> TimeColumns { get; }
}

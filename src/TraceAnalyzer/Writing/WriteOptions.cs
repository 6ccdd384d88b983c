using TraceAnalyzer.Analysis;

namespace TraceAnalyzer.Writing;

/// <summary>What to write.</summary>
public sealed record WriteOptions
{
    /// <summary>What becomes a row; formats that carry events alone take no notice.</summary>
    public WrittenRows Rows { get; init; } = WrittenRows.Requests;

    /// <summary>What of the trace is written.</summary>
    public EventFilter Filter { get; init; } = EventFilter.None;

    /// <summary>What an I/O log replays: issues (what the device was asked), or queued bios (what the block layer was asked).</summary>
    public BlockAction ReplayedAction { get; init; } = BlockAction.Issue;

    /// <summary>Names that an I/O log gives devices; others are called <c>device-MAJOR-MINOR</c>.</summary>
    public IReadOnlyDictionary<DeviceId, string> ReplayNames { get; init; } = new Dictionary<DeviceId, string>();
}

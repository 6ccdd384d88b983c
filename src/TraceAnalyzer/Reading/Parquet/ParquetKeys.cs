namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Keys of the metadata that a Parquet file of this tool carries, and the values that matter for reading; docs/parquet-schema.md has all.</summary>
internal static class ParquetKeys
{
    /// <summary>Version of the columns that this version writes and reads: goes up when one changes its meaning or goes away.</summary>
    public const int Version = 1;

    public const string Prefix = "traceanalyzer.";
    public const string SchemaVersion = Prefix + "schema_version";
    public const string Content = Prefix + "content";
    public const string StartNs = Prefix + "trace_start_ns";
    public const string WallClockTraceNs = Prefix + "wall_clock_trace_ns";
    public const string WallClockUnixNs = Prefix + "wall_clock_unix_ns";
    public const string DeviceNames = Prefix + "device_names";

    public const string Device = Prefix + "device";
    public const string Part = Prefix + "part";
    public const string Set = Prefix + "set";
    public const string Integrity = Prefix + "integrity";

    public const string Requests = "requests";
    public const string Events = "events";
}

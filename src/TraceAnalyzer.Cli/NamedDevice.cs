namespace TraceAnalyzer.Cli;

/// <summary>A device as the user names it: by its number, or by a name that the trace has to tell.</summary>
internal sealed record NamedDevice(DeviceId? Number, string? Name);

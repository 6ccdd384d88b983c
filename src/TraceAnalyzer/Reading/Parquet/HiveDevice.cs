namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Files of one device that follow each other in time.</summary>
/// <param name="Device">The device that the folder names, for files without a column that does; <see cref="DeviceId.Unknown"/> if it names none.</param>
/// <param name="Files">Paths, the earliest first.</param>
internal sealed record HiveDevice(DeviceId Device, IReadOnlyList<string> Files);

namespace TraceAnalyzer.Writing.Parquet;

/// <summary>A file's place in a set.</summary>
/// <param name="Run">Name of the run.</param>
/// <param name="Device">Device of its rows.</param>
/// <param name="Number">Which file of the device it is, from 0.</param>
/// <param name="Set">How many files and rows each device of the run has, a line <c>MAJOR,MINOR=FILES,ROWS</c> each; null if it is not the device's last file.</param>
internal sealed record SetPart(string Run, DeviceId Device, int Number, string? Set);

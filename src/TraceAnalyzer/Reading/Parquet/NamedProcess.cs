namespace TraceAnalyzer.Reading.Parquet;

/// <summary>A row told the name of a process, for the first time or another one than before.</summary>
/// <param name="TimeNs">The row's time.</param>
/// <param name="Pid">The process.</param>
/// <param name="Name">Its name from then on.</param>
internal readonly record struct NamedProcess(long TimeNs, int Pid, string Name);

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>Writes the events of a run in one format.</summary>
public interface ITwinWriter : IDisposable
{
    void Add(in TwinEvent traceEvent);
}

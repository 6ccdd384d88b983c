using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Writing;

/// <summary>Writes a trace in some format. Gets requests or events, as it asked for, in order; an error of the output comes out as <see cref="IOException"/>.</summary>
public interface ITraceWriter : IDisposable
{
    /// <summary>Writes the next events, in the order of the trace. <paramref name="payloads"/> has what they carry besides.</summary>
    void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads);

    /// <summary>Writes the next requests, by the time of their issue (of their queueing, where nothing is issued).</summary>
    void Write(ReadOnlySpan<IoRequest> requests);

    /// <summary>Writes what stands at the end. Nothing follows.</summary>
    void Finish();
}

/// <summary>What becomes a row or record of the output.</summary>
public enum WrittenRows
{
    /// <summary>A request: its queueing, issue and completion together.</summary>
    Requests,

    /// <summary>An event of the trace.</summary>
    Events,
}

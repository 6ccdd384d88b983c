using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Requests;

/// <summary>Reads a trace's requests with their latencies, for analyses that the library does not have.</summary>
/// <param name="reader">The trace; stays open.</param>
public sealed class RequestReader(ITraceReader reader)
{
    private readonly RequestMatcher _matcher = new();
    private readonly RequestBatch _ended = new();
    private readonly TraceChunk _chunk = new();
    private readonly EventBatch _batch = new();
    private bool _finished;

    /// <summary>What was lost or damaged so far.</summary>
    public ReadDiagnostics Diagnostics { get; } = new();

    /// <summary>Names of processes told so far.</summary>
    public ProcessNames Processes { get; } = new();

    /// <summary>Reads on, to the next requests.</summary>
    /// <param name="requests">
    /// Requests in the order of their end; last those that never completed, in the order of their issue. Of a trace without completions all come last.
    /// Valid until the next call.
    /// </param>
    /// <returns>False at the end of the trace.</returns>
    /// <exception cref="TraceException">The input cannot be read on.</exception>
    public bool TryRead(out ReadOnlySpan<IoRequest> requests)
    {
        _ended.Clear();
        while (!_finished && _ended.Count == 0)
        {
            // The last chunk may hold no events and still have losses to tell.
            _finished = !reader.ReadChunk(_chunk);
            reader.Decode(_chunk, _batch);
            _batch.SortByTime();
            Diagnostics.Merge(_batch.Diagnostics);
            Processes.Merge(_batch.Processes);
            _matcher.Add(_batch.Events, _ended);
            if (_finished)
                _matcher.Finish(_ended, Diagnostics);
        }

        requests = _ended.Requests;
        return _ended.Count > 0;
    }
}

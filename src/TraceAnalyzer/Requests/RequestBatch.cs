namespace TraceAnalyzer.Requests;

/// <summary>Requests that ended within one batch of events. Reused.</summary>
internal sealed class RequestBatch
{
    private IoRequest[] _requests = new IoRequest[512];

    /// <summary>The requests.</summary>
    public ReadOnlySpan<IoRequest> Requests => _requests.AsSpan(0, Count);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one and returns it; the reference is valid until the next call.</summary>
    public ref IoRequest Add(in IoRequest request)
    {
        if (Count == _requests.Length)
            Array.Resize(ref _requests, _requests.Length * 2);
        ref IoRequest added = ref _requests[Count++];
        added = request;
        return ref added;
    }

    /// <summary>Empties the batch.</summary>
    public void Clear() => Count = 0;
}

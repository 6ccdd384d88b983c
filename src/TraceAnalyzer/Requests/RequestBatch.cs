using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Requests;

/// <summary>Requests that ended within one batch of events, and which of its issues (D) do not count as requests. Reused.</summary>
internal sealed class RequestBatch
{
    private IoRequest[] _requests = new IoRequest[512];

    /// <summary>The requests.</summary>
    public ReadOnlySpan<IoRequest> Requests => _requests.AsSpan(0, Count);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Places in the batch, in ascending order, of issues that do not count: of requests that had been issued before, as it seems.</summary>
    public List<int> Withheld { get; } = [];

    /// <summary>Issues that were withheld, maybe from an earlier batch, and count after all: they were of requests of their own.</summary>
    public List<BlockEvent> Counting { get; } = [];

    /// <summary>Issues that were withheld, maybe from an earlier batch, and are now known to be of requests that had been issued before.</summary>
    public List<BlockEvent> Reissues { get; } = [];

    /// <summary>Adds one and returns it; the reference is valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref IoRequest Add(in IoRequest request)
    {
        if (Count == _requests.Length)
            Enlarge();
        ref IoRequest added = ref _requests[Count++];
        added = request;
        return ref added;
    }

    private void Enlarge() => Array.Resize(ref _requests, _requests.Length * 2);

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        Withheld.Clear();
        Counting.Clear();
        Reissues.Clear();
    }
}

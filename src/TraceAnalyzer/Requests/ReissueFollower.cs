namespace TraceAnalyzer.Requests;

/// <summary>
/// Follows equal issues (D) that are in flight together where the trace does not record requeues: of one request that is issued again and again, or of
/// several (<see cref="RepeatedIssues"/>). Of those it follows one entry stays in the table of what was issued, marked by <see cref="IoRequest.Requeued"/>.
/// </summary>
/// <param name="issued">What was issued.</param>
/// <param name="queued">What was queued.</param>
internal sealed class ReissueFollower(RequestTable issued, QueuedBios queued)
{
    // No device has so many requests in flight: one that completes nothing until then does not have its completions in the trace.
    private const int IssuesWithoutCompletion = 8192;
    // Of so many equal ones in flight nothing was decided, nor will be: to follow them anew with each issue would take longer each time.
    private const int MostUndecided = RepeatedIssues.MostIssues / 2;
    private const int MaxFollowed = 1 << 16;
    private const long SecondNs = 1_000_000_000;

    private readonly Dictionary<RequestKey, RepeatedIssues> _followed = [];
    private readonly List<IoRequest> _resolved = [];
    private readonly List<IoRequest> _unresolved = [];
    private long _lookedNs = long.MinValue;

    /// <summary>Requests handed out without a completion, because theirs must have been lost.</summary>
    public long GivenUp { get; private set; }

    /// <summary>An issue was added to the table behind an equal one.</summary>
    /// <param name="e">The issue.</param>
    /// <param name="index">Its place among the events being added.</param>
    /// <param name="place">Its place in the table, which may change.</param>
    /// <param name="before">The equal one's place in the table.</param>
    /// <param name="flight">Its device.</param>
    /// <param name="ended">Gets what is decided.</param>
    /// <returns>True if the issue is followed together with the equal one and does not stay in the table.</returns>
    public bool TryFollow(in BlockEvent e, int index, ref int place, int before, DeviceFlight flight, RequestBatch ended)
    {
        IoRequest alike = issued.At(before);
        bool canBeAgain = CanBeIssuedAgain(e, flight) && alike.LengthBytes == e.LengthBytes;
        if (!alike.Requeued && (!canBeAgain || issued.CountOf(before) > MostUndecided || queued.Find(e) >= 0))
            return false;
        IoRequest request = issued.At(place);
        issued.RemoveAt(place);
        var key = new RequestKey(e.Device, e.Class, request.Sector);
        RepeatedIssues repeated = alike.Requeued ? _followed[key] : Begin(key, flight);
        if (alike.Requeued && (!canBeAgain || repeated.IsFull || repeated.IsOver(e.TimeNs)))
        {
            Resolve(key, ended);
            place = issued.Add(request, out before);
            return before >= 0 && TryFollow(e, index, ref place, before, flight, ended);
        }

        Follow(repeated, request, e, index, ended);
        if (_followed.Count > MaxFollowed)
            ResolveAll(ended);
        return true;
    }

    /// <summary>A completion of what is followed.</summary>
    /// <returns>False if all that was followed turns out to have ended before.</returns>
    public bool TryComplete(in BlockEvent e, RequestKey key, DeviceFlight flight, RequestBatch ended)
    {
        RepeatedIssues repeated = _followed[key];
        if (repeated.IsForgotten(e.TimeNs))
        {
            Resolve(key, ended);
            return false;
        }

        if (repeated.Complete(e.TimeNs, e.Error) is { } restoredNs)
            flight.Issued.Redo(restoredNs);
        flight.Issued.Leave(e.TimeNs);
        if (repeated.AreAllRequests)
            Resolve(key, ended);
        return true;
    }

    /// <summary>Decides of what is followed by a key, and does not follow it any more.</summary>
    public void Resolve(RequestKey key, RequestBatch ended)
    {
        RepeatedIssues repeated = _followed[key];
        DeviceFlight flight = repeated.Flight;
        if (!flight.SawCompletion)
        {
            // Nothing says that there were fewer requests than issues.
            foreach (long issuedNs in repeated.RestoreAll())
                flight.Issued.Redo(issuedNs);
        }

        _resolved.Clear();
        _unresolved.Clear();
        int reissues = ended.Reissues.Count;
        repeated.Resolve(_resolved, _unresolved, ended.Counting, ended.Reissues);
        flight.Reissues += ended.Reissues.Count - reissues;
        foreach (IoRequest request in _resolved)
        {
            ended.Add(request);
            GivenUp += request.CompleteTimeNs == IoRequest.NoTime ? 1 : 0;
        }

        _followed.Remove(key);
        issued.RemoveAt(issued.Find(key.Device, key.Class, key.Sector));
        foreach (IoRequest request in _unresolved)
            issued.Add(request, out _);
        flight.Issued.Release();
    }

    /// <summary>Decides of all that is followed.</summary>
    public void ResolveAll(RequestBatch ended) => ResolveWhere(static _ => true, ended);

    /// <summary>Decides of what was first issued at or before a time.</summary>
    public void ResolveUntil(long timeNs, RequestBatch ended) => ResolveWhere(repeated => repeated.FirstNs <= timeNs, ended);

    /// <summary>Decides of what has completed so long ago that nothing more is expected.</summary>
    public void ForgetOld(long nowNs, RequestBatch ended)
    {
        if (_followed.Count == 0 || (nowNs - _lookedNs < SecondNs && _lookedNs != long.MinValue))
            return;
        _lookedNs = nowNs;
        ResolveWhere(repeated => repeated.IsForgotten(nowNs), ended);
    }

    // All that are in flight already are requests of their own.
    private RepeatedIssues Begin(RequestKey key, DeviceFlight flight)
    {
        var repeated = new RepeatedIssues(flight);
        IoRequest first = issued.At(issued.Find(key.Device, key.Class, key.Sector));
        for (int place; (place = issued.Find(key.Device, key.Class, key.Sector)) >= 0; issued.RemoveAt(place))
            repeated.AddRequest(issued.At(place));
        first.Requeued = true;
        issued.Add(first, out _);
        _followed.Add(key, repeated);
        flight.Issued.Hold();
        return repeated;
    }

    // With a bio of its own it is a request of its own.
    private void Follow(RepeatedIssues repeated, IoRequest request, in BlockEvent e, int index, RequestBatch ended)
    {
        DeviceFlight flight = repeated.Flight;
        request.QueueTimeNs = queued.Take(e, flight);
        if (repeated.InFlight > 0 && request.QueueTimeNs == IoRequest.NoTime)
        {
            flight.Issued.Undo(repeated.ReplaceLast());
            request.QueueDepth = flight.Issued.Enter(e.TimeNs);
            repeated.AddAgain(request, e);
            ended.Withheld.Add(index);
        }
        else
        {
            request.QueueDepth = flight.Issued.Enter(e.TimeNs);
            repeated.AddRequest(request);
        }
    }

    private void ResolveWhere(Predicate<RepeatedIssues> condition, RequestBatch ended)
    {
        List<RequestKey> keys = [.. _followed.Where(entry => condition(entry.Value)).Select(entry => entry.Key)];
        foreach (RequestKey key in keys)
            Resolve(key, ended);
    }

    // Where requeues are recorded an issue without one before it is another request. Flushes and commands have no place by which two could be told apart.
    private static bool CanBeIssuedAgain(in BlockEvent e, DeviceFlight flight) =>
        !flight.SawRequeue && e.LengthSectors != 0 && e.Class is not (OperationClass.Flush or OperationClass.Other) && (flight.SawCompletion || flight.Issues <= IssuesWithoutCompletion);
}

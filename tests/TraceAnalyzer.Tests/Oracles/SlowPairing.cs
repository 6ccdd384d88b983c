namespace TraceAnalyzer.Tests.Oracles;

/// <summary>A request as the plain pairing sees it; null is a time that the trace does not have.</summary>
internal sealed record PairedRequest(BlockEvent First, long? QueueNs, long? IssueNs, long? CompleteNs, int Depth);

/// <summary>What was in flight on a device.</summary>
internal sealed class SlowDepth
{
    public List<long> TimeAtDepthNs { get; } = [0];

    public List<long> IssuedAtDepth { get; } = [0];

    public int Now { get; private set; }

    public List<long> GapsNs { get; } = [];

    private long? _sinceNs;

    private long _emptyNs;

    public void Change(long timeNs, int by)
    {
        if (_sinceNs is { } since)
            TimeAtDepthNs[Now] += timeNs - since;
        if (Now == 0 && by > 0 && _sinceNs is not null && timeNs > _emptyNs)
            GapsNs.Add(timeNs - _emptyNs);
        _sinceNs = timeNs;
        Now += by;
        if (Now == 0)
            _emptyNs = timeNs;
        if (Now == TimeAtDepthNs.Count)
            TimeAtDepthNs.Add(0);
    }
}

/// <summary>
/// Pairs the events of a trace in the plainest way, from the rules of the block layer: a completion ends the oldest issue of
/// its device, operation class and first sector; an issue ends the wait of the bio queued last at its first sector; a
/// merge ends a bio's own wait; a split starts a second one; a requeue undoes an issue, and the next one is of the same request. Devices that never issue pair
/// queueings with completions.
/// </summary>
internal sealed class SlowPairing
{
    private readonly Dictionary<(DeviceId, OperationClass, ulong), Queue<PairedRequest>> _issued = [];
    private readonly Dictionary<(DeviceId, OperationClass, ulong), PairedRequest> _queued = [];
    private readonly Dictionary<(DeviceId, OperationClass, ulong), PairedRequest> _requeued = [];
    private readonly HashSet<DeviceId> _issuing;

    public SlowPairing(IReadOnlyList<BlockEvent> events)
    {
        _issuing = [.. events.Where(e => e.Action == BlockAction.Issue).Select(e => e.Device)];
        foreach (BlockEvent e in events)
            Take(e);
        Ended.AddRange(_issued.Values.SelectMany(queue => queue));
    }

    /// <summary>Requests that were issued (queued, on devices that never issue), completed or not.</summary>
    public List<PairedRequest> Ended { get; } = [];

    public Dictionary<DeviceId, SlowDepth> Depths { get; } = [];

    public int UnmatchedCompletions { get; private set; }

    private void Take(in BlockEvent e)
    {
        (DeviceId, OperationClass, ulong) bio = (e.Device, e.Class, e.Sector);
        (DeviceId, OperationClass, ulong) request = (e.Device, e.Class, e.Class == OperationClass.Flush || e.LengthSectors == 0 ? 0 : e.Sector);
        bool issues = _issuing.Contains(e.Device);
        SlowDepth depth = DepthOf(e.Device);
        switch (e.Action)
        {
            case BlockAction.Queue when e.LengthBytes > 0:
                if (_queued.Remove(bio) && !issues)
                    depth.Change(e.TimeNs, -1);
                if (!issues)
                    depth.Change(e.TimeNs, 1);
                _queued.Add(bio, new PairedRequest(e, e.TimeNs, null, null, depth.Now));
                break;

            case BlockAction.BackMerge:
                if (_queued.Remove(bio) && !issues)
                    depth.Change(e.TimeNs, -1);
                break;

            case BlockAction.Split:
                if (_queued.TryGetValue(bio, out PairedRequest? first) && _queued.TryAdd((e.Device, e.Class, SecondPart(e)), first) && !issues)
                    depth.Change(e.TimeNs, 1);
                break;

            case BlockAction.Issue:
                if (!_requeued.Remove(request, out PairedRequest? wait))
                    _queued.Remove(bio, out wait);
                depth.Change(e.TimeNs, 1);
                if (!_issued.TryGetValue(request, out Queue<PairedRequest>? queue))
                    _issued.Add(request, queue = []);
                queue.Enqueue(new PairedRequest(e, wait?.QueueNs, e.TimeNs, null, depth.Now));
                break;

            case BlockAction.Requeue:
                if (!_issued.TryGetValue(request, out Queue<PairedRequest>? undone) || undone.Count == 0)
                    break;
                depth.Change(e.TimeNs, -1);
                _requeued[request] = undone.Dequeue();
                break;

            // The second completion of a FUA write has no bytes and ends nothing.
            case BlockAction.Complete when e.LengthBytes > 0 || !e.Class.MovesData():
                Complete(e, issues ? TakeIssued(request) : TakeQueued(request), depth);
                break;
        }
    }

    // The kernel tells 32 bits of it: the next sector that ends so.
    private static ulong SecondPart(in BlockEvent e)
    {
        ulong sector = (e.Sector & ~0xffff_fffful) | (e.RelatedSector & 0xffff_ffff);
        return sector > e.Sector ? sector : sector + 0x1_0000_0000;
    }

    private void Complete(in BlockEvent e, PairedRequest? request, SlowDepth depth)
    {
        if (request is null)
        {
            UnmatchedCompletions++;
            return;
        }

        depth.Change(e.TimeNs, -1);
        Ended.Add(request with { CompleteNs = e.TimeNs });
    }

    private PairedRequest? TakeIssued((DeviceId, OperationClass, ulong) key) =>
        _issued.TryGetValue(key, out Queue<PairedRequest>? queue) && queue.TryDequeue(out PairedRequest? request) ? request : null;

    private PairedRequest? TakeQueued((DeviceId, OperationClass, ulong) key) => _queued.Remove(key, out PairedRequest? request) ? request : null;

    private SlowDepth DepthOf(DeviceId device)
    {
        if (!Depths.TryGetValue(device, out SlowDepth? depth))
            Depths.Add(device, depth = new SlowDepth());
        return depth;
    }
}

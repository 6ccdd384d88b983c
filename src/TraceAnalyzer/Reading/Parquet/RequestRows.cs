namespace TraceAnalyzer.Reading.Parquet;

/// <summary>
/// Rows that are requests, by the time of their issue. Each comes apart into queueing, issue and completion (or requeue); what completes after the
/// next row group begins is held until then.
/// </summary>
internal sealed class RequestRows : IRowSource
{
    // Of events of one time: what frees a place comes before what takes it, and a request's own events in their order.
    private const int CompleteRank = 0;
    private const int QueueRank = 1;
    private const int IssueRank = 2;
    private const int EndAtOnceRank = 3;

    // More are damage.
    private const int MaxIssues = ushort.MaxValue;

    private readonly List<BlockEvent> _held = [];
    private readonly List<int> _ranks = [];
    private readonly HashSet<(DeviceId Device, ulong Sector, long QueueTimeNs)> _queuedBefore = [];

    /// <inheritdoc/>
    public ParquetRows Rows { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> TimeColumns => ["queue_time_ns", "issue_time_ns", "complete_time_ns"];

    /// <inheritdoc/>
    public int Read(RowGroupColumns columns, long nextStartNs, List<BlockEvent> events, EventPayloads payloads)
    {
        long?[] issueTimes = columns.RequiredLongs("issue_time_ns");
        string?[] rwbs = columns.RequiredTexts("rwbs");
        long?[] sectors = columns.RequiredLongs("sector");
        long?[] lengths = columns.RequiredLongs("length_bytes");
        long?[]? queueTimes = columns.Longs("queue_time_ns");
        long?[]? completeTimes = columns.Longs("complete_time_ns");
        string?[]? classes = columns.Texts("class");
        string?[]? devices = columns.Texts("device");
        long?[]? pids = columns.Longs("pid");
        string?[]? processes = columns.Texts("process");
        long?[]? cpus = columns.Longs("cpu");
        long?[]? errors = columns.Longs("error");
        bool?[]? requeued = columns.Flags("requeued");
        long?[]? issues = columns.Longs("issues");
        int bad = 0;
        for (int i = 0; i < columns.Rows; i++)
        {
            BlockEvent e = default;
            bool hasTimes = ParquetRows.IsTime(issueTimes[i]) && ParquetRows.IsTime(queueTimes?[i]) && ParquetRows.IsTime(completeTimes?[i]);
            if (!hasTimes || !Rows.TryFill(ref e, rwbs[i], classes?[i], sectors[i], lengths[i], pids?[i], cpus?[i], processes?[i], issueTimes[i] ?? queueTimes?[i]))
            {
                bad++;
                continue;
            }

            e.Device = Rows.DeviceOf(devices, i);
            HoldRequest(e, queueTimes?[i], issueTimes[i], completeTimes?[i], requeued?[i] ?? false, issues?[i] ?? 1, (short)(errors?[i] ?? 0));
        }

        Release(nextStartNs, events);
        return bad;
    }

    private void HoldRequest(in BlockEvent e, long? queueTimeNs, long? issueTimeNs, long? completeTimeNs, bool requeued, long issues, short error)
    {
        // The bio of a requeued request was queued once, and stood in every row of its issues when each had one.
        if (queueTimeNs is { } queuedNs && !_queuedBefore.Remove((e.Device, e.Sector, queuedNs)))
            Hold(e, BlockAction.Queue, queuedNs, QueueRank, error: 0);
        if (issueTimeNs is { } issuedNs)
        {
            // When it was issued before is not known; after each time but the last it went back to the queue.
            for (long again = Math.Min(issues, MaxIssues); again > 1; again--)
            {
                Hold(e, BlockAction.Issue, issuedNs, IssueRank, error: 0);
                Hold(e, BlockAction.Requeue, issuedNs, IssueRank, error: 0);
            }

            Hold(e, BlockAction.Issue, issuedNs, IssueRank, error: 0);
            if (requeued)
                Hold(e, BlockAction.Requeue, issuedNs, EndAtOnceRank, error: 0);
        }

        if (requeued && queueTimeNs is { } againNs)
            _queuedBefore.Add((e.Device, e.Sector, againNs));
        if (completeTimeNs is { } completedNs)
            Hold(e, BlockAction.Complete, completedNs, completedNs == issueTimeNs || completedNs == queueTimeNs ? EndAtOnceRank : CompleteRank, error);
    }

    private void Hold(BlockEvent e, BlockAction action, long timeNs, int rank, short error)
    {
        e.Action = action;
        e.TimeNs = timeNs;
        e.Error = error;
        _held.Add(e);
        _ranks.Add(rank);
    }

    private void Release(long beforeNs, List<BlockEvent> events)
    {
        var order = new Place[_held.Count];
        for (int i = 0; i < order.Length; i++)
            order[i] = new Place(_held[i].TimeNs, _ranks[i], i);
        Array.Sort(order);
        int released = 0;
        while (released < order.Length && order[released].TimeNs < beforeNs)
            events.Add(_held[order[released++].Index]);
        BlockEvent[] kept = new BlockEvent[order.Length - released];
        int[] keptRanks = new int[kept.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = _held[order[released + i].Index];
            keptRanks[i] = order[released + i].Rank;
        }

        _held.Clear();
        _held.AddRange(kept);
        _ranks.Clear();
        _ranks.AddRange(keptRanks);
    }

    private readonly record struct Place(long TimeNs, int Rank, int Index) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            int order = TimeNs.CompareTo(other.TimeNs);
            if (order == 0)
                order = Rank.CompareTo(other.Rank);
            return order != 0 ? order : Index.CompareTo(other.Index);
        }
    }
}

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>
/// Rows that are requests, by the time of their issue. Each comes apart into queueing, issue and completion (or requeue); what completes after the
/// rows that follow begin is held until then.
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

    private long?[] _issueTimes = [];
    private string?[] _rwbs = [];
    private long?[] _sectors = [];
    private long?[] _lengths = [];
    private long?[]? _queueTimes;
    private long?[]? _completeTimes;
    private string?[]? _classes;
    private string?[]? _devices;
    private long?[]? _pids;
    private string?[]? _processes;
    private long?[]? _cpus;
    private long?[]? _errors;
    private bool?[]? _requeued;
    private long?[]? _issues;
    private int _rows;
    private int _next;

    private readonly List<BlockEvent> _held = [];
    private readonly List<int> _ranks = [];
    private readonly HashSet<(DeviceId Device, ulong Sector, long QueueTimeNs)> _queuedBefore = [];

    // For each slice the least time in it and in all that follows; behind the last what later row groups have.
    private long[] _leastNs = [];

    // Issues beside the first of each row that the row group may still have: a few bytes may claim any number of them.
    private long _issuesLeft;

    /// <inheritdoc/>
    public ParquetRows Rows { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> TimeColumns => ["queue_time_ns", "issue_time_ns", "complete_time_ns"];

    /// <inheritdoc/>
    public void Begin(RowGroupColumns columns, long nextStartNs)
    {
        _issueTimes = columns.RequiredLongs("issue_time_ns");
        _rwbs = columns.RequiredTexts("rwbs");
        _sectors = columns.RequiredLongs("sector");
        _lengths = columns.RequiredLongs("length_bytes");
        _queueTimes = columns.Longs("queue_time_ns");
        _completeTimes = columns.Longs("complete_time_ns");
        _classes = columns.Texts("class");
        _devices = columns.Texts("device");
        _pids = columns.Longs("pid");
        _processes = columns.Texts("process");
        _cpus = columns.Longs("cpu");
        _errors = columns.Longs("error");
        _requeued = columns.Flags("requeued");
        _issues = columns.Longs("issues");
        _rows = columns.Rows;
        _next = 0;
        _leastNs = LeastFrom(nextStartNs);
        _issuesLeft = Math.Max(_rows, MaxIssues);
    }

    /// <inheritdoc/>
    public bool HasRows => _next < _rows;

    /// <inheritdoc/>
    public int ReadSlice(List<BlockEvent> events, EventPayloads payloads)
    {
        int end = Math.Min(_rows, _next + IRowSource.SliceRows);
        int bad = 0;
        for (int i = _next; i < end; i++)
        {
            BlockEvent e = default;
            bool hasTimes = ParquetRows.IsTime(_issueTimes[i]) && ParquetRows.IsTime(_queueTimes?[i]) && ParquetRows.IsTime(_completeTimes?[i]);
            long issues = Math.Clamp(_issues?[i] ?? 1, 1, MaxIssues);
            if (!hasTimes || issues - 1 > _issuesLeft || !Rows.TryFill(ref e, _rwbs[i], _classes?[i], _sectors[i], _lengths[i], _pids?[i], _cpus?[i], _processes?[i], _issueTimes[i] ?? _queueTimes?[i]))
            {
                bad++;
                continue;
            }

            _issuesLeft -= issues - 1;
            e.Device = Rows.DeviceOf(_devices, i);
            HoldRequest(e, _queueTimes?[i], _issueTimes[i], _completeTimes?[i], _requeued?[i] ?? false, issues, (short)(_errors?[i] ?? 0));
        }

        Release(_leastNs[end == _rows ? ^1 : end / IRowSource.SliceRows], events);
        _next = end;
        return bad;
    }

    private long[] LeastFrom(long nextStartNs)
    {
        int slices = (_rows + IRowSource.SliceRows - 1) / IRowSource.SliceRows;
        long[] least = new long[slices + 1];
        least[slices] = nextStartNs;
        for (int slice = slices - 1; slice >= 0; slice--)
        {
            long leastNs = least[slice + 1];
            for (int i = slice * IRowSource.SliceRows; i < Math.Min(_rows, (slice + 1) * IRowSource.SliceRows); i++)
            {
                leastNs = Math.Min(leastNs, _issueTimes[i] ?? long.MaxValue);
                leastNs = Math.Min(leastNs, _queueTimes?[i] ?? long.MaxValue);
                leastNs = Math.Min(leastNs, _completeTimes?[i] ?? long.MaxValue);
            }

            least[slice] = leastNs;
        }

        return least;
    }

    private void HoldRequest(in BlockEvent e, long? queueTimeNs, long? issueTimeNs, long? completeTimeNs, bool requeued, long issues, short error)
    {
        // The bio of a requeued request was queued once, and stood in every row of its issues when each had one.
        if (queueTimeNs is { } queuedNs && !_queuedBefore.Remove((e.Device, e.Sector, queuedNs)))
            Hold(e, BlockAction.Queue, queuedNs, QueueRank, error: 0);
        if (issueTimeNs is { } issuedNs)
        {
            // When it was issued before is not known; after each time but the last it went back to the queue.
            for (long again = issues; again > 1; again--)
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

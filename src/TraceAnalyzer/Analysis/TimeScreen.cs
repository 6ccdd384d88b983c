using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Keeps events whose time cannot be right off the time axis: one at time 0 or 40 years later, a clock that wrapped. The axis covers the bulk of the
/// events and all that are near to it. Events are far off if they are more than an hour and 100 times the axis's length away from it, and few (up to 3,
/// or one in 1,000 of those on the axis), or more than a year away.
/// </summary>
/// <remarks>
/// The bulk is the most events without an hour's gap among the trace's first ones. Whether events are few is known when the trace ends; until then they
/// are held back, up to <see cref="MostHeld"/>, beyond which they are not few. So how the trace is cut decides nothing, unless its first thousands of
/// events lie in several places. Cost: two comparisons for each batch of a trace that has no such events.
/// </remarks>
internal sealed class TimeScreen
{
    private const long HourNs = 3600L * 1_000_000_000;
    private const long YearNs = 366 * 24 * HourNs;
    private const int LengthFactor = 100;
    private const int FewAtLeast = 3;
    private const int OneIn = 1000;

    // The bulk is looked for among so many events.
    private const int FirstEvents = 1024;

    private const int MostHeld = 16_384;

    private readonly List<BlockEvent> _held = [];
    private bool _hasAxis;
    private long _firstNs;
    private long _lastNs;
    private long _count;

    // How far from the axis events are near to it.
    private long ReachNs => Math.Max(HourNs, (long)Math.Min((ulong)_lastNs - (ulong)_firstNs, YearNs / LengthFactor) * LengthFactor);

    /// <summary>Takes the events of the next batch, sorted by time. Leaves those on the axis in it, perhaps with earlier ones that were held back, and puts those that are far off for sure aside.</summary>
    public void Screen(EventBatch batch)
    {
        if (batch.Count == 0)
            return;
        Span<BlockEvent> events = batch.Events;
        long firstNs = events[0].TimeNs;
        long lastNs = events[^1].TimeNs;
        if (!_hasAxis && _held.Count == 0 && events.Length >= FirstEvents && IsWithin(lastNs, firstNs, HourNs))
        {
            (_hasAxis, _firstNs, _lastNs) = (true, firstNs, lastNs);
        }
        else if (!_hasAxis || !IsWithin(_firstNs, firstNs, ReachNs) || !IsWithin(lastNs, _lastNs, ReachNs))
        {
            ScreenSlowly(batch);
            return;
        }

        _firstNs = Math.Min(_firstNs, firstNs);
        _lastNs = Math.Max(_lastNs, lastNs);
        _count += events.Length;
    }

    /// <summary>Ends the trace: puts what was held back into an empty batch, on the axis or aside.</summary>
    public void Finish(EventBatch batch)
    {
        if (_held.Count > 0)
            Release(batch, isEnd: true);
    }

    private void ScreenSlowly(EventBatch batch)
    {
        if (!_hasAxis)
        {
            _held.AddRange(batch.Events);
            batch.Keep([]);
            if (_held.Count >= FirstEvents)
                Release(batch, isEnd: false);
            return;
        }

        BlockEvent[] events = [.. batch.Events];
        (int start, int end) = Grow(events, decides: false);
        batch.Keep(events.AsSpan(start, end - start));
        _held.AddRange(events.AsSpan(0, start));
        _held.AddRange(events.AsSpan(end));
        if (_held.Count > MostHeld)
            ReleaseBeside(batch);
    }

    // Times may lie further apart than a long can tell.
    private static bool IsWithin(long laterNs, long earlierNs, long ns) => laterNs <= earlierNs || (ulong)laterNs - (ulong)earlierNs <= (ulong)ns;

    // Too many are held back to be few: those that are near or not sure to be wrong join the batch.
    private void ReleaseBeside(EventBatch batch)
    {
        BlockEvent[] own = [.. batch.Events];
        Release(batch, isEnd: false);
        batch.Keep([.. own.Concat(batch.Events.ToArray()).OrderBy(e => e.TimeNs)]);
    }

    private void Release(EventBatch batch, bool isEnd)
    {
        BlockEvent[] sorted = [.. _held.OrderBy(e => e.TimeNs)];
        _held.Clear();
        if (!_hasAxis)
        {
            (int first, int after) = BulkOf(sorted);
            (_hasAxis, _firstNs, _lastNs) = (true, sorted[first].TimeNs, sorted[after - 1].TimeNs);
        }

        (int start, int end) = Grow(sorted, decides: isEnd || sorted.Length > MostHeld);
        batch.Keep(sorted.AsSpan(start, end - start));
        PutAside(sorted.AsSpan(0, start), batch, isEnd);
        PutAside(sorted.AsSpan(end), batch, isEnd);
    }

    // Makes the axis longer by those of the events that are near to it, which makes it reach further. Returns where these start and end.
    private (int Start, int End) Grow(BlockEvent[] sorted, bool decides)
    {
        int start = Array.FindIndex(sorted, e => e.TimeNs >= _firstNs);
        if (start < 0)
            start = sorted.Length;
        int end = start;
        int before;
        do
        {
            before = end - start;
            while (end < sorted.Length && IsNear(sorted[end].TimeNs, _lastNs, sorted.Length - end, decides))
            {
                _lastNs = Math.Max(_lastNs, sorted[end++].TimeNs);
                _count++;
            }

            while (start > 0 && IsNear(_firstNs, sorted[start - 1].TimeNs, start, decides))
            {
                _firstNs = Math.Min(_firstNs, sorted[--start].TimeNs);
                _count++;
            }
        }
        while (end - start > before);
        return (start, end);
    }

    // True if the gap between the axis and the next of so many events beyond it is none to speak of, or these are known to be too many to be wrong.
    private bool IsNear(long laterNs, long earlierNs, int beyond, bool decides)
    {
        if (IsWithin(laterNs, earlierNs, ReachNs))
            return true;
        long few = Math.Max(Math.Min(FewAtLeast, _count / FewAtLeast), _count / OneIn);
        return decides && beyond > few && IsWithin(laterNs, earlierNs, YearNs);
    }

    private void PutAside(ReadOnlySpan<BlockEvent> events, EventBatch batch, bool isEnd)
    {
        if (isEnd || events.Length + _held.Count > MostHeld)
            batch.FarOff.AddRange(events);
        else
            _held.AddRange(events);
    }

    // The most events without an hour's gap; of equally many the earliest.
    private static (int Start, int End) BulkOf(BlockEvent[] sorted)
    {
        (int Start, int End) bulk = (0, 0);
        int start = 0;
        for (int i = 1; i <= sorted.Length; i++)
        {
            if (i < sorted.Length && IsWithin(sorted[i].TimeNs, sorted[i - 1].TimeNs, HourNs))
                continue;
            if (i - start > bulk.End - bulk.Start)
                bulk = (start, i);
            start = i;
        }

        return bulk;
    }
}

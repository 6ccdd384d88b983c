using System.Runtime.CompilerServices;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Collects the counted requests of one operation of a device, so that each analysis runs over many of them in one tight loop. The analyses are set up once
/// there are more than <see cref="Few"/>: of thousands of devices most did little.
/// </summary>
internal sealed class OperationBucket(DeviceId device, OperationClass @class, AnalysisClock clock, AnalysisOptions options, RunContext? run, MapBudget? budget, Arrivals? arrivals)
{
    /// <summary>So many requests are kept as they are.</summary>
    public const int Few = 256;

    private const int FirstCapacity = 4;

    private CountedIo[] _items = new CountedIo[FirstCapacity];
    private int _count;

    // Of few items: those that the arrivals have seen.
    private int _arrived;
    private IoRequest[] _ended = [];
    private int _endedCount;
    private OperationAccumulators? _accumulators;

    /// <summary>True if there are items since the last <see cref="Flush"/>.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Times between the requests of the class; null if it moves no data.</summary>
    public Arrivals? Arrivals => arrivals;

    /// <summary>True if a request was counted.</summary>
    public bool HasCounted => _count > 0 || _accumulators is { Sizes.IsEmpty: false };

    /// <summary>Requests beyond the last bin that a fixed scale can have.</summary>
    public long OutOfRange() => clock.IsFixed ? Accumulated().Throughput.OutOfRange : 0;

    /// <summary>Adds a counted event.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in BlockEvent e)
    {
        int count = _count;
        if (count == _items.Length)
            Grow();
        _items[count] = new CountedIo(e.TimeNs, e.Sector, e.LengthBytes, e.LengthSectors, e.Pid, e.Cpu, e.Stack);
        _count = count + 1;
    }

    /// <summary>Adds a counted event whose time cannot be right.</summary>
    public void AddFarOff(in BlockEvent e) => Made().AddFarOff(new CountedIo(e.TimeNs, e.Sector, e.LengthBytes, e.LengthSectors, e.Pid, e.Cpu, e.Stack));

    /// <summary>Adds requests that ended.</summary>
    public void Add(ReadOnlySpan<IoRequest> ended)
    {
        if (_accumulators is null && _endedCount + ended.Length <= Few)
        {
            if (_endedCount + ended.Length > _ended.Length)
                Array.Resize(ref _ended, Math.Max(_endedCount + ended.Length, _ended.Length * 2));
            ended.CopyTo(_ended.AsSpan(_endedCount));
            _endedCount += ended.Length;
            return;
        }

        OperationAccumulators accumulators = Made();
        accumulators.Latency.Add(ended);
        if (@class.MovesData())
            accumulators.Run?.Add(ended);
    }

    /// <summary>Ends a piece of the trace.</summary>
    /// <param name="areLate">True if times between requests are not to be taken of these.</param>
    public void Flush(bool areLate = false)
    {
        IsTouched = false;
        if (_count == 0)
            return;
        if (!areLate)
            arrivals?.Add(_items.AsSpan(_arrived, _count - _arrived));
        _arrived = _count;
        if (_accumulators is null && _count <= Few)
            return;
        Empty(Made());
    }

    /// <summary>Adds what another bucket of the operation, or of one that is counted with it, has; that must not be used any more.</summary>
    public void Merge(OperationBucket other)
    {
        if (other._accumulators is not null)
        {
            if (_accumulators is null && _count == 0 && _endedCount == 0)
                _accumulators = other._accumulators;
            else
                Made().Merge(other._accumulators);
        }

        // What the other's arrivals have not seen yet comes last here, so that ours will.
        Insert(other._items.AsSpan(0, other._arrived));
        foreach (ref readonly CountedIo item in other._items.AsSpan(other._arrived, other._count - other._arrived))
        {
            if (_count == _items.Length)
                Grow();
            _items[_count++] = item;
        }

        Add(other._ended.AsSpan(0, other._endedCount));
        (other._count, other._arrived, other._endedCount, other._accumulators) = (0, 0, 0, null);
    }

    /// <summary>All that was counted, accumulated; kept only if it was made before.</summary>
    public OperationAccumulators Accumulated()
    {
        if (_accumulators is not null)
        {
            Empty(_accumulators);
            return _accumulators;
        }

        return Filled(new OperationAccumulators(clock, run, options.Heatmaps, budget, device));
    }

    /// <summary>Width of the bins that the times need.</summary>
    public long SeriesWidthNs()
    {
        if (_accumulators is not null)
            return Accumulated().Throughput.Scale.WidthNs;
        TimeScale scale = clock.SeriesScale();
        foreach (ref readonly CountedIo item in _items.AsSpan(0, _count))
        {
            while (!scale.IsFixed && !scale.TryLocate(item.TimeNs, out _))
                scale.Grow();
        }

        return scale.WidthNs;
    }

    /// <summary>Requests counted.</summary>
    public long Requests => _count + (_accumulators?.Sizes.Requests ?? 0);

    /// <summary>See <see cref="SectorAccessAccumulator.ShareMemory"/>.</summary>
    public void ShareMemory() => _accumulators?.SectorAccess.ShareMemory();

    /// <summary>See <see cref="SectorAccessAccumulator.Settle"/>.</summary>
    public void Settle() => _accumulators?.SectorAccess.Settle();

    // Items that the arrivals have seen stand before those that they have not.
    private void Insert(ReadOnlySpan<CountedIo> arrived)
    {
        if (arrived.IsEmpty)
            return;
        CountedIo[] items = new CountedIo[Math.Max(FirstCapacity, _count + arrived.Length)];
        arrived.CopyTo(items);
        _items.AsSpan(0, _count).CopyTo(items.AsSpan(arrived.Length));
        (_items, _count, _arrived) = (items, _count + arrived.Length, _arrived + arrived.Length);
    }

    private OperationAccumulators Made()
    {
        if (_accumulators is null)
        {
            _accumulators = new OperationAccumulators(clock, run, options.Heatmaps, budget, device);
            AddEnded(_accumulators);
            (_ended, _endedCount) = ([], 0);
        }

        return _accumulators;
    }

    private OperationAccumulators Filled(OperationAccumulators accumulators)
    {
        if (_count > 0)
            accumulators.Add(_items.AsSpan(0, _count), @class);
        AddEnded(accumulators);
        return accumulators;
    }

    private void AddEnded(OperationAccumulators accumulators)
    {
        if (_endedCount == 0)
            return;
        accumulators.Latency.Add(_ended.AsSpan(0, _endedCount));
        if (@class.MovesData())
            accumulators.Run?.Add(_ended.AsSpan(0, _endedCount));
    }

    private void Empty(OperationAccumulators accumulators)
    {
        if (_count == 0)
            return;
        accumulators.Add(_items.AsSpan(0, _count), @class);
        _count = 0;
        _arrived = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow() => Array.Resize(ref _items, _items.Length * 2);
}

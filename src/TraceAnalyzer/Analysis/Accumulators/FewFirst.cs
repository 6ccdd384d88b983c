namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// An accumulator that is made once there is enough to accumulate: of thousands of devices most did little, and a few items take less memory than the sums over them.
/// </summary>
/// <typeparam name="TItem">What is added.</typeparam>
/// <typeparam name="TAccumulator">What adds it up.</typeparam>
/// <param name="create">Makes the accumulator.</param>
internal sealed class FewFirst<TItem, TAccumulator>(Func<AnalysisClock, TAccumulator> create)
    where TAccumulator : class, IAccumulator<TItem, TAccumulator>
{
    private TItem[] _few = [];
    private int _count;
    private TAccumulator? _accumulator;
    private AnalysisClock? _clock;

    /// <summary>Adds items.</summary>
    public void Add(ReadOnlySpan<TItem> items, AnalysisClock clock)
    {
        _clock = clock;
        if (_accumulator is null && _count + items.Length <= OperationBucket.Few)
        {
            if (_count + items.Length > _few.Length)
                Array.Resize(ref _few, Math.Max(_count + items.Length, _few.Length * 2));
            items.CopyTo(_few.AsSpan(_count));
            _count += items.Length;
            return;
        }

        Made().Add(items);
    }

    /// <summary>Adds what another one has.</summary>
    public void Merge(FewFirst<TItem, TAccumulator> other)
    {
        if (other._accumulator is not null)
            Made(other._clock!).Merge(other._accumulator);
        else if (other._count > 0)
            Add(other._few.AsSpan(0, other._count), other._clock!);
    }

    /// <summary>All that was added, accumulated; kept only if it was made before.</summary>
    public TAccumulator Accumulated(AnalysisClock clock)
    {
        if (_accumulator is not null)
            return _accumulator;
        TAccumulator accumulator = create(clock);
        accumulator.Add(_few.AsSpan(0, _count));
        return accumulator;
    }

    private TAccumulator Made() => Made(_clock!);

    private TAccumulator Made(AnalysisClock clock)
    {
        if (_accumulator is null)
        {
            _clock = clock;
            _accumulator = Accumulated(clock);
            _few = [];
            _count = 0;
        }

        return _accumulator;
    }
}

namespace TraceAnalyzer.Analysis.Sectors;

/// <summary>
/// The memory that all sector access maps of an analysis may take together, whichever worker they belong to. Beyond it, the largest maps keep a sample
/// of the device's space only (<see cref="SectorAccessAccumulator"/>).
/// </summary>
/// <param name="limitBytes">What they may take; <see cref="long.MaxValue"/> for no limit.</param>
internal sealed class MapBudget(long limitBytes = long.MaxValue)
{
    // What results must not depend on is who counted what: so a sample is made smaller, at the end, than it had to be while workers counted (docs/design/2026-11-28-bounded-map.md).
    private const int FinalShare = 64;
    private const long LeastFinalBytes = 1 << 14;

    // Lists that are merged are there twice, what is dropped is freed late, and the rest of the analysis takes something too.
    private const int ShareOfAnalysis = 5;

    private const long LeastCapBytes = 1 << 18;

    private const long LeastGarbageBytes = 1 << 26;
    private const long MostGarbageBytes = 1 << 28;

    private readonly List<SectorAccessAccumulator> _maps = [];
    private readonly Lock _lock = new();
    private long _usedBytes;
    private long _garbageBytes;
    private long _capBytes = long.MaxValue;
    private int _version;

    /// <summary>The budget of an analysis that may use so many bytes.</summary>
    public static MapBudget Of(long? analysisBytes) => analysisBytes is { } bytes ? new MapBudget(Math.Max(1, bytes / ShareOfAnalysis)) : new MapBudget();

    /// <summary>Grows when <see cref="CapBytes"/> falls.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>What one map may take; falls while all together take too much.</summary>
    public long CapBytes => Volatile.Read(ref _capBytes);

    /// <summary>What the changes of one map may take in the end, if there was too little memory; else no limit.</summary>
    public long FinalCapBytes => Version == 0 ? long.MaxValue : Math.Min(CapBytes, Math.Max(LeastFinalBytes, limitBytes / FinalShare));

    /// <summary>
    /// So many bytes of large arrays are not needed any more. The garbage collector lets gigabytes of such pile up before it looks, but looks through them at no cost,
    /// as they hold no references.
    /// </summary>
    public void Dropped(long bytes)
    {
        if (Interlocked.Add(ref _garbageBytes, bytes) < Math.Clamp(limitBytes / 2, LeastGarbageBytes, MostGarbageBytes))
            return;
        Interlocked.Exchange(ref _garbageBytes, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
    }

    /// <summary>A map begins to count what it takes.</summary>
    public void Register(SectorAccessAccumulator map)
    {
        lock (_lock)
            _maps.Add(map);
    }

    /// <summary>A map that counts takes so much more, or less, than it did.</summary>
    public void Change(long bytes)
    {
        if (Interlocked.Add(ref _usedBytes, bytes) <= limitBytes || bytes <= 0)
            return;
        lock (_lock)
        {
            // Others may not have had the time yet to get below the last cap: what counts is what they will take.
            long cap = CapBytes;
            long lower = Math.Min(cap, limitBytes);
            while (lower > LeastCapBytes && _maps.Sum(map => Math.Min(map.CountedBytes, lower)) > limitBytes)
                lower /= 2;
            lower = Math.Max(lower, LeastCapBytes);
            if (lower >= cap)
                return;
            Volatile.Write(ref _capBytes, lower);
            Interlocked.Increment(ref _version);
        }
    }
}

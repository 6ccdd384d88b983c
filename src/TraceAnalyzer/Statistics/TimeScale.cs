using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Statistics;

/// <summary>
/// Cuts time into equal bins while the length of the trace is not yet known: bins start fine and are joined when there
/// are too many, so that the number of bins, and with it the memory, is bounded. The bins that result depend only on the
/// times seen, not on their order, and pieces of a trace that share the origin merge exactly.
/// </summary>
internal sealed class TimeScale
{
    /// <summary>Width that growing scales start with: 1 microsecond.</summary>
    public const long FinestWidthNs = 1_000;

    private readonly int[] _growth;
    private readonly long _finestNs;
    private int _growthStep;
    private long _binStartNs;
    private long _binEndNs;
    private int _bin;

    private TimeScale(long originNs, long widthNs, int maxBins, int[] growth)
    {
        OriginNs = originNs;
        WidthNs = widthNs;
        _finestNs = widthNs;
        MaxBins = maxBins;
        _growth = growth;
        _binStartNs = originNs;
        _binEndNs = originNs;
    }

    /// <summary>Start of bin 0; earlier times fall into bin 0 too.</summary>
    public long OriginNs { get; }

    /// <summary>Width of a bin now.</summary>
    public long WidthNs { get; private set; }

    /// <summary>Most bins there can be.</summary>
    public int MaxBins { get; }

    /// <summary>True if the width never changes.</summary>
    public bool IsFixed => _growth.Length == 0;

    /// <summary>Bins of a given width; what lies beyond 2^31 of them is out of range.</summary>
    public static TimeScale Fixed(long originNs, long widthNs) => new(originNs, widthNs, int.MaxValue, []);

    /// <summary>Bins that double their width.</summary>
    public static TimeScale Doubling(long originNs, int maxBins) => new(originNs, FinestWidthNs, maxBins, [2]);

    /// <summary>Bins whose widths are 1, 2, 10, 20, 100 ... times the finest, a microsecond if nothing else is said, so that round widths can be made of them.</summary>
    public static TimeScale Decimal(long originNs, int maxBins, long finestNs = FinestWidthNs) => new(originNs, finestNs, maxBins, [2, 5]);

    /// <summary>A scale like this one, as it was at its start.</summary>
    public TimeScale Fresh() => new(OriginNs, _finestNs, MaxBins, _growth);

    /// <summary>A scale like this one, as it is now.</summary>
    public TimeScale Copy() => (TimeScale)MemberwiseClone();

    /// <summary>The bin of <paramref name="timeNs"/>; false if the scale must grow first (or, if it is fixed, if there is none).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLocate(long timeNs, out int bin)
    {
        if (IsInLastBin(timeNs))
        {
            bin = _bin;
            return true;
        }

        return TryLocateAnew(timeNs, out bin);
    }

    /// <summary>True if <paramref name="timeNs"/> falls into the bin that was located last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsInLastBin(long timeNs) => timeNs >= _binStartNs && timeNs < _binEndNs;

    /// <summary>From when to when the bin is that was located last; nothing is in between if it has no such end.</summary>
    public (long StartNs, long EndNs) LastBinNs => (_binStartNs, _binEndNs);

    /// <summary>Joins neighboring bins. The caller joins what it keeps for them.</summary>
    /// <returns>How many bins become one.</returns>
    public int Grow()
    {
        int factor = _growth[_growthStep];
        _growthStep = (_growthStep + 1) % _growth.Length;
        WidthNs = checked(WidthNs * factor);
        _binEndNs = _binStartNs;
        return factor;
    }

    private bool TryLocateAnew(long timeNs, out int bin)
    {
        // Unsigned: a damaged time may be further from the origin than a long can tell.
        ulong index = timeNs <= OriginNs ? 0 : ((ulong)timeNs - (ulong)OriginNs) / (ulong)WidthNs;
        if (index >= (ulong)MaxBins)
        {
            bin = -1;
            return false;
        }

        bin = _bin = (int)index;
        ulong startNs = (ulong)OriginNs + (index * (ulong)WidthNs);
        ulong endNs = startNs + (ulong)WidthNs;
        bool fits = timeNs >= OriginNs && endNs <= long.MaxValue;
        _binStartNs = fits ? (long)startNs : 0;
        _binEndNs = fits ? (long)endNs : 0;
        return true;
    }
}

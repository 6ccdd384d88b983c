namespace TraceAnalyzer.Reading;

/// <summary>
/// Counts of what went wrong, and for each counter where it was first seen. Pieces merge in the order of the trace. Counts only grow, and stop at
/// <see cref="long.MaxValue"/>: what a damaged trace claims to have lost may be any number.
/// </summary>
public sealed class ReadDiagnostics
{
    private readonly long[] _counts = new long[ReadCounters.All.Length];
    private readonly string?[] _firstPlaces = new string?[ReadCounters.All.Length];

    /// <summary>The count of <paramref name="counter"/>.</summary>
    public long this[ReadCounter counter] => _counts[(int)counter];

    /// <summary>True if no loss was counted (<see cref="ReadCounters.IsLoss"/>).</summary>
    public bool IsClean => ReadCounters.All.All(entry => _counts[(int)entry.Counter] == 0 || !ReadCounters.IsLoss(entry.Counter));

    /// <summary>Where <paramref name="counter"/> was first counted; null if it has no place.</summary>
    public string? FirstPlace(ReadCounter counter) => _firstPlaces[(int)counter];

    /// <summary>Adds <paramref name="count"/>; nothing if it is negative.</summary>
    public void Add(ReadCounter counter, long count = 1) => _counts[(int)counter] = Sum(_counts[(int)counter], count);

    /// <summary>Adds <paramref name="count"/> that were seen in <paramref name="file"/> at byte <paramref name="offset"/> (of the decompressed file).</summary>
    public void AddAt(ReadCounter counter, string file, long offset, long count = 1)
    {
        Add(counter, count);
        if (_firstPlaces[(int)counter] is null && count > 0)
            _firstPlaces[(int)counter] = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file}, byte {offset}");
    }

    /// <summary>Adds the counts of a later piece of the same trace.</summary>
    public void Merge(ReadDiagnostics later)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = Sum(_counts[i], later._counts[i]);
            _firstPlaces[i] ??= later._firstPlaces[i];
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Array.Clear(_firstPlaces);
    }

    private static long Sum(long count, long added) => added <= 0 ? count : added > long.MaxValue - count ? long.MaxValue : count + added;
}

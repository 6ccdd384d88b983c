using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Statistics;

/// <summary>
/// Remembers where entries of a dictionary are, by key: one a place, the place given by the key's lowest bits. Requests come in a few interleaved
/// sequential streams, so the entries needed next are mostly among those needed last.
/// </summary>
/// <typeparam name="T">The entries.</typeparam>
internal sealed class RecentEntries<T>
    where T : class
{
    private const int Places = 64;

    private readonly ulong[] _keys = new ulong[Places];
    private readonly T?[] _entries = new T?[Places];

    /// <summary>The entry of <paramref name="key"/> if it is remembered, else null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T? Find(ulong key)
    {
        int place = (int)(key % Places);
        return _keys[place] == key ? _entries[place] : null;
    }

    /// <summary>Remembers an entry in place of another.</summary>
    public void Remember(ulong key, T entry)
    {
        int place = (int)(key % Places);
        _keys[place] = key;
        _entries[place] = entry;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Array.Clear(_entries);
}

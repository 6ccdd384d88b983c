using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Requests;

/// <summary>
/// Requests under way, found by device, operation class and first sector; those that share all three come out first in,
/// first out. Open addressing with linear probing and deletion by shifting back, so that entries of one key keep their order.
/// </summary>
internal sealed class RequestTable
{
    private IoRequest[] _entries = new IoRequest[256];
    private bool[] _used = new bool[256];

    /// <summary>Requests in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a request behind those with the same key.</summary>
    public void Add(in IoRequest request) => Add(request.Device, request.Class, request.Sector, out _) = request;

    /// <summary>Adds a request of a key, behind those with the same, that is still to be filled in: key and all.</summary>
    /// <param name="device">Of the key.</param>
    /// <param name="class">Of the key.</param>
    /// <param name="sector">Of the key.</param>
    /// <param name="alike">Place of the last with the same key, valid until the table changes, or -1.</param>
    public ref IoRequest Add(DeviceId device, OperationClass @class, ulong sector, out int alike)
    {
        if (Count * 2 >= _entries.Length)
            Enlarge();
        Count++;
        return ref PlaceFor(device, @class, sector, out alike);
    }

    /// <summary>Finds the first request of a key.</summary>
    /// <returns>Its place, valid until the table changes, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(DeviceId device, OperationClass @class, ulong sector)
    {
        int mask = _entries.Length - 1;
        for (int i = HomeOf(device, @class, sector, mask); _used[i]; i = (i + 1) & mask)
        {
            ref IoRequest entry = ref _entries[i];
            if (entry.Sector == sector && entry.Device == device && entry.Class == @class)
                return i;
        }

        return -1;
    }

    /// <summary>The request at a place that <see cref="Find"/> returned.</summary>
    public ref IoRequest At(int place) => ref _entries[place];

    /// <summary>Finds, of the requests of a key, the last of a length; if there is none, the last.</summary>
    /// <returns>Its place, valid until the table changes, or -1.</returns>
    public int FindLast(DeviceId device, OperationClass @class, ulong sector, uint lengthBytes)
    {
        int mask = _entries.Length - 1;
        int last = -1;
        int lastOfLength = -1;
        for (int i = HomeOf(device, @class, sector, mask); _used[i]; i = (i + 1) & mask)
        {
            ref IoRequest entry = ref _entries[i];
            if (entry.Sector != sector || entry.Device != device || entry.Class != @class)
                continue;
            last = i;
            if (entry.LengthBytes == lengthBytes)
                lastOfLength = i;
        }

        return lastOfLength >= 0 ? lastOfLength : last;
    }

    /// <summary>The place of the last request that has the key of the one at <paramref name="place"/>.</summary>
    public int LastLike(int place)
    {
        int mask = _entries.Length - 1;
        int last = place;
        for (int i = (place + 1) & mask; _used[i]; i = (i + 1) & mask)
        {
            if (_entries[i].Sector == _entries[place].Sector && _entries[i].Device == _entries[place].Device && _entries[i].Class == _entries[place].Class)
                last = i;
        }

        return last;
    }

    /// <summary>Removes the request at a place that <see cref="Find"/> returned.</summary>
    public void RemoveAt(int place)
    {
        Debug.Assert(_used[place]);
        int mask = _entries.Length - 1;
        int hole = place;
        for (int i = (place + 1) & mask; _used[i]; i = (i + 1) & mask)
        {
            ref IoRequest entry = ref _entries[i];
            int home = HomeOf(entry.Device, entry.Class, entry.Sector, mask);

            // The entry may move to the hole unless its home lies behind it (on the ring).
            if (((i - home) & mask) >= ((i - hole) & mask))
            {
                _entries[hole] = entry;
                hole = i;
            }
        }

        _used[hole] = false;
        Count--;
    }

    /// <summary>All requests, in no particular order.</summary>
    public IEnumerable<IoRequest> All => _entries.Where((_, i) => _used[i]);

    /// <summary>Takes out all requests that <paramref name="condition"/> holds for, in no particular order.</summary>
    public List<IoRequest> RemoveWhere(Predicate<IoRequest> condition)
    {
        List<IoRequest> all = InOrder();
        var removed = new List<IoRequest>();
        Array.Clear(_used);
        Count = 0;
        foreach (IoRequest request in all)
        {
            if (condition(request))
            {
                removed.Add(request);
            }
            else
            {
                PlaceFor(request.Device, request.Class, request.Sector, out _) = request;
                Count++;
            }
        }

        return removed;
    }

    private ref IoRequest PlaceFor(DeviceId device, OperationClass @class, ulong sector, out int alike)
    {
        alike = -1;
        int mask = _entries.Length - 1;
        int i = HomeOf(device, @class, sector, mask);
        for (; _used[i]; i = (i + 1) & mask)
        {
            ref IoRequest entry = ref _entries[i];
            if (entry.Sector == sector && entry.Device == device && entry.Class == @class)
                alike = i;
        }

        _used[i] = true;
        return ref _entries[i];
    }

    private void Enlarge()
    {
        List<IoRequest> all = InOrder();
        _entries = new IoRequest[_entries.Length * 2];
        _used = new bool[_entries.Length];
        foreach (IoRequest request in all)
            PlaceFor(request.Device, request.Class, request.Sector, out _) = request;
    }

    // Starting behind a free place, so that entries of one key are listed in their order though they may wrap around.
    private List<IoRequest> InOrder()
    {
        var all = new List<IoRequest>(Count);
        int start = Array.IndexOf(_used, false) + 1;
        for (int i = 0; i < _entries.Length; i++)
        {
            int place = (start + i) & (_entries.Length - 1);
            if (_used[place])
                all.Add(_entries[place]);
        }

        return all;
    }

    // Multiplying by 2^64 / golden ratio spreads sectors that differ by powers of two (Knuth, TAOCP 3, 6.4).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int HomeOf(DeviceId device, OperationClass @class, ulong sector, int mask)
    {
        ulong key = sector ^ BitOperations.RotateLeft(device.Value | ((ulong)@class << 32), 29);
        return (int)((key * 0x9E3779B97F4A7C15) >> 32) & mask;
    }
}

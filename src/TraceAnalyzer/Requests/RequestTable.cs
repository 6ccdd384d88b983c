using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Requests;

/// <summary>
/// Requests in flight, found by device, operation class and first sector; those that share all three are a queue, first in, first out.
/// Each key has one slot (open addressing, linear probing, deletion by shifting back), so that a key with very many requests is found as fast as any other.
/// The requests lie in a pool whose free places are reused, the last one first: few are in flight, and these stay in the cache.
/// </summary>
internal sealed class RequestTable
{
    /// <summary>Most requests of one key that <see cref="FindLast"/> looks at.</summary>
    public const int MostSearched = 64;

    private const int None = -1;
    private const int Several = int.MinValue;

    private Slot[] _slots = new Slot[256];
    private int _keys;

    // The slot that was looked for last: who removes a request has just found it.
    private int _lastSlot;

    private IoRequest[] _requests = new IoRequest[128];
    private int _unused;
    private int[] _free = new int[128];
    private int _freeCount;

    // Of requests that share a key with others. Most do not, and it stays empty.
    private Link[] _links = [];

    /// <summary>Requests in the table.</summary>
    public int Count => _unused - _freeCount;

    /// <summary>Adds a request behind those with the same key.</summary>
    /// <param name="request">The request.</param>
    /// <param name="before">The place of the request with the same key that was added before it, or -1.</param>
    /// <returns>Its place, valid until it is removed.</returns>
    public int Add(in IoRequest request, out int before)
    {
        int place = Add(request.Device, request.Class, request.Sector, out before);
        _requests[place] = request;
        return place;
    }

    /// <summary>Adds the request that an event is the first of, without any time, behind those with the same key.</summary>
    /// <param name="e">The event.</param>
    /// <param name="before">The place of the request with the same key that was added before it, or -1.</param>
    /// <returns>Its place, valid until it is removed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(in BlockEvent e, out int before)
    {
        ulong sector = KeySectorOf(e);
        int place = Add(e.Device, e.Class, sector, out before);
        ref IoRequest request = ref _requests[place];
        request.QueueTimeNs = IoRequest.NoTime;
        request.IssueTimeNs = IoRequest.NoTime;
        request.CompleteTimeNs = IoRequest.NoTime;
        request.Sector = sector;
        request.Rwbs = e.Rwbs;
        request.LengthBytes = e.LengthBytes;
        request.Device = e.Device;
        request.Pid = e.Pid;
        request.Cpu = e.Cpu;
        request.Error = 0;
        request.Class = e.Class;
        request.Requeued = false;
        request.Reissues = 0;
        return place;
    }

    /// <summary>The sector that requests of an event are found by. A flush has no place, and text does not print the one that its record carries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong KeySectorOf(in BlockEvent e) => e.Class == OperationClass.Flush || e.LengthSectors == 0 ? 0 : e.Sector;

    /// <summary>Finds the first request of a key.</summary>
    /// <returns>Its place, valid until it is removed, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(DeviceId device, OperationClass @class, ulong sector) => PlaceIn(_slots[SlotOf(device, @class, sector)].First);

    /// <summary>The request at a place.</summary>
    public ref IoRequest At(int place) => ref _requests[place];

    /// <summary>How many requests have the key of the one at <paramref name="place"/>.</summary>
    public int CountOf(int place)
    {
        int first = _slots[SlotOf(place)].First;
        return first < 0 ? _links[PlaceIn(first)].Count : 1;
    }

    /// <summary>Finds, of the last <see cref="MostSearched"/> requests of a key, the last of a length; if there is none, the last.</summary>
    /// <returns>Its place, valid until it is removed, or -1.</returns>
    public int FindLast(DeviceId device, OperationClass @class, ulong sector, uint lengthBytes)
    {
        int first = _slots[SlotOf(device, @class, sector)].First;
        if (first >= 0)
            return first - 1;
        int last = _links[PlaceIn(first)].Last;
        int searched = 0;
        for (int place = last; place >= 0 && searched < MostSearched; place = _links[place].Before, searched++)
        {
            if (_requests[place].LengthBytes == lengthBytes)
                return place;
        }

        return last;
    }

    /// <summary>Removes the request at a place.</summary>
    public void RemoveAt(int place)
    {
        int slot = _lastSlot;
        if (_slots[slot].First != place + 1)
            slot = SlotOf(place);
        if (_slots[slot].First > 0)
            FreeSlot(slot);
        else
            Unlink(ref _slots[slot].First, place);
        _free[_freeCount++] = place;
    }

    /// <summary>All requests; those of one key in their order.</summary>
    public IEnumerable<IoRequest> All
    {
        get
        {
            foreach (Slot slot in _slots)
            {
                if (slot.First > 0)
                    yield return _requests[slot.First - 1];
                for (int place = slot.First < 0 ? PlaceIn(slot.First) : None; place >= 0; place = _links[place].After)
                    yield return _requests[place];
            }
        }
    }

    /// <summary>Takes out all requests that <paramref name="condition"/> holds for, in no particular order.</summary>
    public List<IoRequest> RemoveWhere(Predicate<IoRequest> condition)
    {
        IoRequest[] all = [.. All];
        var removed = new List<IoRequest>();
        Array.Clear(_slots);
        (_keys, _unused, _freeCount) = (0, 0, 0);
        foreach (IoRequest request in all)
        {
            if (condition(request))
                removed.Add(request);
            else
                Add(request, out _);
        }

        return removed;
    }

    /// <summary>How many slots are looked at to find the key that is farthest from its home.</summary>
    public int LongestSearch()
    {
        int mask = _slots.Length - 1;
        int longest = 0;
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            if (_slots[slot].First != 0)
                longest = Math.Max(longest, ((slot - HomeOf(_slots[slot].Sector, _slots[slot].Group, mask)) & mask) + 1);
        }

        return longest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Add(DeviceId device, OperationClass @class, ulong sector, out int before)
    {
        // At most a quarter full, so that nearly all searches end where they begin.
        if (_keys * 4 >= _slots.Length)
            Enlarge();
        int place = _freeCount > 0 ? _free[--_freeCount] : UnusedPlace();
        int slot = SlotOf(device, @class, sector);
        ref Slot found = ref _slots[slot];
        if (found.First != 0)
        {
            before = Append(ref found.First, place);
            return place;
        }

        found.Sector = sector;
        found.Group = GroupOf(device, @class);
        found.First = place + 1;
        _keys++;
        before = None;
        return place;
    }

    private int UnusedPlace()
    {
        if (_unused == _requests.Length)
        {
            Array.Resize(ref _requests, 2 * _unused);
            _free = new int[_requests.Length];
        }

        return _unused++;
    }

    // Behind the requests that the slot's key has.
    private int Append(ref int first, int place)
    {
        if (_links.Length < _requests.Length)
            Array.Resize(ref _links, _requests.Length);
        if (first > 0)
        {
            int only = first - 1;
            _links[only] = new Link { Before = None, After = None, Last = only, Count = 1 };
            first |= Several;
        }

        ref Link link = ref _links[PlaceIn(first)];
        int last = link.Last;
        _links[place] = new Link { Before = last, After = None };
        _links[last].After = place;
        link.Last = place;
        link.Count++;
        return last;
    }

    // Others of the key stay.
    private void Unlink(ref int first, int place)
    {
        Link link = _links[place];
        if (link.Before < 0)
        {
            first = (link.After + 1) | Several;
            _links[link.After] = _links[link.After] with { Before = None, Last = link.Last, Count = link.Count - 1 };
        }
        else
        {
            ref Link ofFirst = ref _links[PlaceIn(first)];
            ofFirst.Count--;
            _links[link.Before].After = link.After;
            if (link.After < 0)
                ofFirst.Last = link.Before;
            else
                _links[link.After].Before = link.Before;
        }

        if (_links[PlaceIn(first)].Count == 1)
            first &= ~Several;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FreeSlot(int hole)
    {
        Slot[] slots = _slots;
        int mask = slots.Length - 1;
        for (int i = (hole + 1) & mask; slots[i].First != 0; i = (i + 1) & mask)
        {
            // The key may move to the hole unless its home lies behind it (on the ring).
            int home = HomeOf(slots[i].Sector, slots[i].Group, mask);
            if (((i - home) & mask) >= ((i - hole) & mask))
            {
                slots[hole] = slots[i];
                hole = i;
            }
        }

        slots[hole].First = 0;
        _keys--;
    }

    private void Enlarge()
    {
        Slot[] slots = _slots;
        _slots = new Slot[2 * slots.Length];
        foreach (Slot slot in slots)
        {
            if (slot.First != 0)
                _slots[SlotOf(slot.Sector, slot.Group)] = slot;
        }
    }

    private int SlotOf(int place)
    {
        ref IoRequest request = ref _requests[place];
        return SlotOf(request.Device, request.Class, request.Sector);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(DeviceId device, OperationClass @class, ulong sector) => SlotOf(sector, GroupOf(device, @class));

    // The slot of a key, or the free one where it would go.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(ulong sector, ulong group)
    {
        Slot[] slots = _slots;
        int mask = slots.Length - 1;
        int slot = HomeOf(sector, group, mask);
        for (; slots[slot].First != 0; slot = (slot + 1) & mask)
        {
            if (slots[slot].Sector == sector && slots[slot].Group == group)
                break;
        }

        return _lastSlot = slot;
    }

    private static int PlaceIn(int first) => (first & ~Several) - 1;

    private static ulong GroupOf(DeviceId device, OperationClass @class) => device.Value | ((ulong)@class << 32);

    // Multiplying by 2^64 / golden ratio spreads sectors that differ by powers of two (Knuth, TAOCP 3, 6.4).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int HomeOf(ulong sector, ulong group, int mask)
    {
        ulong key = sector ^ BitOperations.RotateLeft(group, 29);
        return (int)((key * 0x9E3779B97F4A7C15) >> 32) & mask;
    }

    // The key lies beside the place, so that a search does not wait for the request.
    private struct Slot
    {
        /// <summary>First sector of the key.</summary>
        public ulong Sector;

        /// <summary>Device and class of the key.</summary>
        public ulong Group;

        /// <summary>The place of the key's request + 1, of the first one with <see cref="Several"/> if there are more; 0 if the slot is free.</summary>
        public int First;
    }

    private struct Link
    {
        /// <summary>Place of the request of the key that was added before this one, or -1.</summary>
        public int Before;

        /// <summary>Place of the next of the key, or -1.</summary>
        public int After;

        /// <summary>Of the first of a key: the place of the last.</summary>
        public int Last;

        /// <summary>Of the first of a key: how many there are.</summary>
        public int Count;
    }
}

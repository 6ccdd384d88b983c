namespace TraceAnalyzer.Reading;

/// <summary>
/// Bytes that belong to events and find no room in <see cref="BlockEvent"/>: the text of messages (m), the command blocks of passthrough commands.
/// They are rare, so an event's own are searched for: by its time, CPU and device, in the order in which they were added.
/// </summary>
public sealed class EventPayloads
{
    private readonly List<EventPayload> _all = [];
    private int _next;

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>Adds what belongs to <paramref name="owner"/>.</summary>
    /// <param name="owner">The event.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cgroupId">The cgroup that a message came with; null if it came without.</param>
    public void Add(in BlockEvent owner, ReadOnlySpan<byte> bytes, ulong? cgroupId) =>
        _all.Add(new EventPayload(owner.TimeNs, owner.Device, owner.Cpu, bytes.ToArray(), cgroupId));

    /// <summary>Finds and takes what belongs to <paramref name="owner"/>; null if nothing does. Each is found once.</summary>
    public EventPayload? Take(in BlockEvent owner)
    {
        for (int i = _next; i < _all.Count; i++)
        {
            EventPayload payload = _all[i];
            if (payload.TimeNs != owner.TimeNs || payload.Device != owner.Device || payload.Cpu != owner.Cpu)
                continue;

            // Mostly they are asked for in their order; what was passed over goes one place up.
            if (i != _next)
            {
                _all.RemoveAt(i);
                _all.Insert(_next, payload);
            }

            _next++;
            return payload;
        }

        return null;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _all.Clear();
        _next = 0;
    }
}

/// <summary>Bytes of an event.</summary>
/// <param name="TimeNs">The event's time.</param>
/// <param name="Device">Its device.</param>
/// <param name="Cpu">Its CPU.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="CgroupId">The cgroup that a message came with; null if it came without.</param>
public sealed record EventPayload(long TimeNs, DeviceId Device, ushort Cpu, byte[] Bytes, ulong? CgroupId);

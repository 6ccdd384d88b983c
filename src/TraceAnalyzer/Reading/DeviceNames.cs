using System.Collections.Concurrent;
using System.Text;

namespace TraceAnalyzer.Reading;

/// <summary>
/// Device numbers for formats that give a name instead (<c>nvme0n1</c>, <c>/mnt/layer_00.bin</c>): major <see cref="Major"/>, and as
/// minor the place of the name in the order of first mention. The thread that cuts chunks numbers names, others look them up.
/// Or names of devices that have numbers, where something beside the events tells them.
/// </summary>
/// <param name="isComplete">Whether the names are given at once; else they come one by one, as the trace is read.</param>
public sealed class DeviceNames(bool isComplete = false)
{
    /// <summary>Major number of devices that only have a name. Linux gives block devices majors below 512 (<c>BLKDEV_MAJOR_MAX</c>).</summary>
    public const uint Major = 4095;

    private const int MaxNames = 1 << 20;

    private readonly ConcurrentDictionary<byte[], DeviceId> _devices = new(ByteStringComparer.Instance);

    private byte[]? _wanted;

    /// <summary>True if no name comes any more.</summary>
    public bool IsComplete => isComplete;

    /// <summary>Every device and its name, by number.</summary>
    public IReadOnlyList<(DeviceId Device, string Name)> All =>
        [.. _devices.Where(pair => pair.Key != _wanted).Select(pair => (pair.Value, Encoding.UTF8.GetString(pair.Key))).OrderBy(pair => pair.Value)];

    /// <summary>True if a name that was wanted has not come.</summary>
    internal bool MissesWanted => _wanted is not null;

    /// <summary>Names a device that has a number. The first name of a device counts.</summary>
    internal void Give(string name, DeviceId device)
    {
        if (!_devices.Values.Contains(device))
            _devices.TryAdd(Encoding.UTF8.GetBytes(name), device);
    }

    /// <summary>Numbers a name before the trace is read, so that its events can be told from the first on.</summary>
    internal DeviceId Want(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (!_devices.TryGetValue(bytes, out DeviceId device))
        {
            _wanted = bytes;
            _devices[bytes] = device = DeviceId.Of(Major, (uint)_devices.Count);
        }

        return device;
    }

    /// <summary>Numbers <paramref name="name"/> if it is new. Not thread-safe against itself.</summary>
    internal void Observe(ReadOnlySpan<byte> name)
    {
        if (_wanted is not null && name.SequenceEqual(_wanted))
            _wanted = null;
        // Names beyond are all one device, the unknown one.
        if (_devices.Count < MaxNames && !_devices.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(name))
            _devices[name.ToArray()] = DeviceId.Of(Major, (uint)_devices.Count);
    }

    /// <summary>The device of a name; <see cref="DeviceId.Unknown"/> if it was never observed.</summary>
    internal DeviceId Find(ReadOnlySpan<byte> name) =>
        _devices.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out DeviceId device) ? device : DeviceId.Unknown;
}

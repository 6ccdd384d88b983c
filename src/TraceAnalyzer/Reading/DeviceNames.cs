using System.Collections.Concurrent;
using System.Text;

namespace TraceAnalyzer.Reading;

/// <summary>
/// Device numbers for formats that give a name instead (<c>nvme0n1</c>, <c>/mnt/layer_00.bin</c>): major <see cref="Major"/>, and as
/// minor the place of the name in the order of first mention. The thread that cuts chunks numbers names, others look them up.
/// </summary>
public sealed class DeviceNames
{
    /// <summary>Major number of devices that only have a name. Linux gives block devices majors below 512 (<c>BLKDEV_MAJOR_MAX</c>).</summary>
    public const uint Major = 4095;

    private const int MaxNames = 1 << 20;

    private readonly ConcurrentDictionary<byte[], DeviceId> _devices = new(ByteStringComparer.Instance);

    /// <summary>Every device and its name, by number.</summary>
    public IReadOnlyList<(DeviceId Device, string Name)> All =>
        [.. _devices.Select(pair => (pair.Value, Encoding.UTF8.GetString(pair.Key))).OrderBy(pair => pair.Value)];

    /// <summary>Numbers <paramref name="name"/> if it is new. Not thread-safe against itself.</summary>
    internal void Observe(ReadOnlySpan<byte> name)
    {
        // Names beyond are all one device, the unknown one.
        if (_devices.Count < MaxNames && !_devices.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(name))
            _devices[name.ToArray()] = DeviceId.Of(Major, (uint)_devices.Count);
    }

    /// <summary>The device of a name; <see cref="DeviceId.Unknown"/> if it was never observed.</summary>
    internal DeviceId Find(ReadOnlySpan<byte> name) =>
        _devices.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out DeviceId device) ? device : DeviceId.Unknown;
}

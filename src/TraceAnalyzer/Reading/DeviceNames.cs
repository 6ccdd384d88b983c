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

    private static ReadOnlySpan<byte> DeviceFolder => "/dev/"u8;

    // A name that stands without its folder, and the number kept for it until it comes.
    private byte[]? _wanted;
    private DeviceId _wantedDevice;
    private uint _numbered;

    /// <summary>True if no name comes any more.</summary>
    public bool IsComplete => isComplete;

    /// <summary>Every device and its name, by number.</summary>
    public IReadOnlyList<(DeviceId Device, string Name)> All =>
        [.. _devices.Select(pair => (pair.Value, Encoding.UTF8.GetString(pair.Key))).OrderBy(pair => pair.Value)];

    /// <summary>True if a name that was wanted has not come.</summary>
    internal bool MissesWanted => _wanted is not null;

    /// <summary>Names a device that has a number. The first name of a device counts.</summary>
    internal void Give(string name, DeviceId device)
    {
        if (!_devices.Values.Contains(device))
            _devices.TryAdd(Encoding.UTF8.GetBytes(name), device);
    }

    /// <summary>True if two names are of one device, with <c>/dev/</c> or without.</summary>
    internal static bool AreAlike(string one, string other) => Bare(Encoding.UTF8.GetBytes(one)).SequenceEqual(Bare(Encoding.UTF8.GetBytes(other)));

    /// <summary>Numbers a name before the trace is read, so that its events can be told from the first on.</summary>
    internal DeviceId Want(string name)
    {
        foreach ((DeviceId device, string known) in All)
        {
            if (AreAlike(known, name))
                return device;
        }

        _wanted = Bare(Encoding.UTF8.GetBytes(name)).ToArray();
        return _wantedDevice = DeviceId.Of(Major, _numbered++);
    }

    /// <summary>Numbers <paramref name="name"/> if it is new. Not thread-safe against itself.</summary>
    internal void Observe(ReadOnlySpan<byte> name)
    {
        // Names beyond are all one device, the unknown one.
        if (_devices.Count < MaxNames && !_devices.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(name))
            _devices[name.ToArray()] = TakeWanted(name) ?? DeviceId.Of(Major, _numbered++);
    }

    private static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> name) => name.StartsWith(DeviceFolder) ? name[DeviceFolder.Length..] : name;

    private DeviceId? TakeWanted(ReadOnlySpan<byte> name)
    {
        if (_wanted is null || !Bare(name).SequenceEqual(_wanted))
            return null;
        _wanted = null;
        return _wantedDevice;
    }

    /// <summary>The device of a name; <see cref="DeviceId.Unknown"/> if it was never observed.</summary>
    internal DeviceId Find(ReadOnlySpan<byte> name) =>
        _devices.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out DeviceId device) ? device : DeviceId.Unknown;
}

using System.Globalization;

namespace TraceAnalyzer;

/// <summary>A block device's number as the kernel packs it into 32 bits: major in the upper 12, minor in the lower 20 (<c>include/linux/kdev_t.h</c>).</summary>
/// <param name="Value">The packed number.</param>
public readonly record struct DeviceId(uint Value) : IComparable<DeviceId>
{
    private const int MinorBits = 20;
    private const uint MinorMask = (1u << MinorBits) - 1;

    /// <summary>The device of traces that do not name one (the study's bpftrace CSV).</summary>
    public static DeviceId Unknown => default;

    /// <summary>Major number, 0 to 4095.</summary>
    public uint Major => Value >> MinorBits;

    /// <summary>Minor number, 0 to 1048575.</summary>
    public uint Minor => Value & MinorMask;

    /// <summary>Packs <paramref name="major"/> and <paramref name="minor"/>.</summary>
    public static DeviceId Of(uint major, uint minor) => new((major << MinorBits) | (minor & MinorMask));

    /// <summary>Reads <c>259,0</c>, or <c>259:0</c> as sysfs writes it.</summary>
    public static bool TryParse(string? text, out DeviceId device)
    {
        device = default;
        string[] parts = (text ?? "").Split(',', ':');
        if (parts.Length != 2
            || !uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint major)
            || !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint minor)
            || major > 4095 || minor > MinorMask)
        {
            return false;
        }

        device = Of(major, minor);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(DeviceId other) => Value.CompareTo(other.Value);

    /// <summary><c>major,minor</c>, as blkparse prints it; <c>unknown</c> for <see cref="Unknown"/>.</summary>
    public override string ToString() => this == Unknown ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"{Major},{Minor}");

    /// <summary>Orders by major, then minor.</summary>
    public static bool operator <(DeviceId left, DeviceId right) => left.Value < right.Value;

    /// <summary>Orders by major, then minor.</summary>
    public static bool operator >(DeviceId left, DeviceId right) => left.Value > right.Value;

    /// <summary>Orders by major, then minor.</summary>
    public static bool operator <=(DeviceId left, DeviceId right) => left.Value <= right.Value;

    /// <summary>Orders by major, then minor.</summary>
    public static bool operator >=(DeviceId left, DeviceId right) => left.Value >= right.Value;
}

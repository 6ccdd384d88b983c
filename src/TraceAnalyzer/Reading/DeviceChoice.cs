using System.Globalization;
using System.Text.RegularExpressions;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading;

/// <summary>Finds the device of a trace that a name means: the trace's own names, else the names of its files, if one holds a single device.</summary>
internal static class DeviceChoice
{
    // Documentation/admin-guide/devices.txt of the kernel, and what has come since.
    private static readonly Regex s_kernelName = new(
        @"^((sd|hd|vd|xvd|ub|dasd|rssd|skd)[a-z]+\d*|(nvme\d+(c\d+)?n\d+|mmcblk\d+(boot\d+)?|loop\d+|nbd\d+|md_?d?\d+|pmem\d+s?|ublkb\d+|zram\d+|nullb\d+|bcache\d+|rbd\d+|drbd\d+|ram\d+)(p\d+)?|dm-\d+|sr\d+|scd\d+|zd\d+)$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private const int MostNamed = 20;

    /// <summary>True if <paramref name="name"/> is one that Linux gives disks, and not just the name of a run.</summary>
    public static bool IsKernelName(string name) => s_kernelName.IsMatch(name);

    /// <summary>The device called <paramref name="name"/>. Of a format whose names come one by one it is known at the end whether there is one: <see cref="Check"/>.</summary>
    /// <exception cref="TraceException">Nothing of the trace tells it.</exception>
    public static DeviceId Find(ITraceReader reader, string name)
    {
        if (name == DeviceId.Unknown.ToString())
            return DeviceId.Unknown;
        if (reader.Devices is { IsComplete: false } names)
            return names.Want(name);
        foreach ((DeviceId device, string known) in reader.Devices?.All ?? [])
        {
            if (DeviceNames.AreAlike(known, name))
                return device;
        }

        if (DevicesIn(reader.Source, input => TracePart.NameOf(input.Name) == name) is [var only])
            return only;
        DeviceId[] devices = DevicesIn(reader.Source, static _ => true);
        Dictionary<DeviceId, string> called = (reader.Devices?.All ?? []).ToDictionary(named => named.Device, named => named.Name);
        throw Unknown(reader.Source, name, devices.Select(device => called.TryGetValue(device, out string? known) ? $"{known} ({device})" : device.ToString()));
    }

    /// <summary>To be called at the end of the trace.</summary>
    /// <exception cref="TraceException">The trace's names turned out to have none that was wanted.</exception>
    public static void Check(ITraceReader reader, string? name)
    {
        if (name is not null && reader.Devices is { IsComplete: false, MissesWanted: true } names)
            throw Unknown(reader.Source, name, names.All.Select(named => named.Name));
    }

    private static DeviceId[] DevicesIn(TraceSource source, Func<TraceInput, bool> isMeant) =>
        source.Opened is { } opened
            ? [.. FirstBytes.EventsOf(source.Inputs.Where(isMeant), opened.Format, opened.Options).Events.Select(e => e.Device).Distinct().Order()]
            : [];

    private static TraceException Unknown(TraceSource source, string name, IEnumerable<string> devices)
    {
        string[] all = [.. devices.Take(MostNamed + 1)];
        string list = string.Join("; ", all.Take(MostNamed)) + (all.Length > MostNamed ? "; ..." : "");
        return new TraceException(string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Name}: nothing in it names a device '{name}'; {(all.Length == 0 ? "give its number, as info shows it" : $"there are: {list}")}"));
    }
}

using System.Globalization;
using TraceAnalyzer.Cli.Capture.Devices;

namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>The kernel's counters of all disks at a moment: <c>/proc/diskstats</c> (kernel, Documentation/admin-guide/iostats.rst).</summary>
/// <param name="BeforeNs">Monotonic time before they were read, in nanoseconds.</param>
/// <param name="AfterNs">And after.</param>
/// <param name="Disks">By name.</param>
internal sealed record DiskSnapshot(long BeforeNs, long AfterNs, IReadOnlyDictionary<string, DiskNumbers> Disks)
{
    /// <summary>Reads them.</summary>
    public static DiskSnapshot Take()
    {
        long beforeNs = LinuxCalls.MonotonicNs();
        string[] lines = KernelFile.Lines("/proc/diskstats");
        long afterNs = LinuxCalls.MonotonicNs();
        var disks = new Dictionary<string, DiskNumbers>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            long Number(int field) => words.Length > field && long.TryParse(words[field], CultureInfo.InvariantCulture, out long number) ? number : 0;
            if (words.Length >= 14)
                disks[words[2]] = new DiskNumbers(Number(3), Number(5), Number(7), Number(9), Number(11));
        }

        return new DiskSnapshot(beforeNs, afterNs, disks);
    }

    /// <summary>What a disk did since an earlier snapshot; null if one of them does not have it.</summary>
    public DiskNumbers? Since(DiskSnapshot earlier, string disk) => Disks.TryGetValue(disk, out DiskNumbers now) && earlier.Disks.TryGetValue(disk, out DiskNumbers then) ? now - then : null;

    /// <summary>Disks that moved something since an earlier snapshot and are not traced, nor below a loop device that is, the most first.</summary>
    public IEnumerable<(string Disk, long Bytes)> Untraced(DiskSnapshot earlier, TracedDevices traced) =>
        Disks.Keys.Where(disk => Directory.Exists($"/sys/block/{disk.Replace('/', '!')}") && !traced.Devices.Any(device => device.Name == disk) && !traced.BelowLoops.Contains(disk))
            .Select(disk => (disk, Since(earlier, disk) is { } moved ? moved.ReadBytes + moved.WriteBytes : 0)).Where(each => each.Item2 > 0).OrderByDescending(each => each.Item2);
}

/// <summary>Counters of one disk, or what they rose by.</summary>
/// <param name="Reads">Reads completed.</param>
/// <param name="ReadSectors">Sectors of 512 bytes read.</param>
/// <param name="Writes">Writes completed.</param>
/// <param name="WriteSectors">Sectors written.</param>
/// <param name="InFlight">Requests in flight; of a difference those of its end.</param>
internal readonly record struct DiskNumbers(long Reads, long ReadSectors, long Writes, long WriteSectors, long InFlight)
{
    /// <summary>Bytes read.</summary>
    public long ReadBytes => ReadSectors * BlockEvent.SectorBytes;

    /// <summary>Bytes written.</summary>
    public long WriteBytes => WriteSectors * BlockEvent.SectorBytes;

    /// <summary>The difference.</summary>
    public static DiskNumbers operator -(DiskNumbers now, DiskNumbers then) => new(now.Reads - then.Reads, now.ReadSectors - then.ReadSectors, now.Writes - then.Writes, now.WriteSectors - then.WriteSectors, now.InFlight);
}

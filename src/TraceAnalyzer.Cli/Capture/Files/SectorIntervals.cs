using TraceAnalyzer.Cli.Capture.Devices;

namespace TraceAnalyzer.Cli.Capture.Files;

/// <summary>The sectors of disks that files lie on, each counted once.</summary>
internal sealed class SectorIntervals
{
    private readonly Dictionary<DeviceId, (long First, long End)[]> _devices = [];

    private SectorIntervals()
    {
    }

    /// <summary>The sectors of files; null if some lie on arrays, volumes or btrfs, whose sectors are not those of their disks.</summary>
    public static SectorIntervals? Of(IEnumerable<SeenFile> files)
    {
        var all = new Dictionary<DeviceId, List<(long First, long End)>>();
        foreach (SeenFile file in files)
        {
            if (TracedDevices.DeviceOf(file.FileSystem) is not { } device || device.Whole() is not { IsLayered: false } disk)
                return null;
            if (!all.TryGetValue(disk.Number, out List<(long, long)>? extents))
                all.Add(disk.Number, extents = []);
            extents.AddRange(file.Extents().Where(extent => extent.PhysicalSector > 0).Select(extent => (device.StartSector + extent.PhysicalSector, device.StartSector + extent.PhysicalSector + extent.Sectors)));
        }

        var intervals = new SectorIntervals();
        foreach ((DeviceId device, List<(long First, long End)> extents) in all)
        {
            var joined = new List<(long First, long End)>();
            foreach ((long first, long end) in extents.Order())
            {
                if (joined.Count > 0 && joined[^1].End >= first)
                    joined[^1] = (joined[^1].First, Math.Max(joined[^1].End, end));
                else
                    joined.Add((first, end));
            }

            intervals._devices.Add(device, [.. joined]);
        }

        return intervals;
    }

    /// <summary>How many sectors of a range files lie on.</summary>
    public long CoveredSectors(DeviceId device, ulong firstSector, uint sectors)
    {
        if (!_devices.TryGetValue(device, out (long First, long End)[]? intervals))
            return 0;
        long first = (long)firstSector;
        long end = first + sectors;
        int low = 0;
        for (int high = intervals.Length; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = intervals[middle].End <= first ? (middle + 1, high) : (low, middle);
        }

        long covered = 0;
        for (; low < intervals.Length && intervals[low].First < end; low++)
            covered += Math.Min(end, intervals[low].End) - Math.Max(first, intervals[low].First);
        return covered;
    }
}

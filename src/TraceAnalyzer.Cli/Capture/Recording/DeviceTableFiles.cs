using System.Text;
using TraceAnalyzer.Cli.Capture.Devices;

// vg-lv: 0 4194304 linear 8:2 2048
namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>Writes what arrays, volumes and btrfs are made of, in the words of the tools that say it.</summary>
internal static class DeviceTableFiles
{
    /// <summary>Writes the files that are needed.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public static void Write(string folder, TracedDevices devices)
    {
        if (devices.Devices.Any(device => device.Name.StartsWith("md", StringComparison.Ordinal)) && KernelFile.Read("/proc/mdstat") is { } mdstat)
            File.WriteAllText(Path.Combine(folder, "mdstat.txt"), mdstat + "\n");
        // Keys of crypt targets are printed as zeros.
        if (devices.Devices.Any(device => device.Name.StartsWith("dm-", StringComparison.Ordinal)) && Tool.Output("dmsetup", "table") is { } tables)
            File.WriteAllText(Path.Combine(folder, "dmtable.txt"), OnWholeDisks(tables, PlaceOf));
        if (devices.FileSystems.FirstOrDefault(mount => mount.Type == "btrfs") is { } btrfs && Tool.Output("btrfs", "inspect-internal", "dump-tree", "-t", "chunk", btrfs.Source) is { } chunks)
            File.WriteAllText(Path.Combine(folder, "btrfs-chunks.txt"), chunks);
    }

    /// <summary>
    /// A table of device-mapper in which members that are partitions are the disks that they are part of, whose requests are in the trace:
    /// <c>8:2 2048</c> of a partition that begins at sector 4096 is <c>8:0 6144</c>.
    /// </summary>
    /// <param name="tables">Output of <c>dmsetup table</c>.</param>
    /// <param name="placeOf">Disk and first sector of a partition; null for what is none.</param>
    internal static string OnWholeDisks(string tables, Func<DeviceId, (DeviceId Disk, long StartSector)?> placeOf)
    {
        var lines = new StringBuilder();
        foreach (string line in tables.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            for (int i = 0; i + 1 < words.Length; i++)
            {
                if (!words[i].EndsWith(':') && DeviceId.TryParse(words[i].Replace(',', '?'), out DeviceId number) && long.TryParse(words[i + 1], out long start) && placeOf(number) is var (disk, first))
                    (words[i], words[i + 1]) = (FormattableString.Invariant($"{disk.Major}:{disk.Minor}"), FormattableString.Invariant($"{start + first}"));
            }

            lines.Append(string.Join(' ', words)).Append('\n');
        }

        return lines.ToString();
    }

    private static (DeviceId Disk, long StartSector)? PlaceOf(DeviceId number) => BlockDevice.Of(number) is { IsPartition: true } part ? (part.Whole().Number, part.StartSector) : null;
}

namespace TraceAnalyzer.Cli.Capture.Devices;

/// <summary>A block device or partition, from <c>/sys/dev/block</c>.</summary>
/// <param name="Name">Its name, such as <c>nvme0n1p2</c>.</param>
/// <param name="Number">Its number.</param>
/// <param name="Disk">The whole device: itself unless it is a partition.</param>
/// <param name="StartSector">Where on it the partition begins, in sectors of 512 bytes.</param>
internal sealed record BlockDevice(string Name, DeviceId Number, string Disk, long StartSector)
{
    /// <summary>Its folder in <c>/sys/block</c>.</summary>
    public string Folder => "/sys/block/" + Disk;

    /// <summary>True for a part of a device. The block layer issues requests to the whole only, so that a trace of a partition is empty.</summary>
    public bool IsPartition => Name != Disk;

    /// <summary>True if it is made of other devices.</summary>
    public bool IsLayered => Members().Any();

    /// <summary>The device of a number; null if there is none.</summary>
    public static BlockDevice? Of(DeviceId number)
    {
        string link = FormattableString.Invariant($"/sys/dev/block/{number.Major}:{number.Minor}");
        if (KernelFile.Link(link) is not { } target)
            return null;
        string folder = Path.GetFullPath(target, "/sys/dev/block");
        string name = Path.GetFileName(folder);
        // /sys has an exclamation mark where /dev has a folder.
        return KernelFile.Read(folder + "/partition") is null
            ? new BlockDevice(name, number, name, 0)
            : new BlockDevice(name, number, Path.GetFileName(Path.GetDirectoryName(folder)!), KernelFile.Number(folder + "/start") ?? 0);
    }

    /// <summary>The device of a name (<c>nvme0n1</c>), of a node or link in <c>/dev</c>, or of numbers (<c>259:0</c>); null if there is none.</summary>
    public static BlockDevice? Named(string name)
    {
        if (LinuxCalls.IdentityOf(name.Contains('/') ? name : "/dev/" + name)?.Device is { } number || DeviceId.TryParse(name, out number))
            return Of(number);
        return DeviceId.TryParse(KernelFile.Read($"/sys/class/block/{name.Replace('/', '!')}/dev"), out number) ? Of(number) : null;
    }

    /// <summary>The whole device.</summary>
    public BlockDevice Whole() => IsPartition ? Named(Disk) ?? this : this;

    /// <summary>The devices that it is made of, partitions among them: of md and device-mapper.</summary>
    public IEnumerable<BlockDevice> Members() => KernelFile.Names($"{Folder}/slaves").Order(StringComparer.Ordinal).Select(Named).OfType<BlockDevice>();

    /// <summary>The file behind a loop device; null for others.</summary>
    public string? BackingFile => KernelFile.Read(Folder + "/loop/backing_file");
}

namespace TraceAnalyzer.Cli.Capture.Devices;

/// <summary>The devices to trace: those of the paths and devices given, whole disks in place of partitions, and all that they are made of.</summary>
internal sealed class TracedDevices
{
    private readonly IReadOnlyList<Mount> _mounts = Mount.All();
    private readonly List<BlockDevice> _devices = [];
    private readonly HashSet<string> _belowLoops = new(StringComparer.Ordinal);
    private readonly List<Mount> _fileSystems = [];
    private readonly List<string> _notes = [];

    /// <summary>What is traced: whole devices, the upper before those they are made of.</summary>
    public IReadOnlyList<BlockDevice> Devices => _devices;

    /// <summary>File systems on them.</summary>
    public IReadOnlyList<Mount> FileSystems => _fileSystems;

    /// <summary>Names of disks below the files of loop devices, which are not traced.</summary>
    public IReadOnlySet<string> BelowLoops => _belowLoops;

    /// <summary>Why something is traced or not, in sentences.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>True if an array, a volume or btrfs is among them: then where files lie on the disks is told by remaps.</summary>
    public bool AreLayered => _devices.Exists(device => device.IsLayered);

    /// <summary>Adds a device by its name, node or number.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public void AddDevice(string name)
    {
        BlockDevice device = BlockDevice.Named(name) ?? throw new UsageException($"--device: there is no block device '{name}'; lsblk lists them");
        if (device.IsPartition)
            _notes.Add($"{device.Name} is a partition of {device.Disk}: {device.Disk} is traced, because requests are issued to whole devices only");
        Add(device);
        _fileSystems.AddRange(_mounts.Where(mount => !_fileSystems.Contains(mount) && DisksOf(mount).Any(disk => _devices.Contains(disk.Whole()))));
    }

    /// <summary>Adds the devices of the file system that a path lies on.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isAsked">Whether the user named it, so that it is an error if it has no device here.</param>
    /// <exception cref="UsageException">It has none, and was asked for.</exception>
    public void AddPath(string path, bool isAsked)
    {
        string? full = RealPath(path);
        if (full is null)
        {
            if (isAsked)
                throw new UsageException($"--path: '{path}' does not exist; make it, or name the device with --device");
            return;
        }

        Mount? mount = Mount.Of(full, _mounts);
        BlockDevice[] disks = mount is null ? [] : [.. DisksOf(mount)];
        if (disks.Length == 0)
        {
            string why = $"'{path}' lies on {mount?.Type ?? "no file system"} ({mount?.Source}), which has no block device here";
            if (isAsked)
                throw new UsageException($"--path: {why}; name the disk below it with --device");
            if (mount is { IsMemory: false })
                Note(why);
            return;
        }

        foreach (BlockDevice disk in disks)
            Add(disk);
        if (!_fileSystems.Contains(mount!))
            _fileSystems.Add(mount!);
    }

    /// <summary>The file system on traced devices that serves a path; null if it lies elsewhere.</summary>
    public Mount? FileSystemOf(string path) => Mount.Of(path, _mounts) is { } mount && _fileSystems.Contains(mount) ? mount : null;

    /// <summary>The file system of any path; null if nothing is there.</summary>
    public Mount? AnyFileSystemOf(string path) => RealPath(path) is { } full ? Mount.Of(full, _mounts) : null;

    /// <summary>The device whose sectors FIEMAP gives for files of a file system, and what to add to them; null on btrfs, whose addresses are its own.</summary>
    public static BlockDevice? DeviceOf(Mount mount) => mount.Type == "btrfs" ? null : DisksOf(mount).FirstOrDefault();

    /// <summary>The devices, partitions among them, that a file system lies on; none if it has none.</summary>
    public static IEnumerable<BlockDevice> DisksOf(Mount mount)
    {
        if (BlockDevice.Of(mount.Number) is { } device)
            return [device];
        if (mount.Type != "btrfs" || BlockDevice.Named(mount.Source) is not { } member)
            return [];
        string? folder = KernelFile.Names("/sys/fs/btrfs").Select(id => $"/sys/fs/btrfs/{id}/devices").FirstOrDefault(devices => KernelFile.Names(devices).Contains(member.Name));
        return folder is null ? [member] : KernelFile.Names(folder).Order(StringComparer.Ordinal).Select(BlockDevice.Named).OfType<BlockDevice>();
    }

    private void Add(BlockDevice device)
    {
        BlockDevice whole = device.Whole();
        if (_devices.Contains(whole))
            return;
        _devices.Add(whole);
        foreach (BlockDevice member in whole.Members())
            Add(member);
        // Its requests are not remapped to the disk below but issued anew, so that a sum over both would count everything twice.
        if (whole.BackingFile is { } file)
        {
            if (AnyFileSystemOf(file) is { } below)
                _belowLoops.UnionWith(DisksOf(below).Select(disk => disk.Disk));
            Note($"{whole.Name} is the file {file}; the device below it is not traced");
        }
    }

    private void Note(string note)
    {
        if (!_notes.Contains(note))
            _notes.Add(note);
    }

    /// <summary>A path without links; null if nothing is there.</summary>
    public static string? RealPath(string path)
    {
        try
        {
            string full = Path.GetFullPath(path);
            if (!File.Exists(full) && !Directory.Exists(full))
                return null;
            // The last component may be a link (a model in a cache of blobs), and so may each folder.
            string at = "/";
            int links = 0;
            var left = new Stack<string>(full.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
            while (left.TryPop(out string? part))
            {
                if (part is "." or "..")
                {
                    at = part == "." ? at : Path.GetDirectoryName(at) ?? "/";
                    continue;
                }

                string next = Path.Combine(at, part);
                if (KernelFile.Link(next) is not { } target)
                {
                    at = next;
                    continue;
                }

                if (++links > 40)
                    return null;
                if (target.StartsWith('/'))
                    at = "/";
                foreach (string each in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                    left.Push(each);
            }

            return at;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Devices;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Where files lie on the devices that were traced: from the device of their file system through what that is made of (docs/analyses/devices.md).</summary>
internal sealed class FilePlaces
{
    // An array of an array of partitions has three.
    private const int MostLevels = 8;
    private const int MostPieces = 1 << 22;

    private readonly TraceRemaps? _remaps;
    private readonly DeviceTable[] _tables;
    private readonly Dictionary<string, DeviceId> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<DeviceId, DeviceTable?> _tableOf = [];
    private readonly List<string> _sources = [];
    private readonly List<string> _faults = [];

    private FilePlaces(RunFolder folder, TraceRemaps? remaps)
    {
        _remaps = remaps;
        _tables = [.. folder.DeviceTables.SelectMany(part => part.Content.Tables)];
        foreach (QueueSettings device in folder.Environments.SelectMany(part => part.Content.Devices))
            AddName(device.Name, device.Device);
        foreach ((DeviceId device, string name) in remaps?.Names ?? [])
            AddName(name, device);
        if (_tables.FirstOrDefault(table => table.IsFileSystem) is { } btrfs)
            NameDevices(btrfs);
    }

    /// <summary>How the files' sectors were found on the devices, in sentences.</summary>
    public IReadOnlyList<string> Sources => _sources;

    /// <summary>What could not be mapped, in sentences.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Maps extents; null if nothing says that they lie on anything but the one device that is traced, or if they cannot be mapped (<see cref="Faults"/>).</summary>
    /// <param name="folder">The run.</param>
    /// <param name="extents">Where files lie on their file system's device.</param>
    /// <param name="remaps">What the beginning of the trace shows; null without a trace.</param>
    /// <param name="places">How it was done.</param>
    public static ExtentMap? Map(RunFolder folder, IReadOnlyList<FileExtent> extents, TraceRemaps? remaps, out FilePlaces places)
    {
        places = new FilePlaces(folder, remaps);
        var placed = new List<PlacedExtent>();
        foreach (IGrouping<string?, FileExtent> device in extents.Where(extent => extent.HasPlace).GroupBy(extent => extent.Device))
        {
            if (!places.Add(device.Key, device, placed) || places.Faults.Count > 0)
                return null;
        }

        return placed.Count == 0 ? null : ExtentMap.OfDevices(placed);
    }

    private bool Add(string? name, IEnumerable<FileExtent> extents, List<PlacedExtent> placed)
    {
        DeviceTable? btrfs = _tables.FirstOrDefault(table => table.IsFileSystem && table.Segments.Count > 0);
        DeviceId? device = NumberOf(name ?? "");
        if (device is null && btrfs is null)
            device = Top();
        if (device is null && btrfs is null)
            return false;
        if (device is null)
            Say(_sources, $"btrfs: the chunk tree maps its addresses to {string.Join(", ", MembersOf(btrfs!))}");
        int before = _faults.Count;
        foreach (FileExtent extent in extents)
        {
            if (device is { } known)
                Add(extent, known, extent.LogicalSector, extent.PhysicalSector, extent.Sectors, isCopy: false, level: 0, placed);
            else
                Add(extent, btrfs!, extent.LogicalSector, extent.PhysicalSector, extent.Sectors, isCopy: false, level: 0, placed);
            if (placed.Count > MostPieces)
                Say(_faults, FormattableString.Invariant($"The listed files lie in more than {MostPieces} pieces."));
            if (_faults.Count > before)
                return false;
        }

        return true;
    }

    private void Add(FileExtent extent, DeviceId device, long logical, long first, long sectors, bool isCopy, int level, List<PlacedExtent> placed)
    {
        if (level < MostLevels && TableOf(device) is { } table)
            Add(extent, table, logical, first, sectors, isCopy, level, placed);
        else
            placed.Add(new PlacedExtent(device, extent.File, logical, first, sectors, isCopy));
    }

    private void Add(FileExtent extent, DeviceTable table, long logical, long first, long sectors, bool isCopy, int level, List<PlacedExtent> placed)
    {
        var pieces = new List<MappedPiece>();
        table.Map(first, sectors, pieces);
        if (pieces.Where(piece => !piece.IsCopy).Sum(piece => piece.Sectors) < sectors)
            Say(_faults, $"{SideRemarks.Shortened(extent.File)}: some of it lies in no part of {(table.IsFileSystem ? "btrfs" : table.Device)}.");
        foreach (MappedPiece piece in pieces)
        {
            if (NumberOf(piece.Device) is not { } member)
            {
                Say(_faults, $"Nothing gives the number of {SideRemarks.Shortened(piece.Device)}, on which listed files lie.");
                return;
            }

            Add(extent, member, logical + (piece.UpperSector - first), piece.Sector, piece.Sectors, isCopy || piece.IsCopy, level + 1, placed);
            if (placed.Count > MostPieces)
                return;
        }
    }

    // What a device is made of; null for a disk. The trace's remaps decide, and a table of the folder must agree with them.
    private DeviceTable? TableOf(DeviceId device)
    {
        if (_tableOf.TryGetValue(device, out DeviceTable? known))
            return known;
        List<RemapSample> samples = _remaps?.Samples.GetValueOrDefault(device) ?? [];
        DeviceTable[] named = [.. _tables.Where(table => !table.IsFileSystem && NumberOf(table.Device) == device)];
        if (named.Length == 0 && samples.Count > 0)
            named = [.. _tables.Where(table => !table.IsFileSystem && NumberOf(table.Device) is null && RemapInference.Complete(table, samples, NumberOf, out _) is not null).Take(1)];
        DeviceTable? found = null;
        foreach (DeviceTable table in named)
        {
            found = RemapInference.Complete(table, samples, NumberOf, out string? why);
            if (found is not null)
                Say(_sources, FormattableString.Invariant($"{(table.Device.Length == 0 ? device.ToString() : table.Device)}: as the table of the folder has it{(samples.Count > 0 ? $", with which {samples.Count} remaps of the trace agree" : "")}"));
            else
                Say(_faults, $"{why}.");
        }

        if (named.Length == 0 && samples.Count > 0)
        {
            found = RemapInference.FromRemaps(device, samples);
            if (found is null)
                Say(_faults, $"How {device} is made of other devices is not plain from the remaps of the trace; dmsetup table or /proc/mdstat tells it.");
            else
                Say(_sources, FormattableString.Invariant($"{device}: as {samples.Count} remaps of the trace show it"));
        }

        _tableOf[device] = found;
        return found;
    }

    // What files lie on if their list does not say: the device whose requests are remapped, and that nothing is remapped to, if all disks are its; else the only one that a table describes.
    private DeviceId? Top()
    {
        HashSet<DeviceId> targets = [.. _remaps?.Samples.Values.SelectMany(samples => samples).Select(sample => sample.Target) ?? []];
        if (_remaps is { } trace && trace.Issuing.Any(device => !targets.Contains(device)))
            targets = [.. trace.Samples.Keys];
        DeviceId[] tops = [.. (_remaps?.Samples ?? new Dictionary<DeviceId, List<RemapSample>>()).Where(source => !targets.Contains(source.Key) && !IsPartition(source.Key, source.Value)).OrderByDescending(source => source.Value.Count).ThenBy(source => source.Key).Select(source => source.Key)];
        if (tops.Length > 0)
            return tops[0];
        DeviceTable[] tables = [.. _tables.Where(table => !table.IsFileSystem)];
        if (tables is not [var only])
            return null;
        DeviceId? device = NumberOf(only.Device);
        if (device is null)
            Say(_faults, $"Nothing gives the number of {SideRemarks.Shortened(only.Device)}.");
        return device;
    }

    // A partition of a traced disk is told by where its file system begins.
    private static bool IsPartition(DeviceId device, List<RemapSample> samples) => samples.TrueForAll(sample => sample.Target.Major == device.Major);

    private void AddName(string? name, DeviceId? device)
    {
        if (name is { Length: > 0 } && device is { } number)
            _numbers.TryAdd(Bare(name), number);
    }

    private DeviceId? NumberOf(string name) => name.Length == 0 ? null
        : _numbers.TryGetValue(Bare(name), out DeviceId number) || DeviceId.TryParse(name, out number) ? number : null;

    private static string Bare(string name) => name.StartsWith("/dev/", StringComparison.Ordinal) ? name["/dev/".Length..] : name;

    // btrfs numbers its devices by itself. Where as many issue requests as it has, they are taken in the order of their numbers.
    private void NameDevices(DeviceTable btrfs)
    {
        string[] members = MembersOf(btrfs);
        DeviceId[] traced = [.. _remaps?.Issuing ?? []];
        if (members.Length != traced.Length)
        {
            Say(_faults, FormattableString.Invariant($"btrfs has {members.Length} devices, and {traced.Length} issue requests at the beginning of the trace: which is which is not known."));
            return;
        }

        for (int i = 0; i < members.Length; i++)
            AddName(members[i], traced[i]);
        if (members.Length > 1)
            Say(_sources, $"{string.Join(", ", members.Select((member, i) => $"{member} is {traced[i]}"))}: the devices of btrfs taken in the order of their numbers, which nothing proves");
    }

    private static string[] MembersOf(DeviceTable table) =>
        [.. table.Segments.SelectMany(segment => segment.Columns).SelectMany(column => column).Select(member => member.Device).Distinct().OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal)];

    private static void Say(List<string> sentences, string sentence)
    {
        if (!sentences.Contains(sentence))
            sentences.Add(sentence);
    }
}

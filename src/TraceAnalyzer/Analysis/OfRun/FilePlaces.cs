using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Devices;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Where files lie on the devices that were traced: from the device of their file system through what that is made of (docs/analyses/devices.md).</summary>
internal sealed class FilePlaces
{
    // An array of an array of partitions has three.
    private const int MostLevels = 8;
    private const int MostNamed = 8;

    // Of the extents' parts on devices, besides one for each extent: some 300 bytes each.
    private const int MostPieces = 1 << 19;

    private readonly TraceRemaps? _remaps;
    private readonly DeviceTable[] _tables;
    private readonly Dictionary<string, DeviceId> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<DeviceId, DeviceTable?> _tableOf = [];
    private readonly List<string> _sources = [];
    private readonly List<string> _faults = [];
    private readonly int _mostPieces;

    private FilePlaces(RunFolder folder, TraceRemaps? remaps, int extents)
    {
        _mostPieces = MostPieces + extents;
        _remaps = remaps;
        _tables = [.. folder.DeviceTables.SelectMany(part => part.Content.Tables)];
        foreach (QueueSettings device in folder.Environments.SelectMany(part => part.Content.Devices))
            AddName(device.Name, device.Device);
        foreach ((DeviceId device, string name) in remaps?.Names ?? [])
            AddName(name, device);
        DeviceTable[] fileSystems = [.. _tables.Where(table => table.IsFileSystem)];
        if (fileSystems.Skip(1).Any(table => !AreAlike(table, fileSystems[0])))
            Say(_faults, "Two chunk trees of btrfs in the folder differ.");
        else if (fileSystems.Length > 0)
            NameDevices(fileSystems[0]);
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
        FileExtent[] whole = [.. extents.Where(extent => extent.HasPlace)];
        places = new FilePlaces(folder, remaps, whole.Length);
        if (IsUnmappedBtrfs(folder))
        {
            Say(places._faults, "They lie on btrfs, whose extents are addresses of the file system and not of a device; the output of 'btrfs inspect-internal dump-tree -t chunk DEVICE' in the folder maps them.");
            return null;
        }

        var placed = new List<PlacedExtent>();
        foreach (IGrouping<string?, FileExtent> device in whole.GroupBy(extent => extent.Device))
        {
            if (!places.Add(device.Key, device, placed) || places.Faults.Count > 0)
                return null;
        }

        return placed.Count == 0 ? null : ExtentMap.OfDevices(placed, whole);
    }

    /// <summary>True if files lie on btrfs, and nothing says where its addresses lie on devices.</summary>
    public static bool IsUnmappedBtrfs(RunFolder folder) =>
        folder.Extents.Any(part => part.Content.IsOfBtrfs) && !folder.DeviceTables.SelectMany(part => part.Content.Tables).Any(table => table.IsFileSystem && table.Segments.Count > 0);

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
            var range = new PlacedExtent(device ?? default, extent.File, extent.LogicalSector, extent.PhysicalSector, extent.Sectors);
            if (device is not null)
                Add(range, level: 0, placed);
            else
                Add(range, btrfs!, level: 0, placed);
            if (_faults.Count > before)
                return false;
        }

        return true;
    }

    private void Add(PlacedExtent range, int level, List<PlacedExtent> placed)
    {
        if (TableOf(range.Device) is not { } table)
            placed.Add(range);
        else if (level == MostLevels)
            Say(_faults, FormattableString.Invariant($"{range.Device} is made of itself, or of devices in more than {MostLevels} levels."));
        else
            Add(range, table, level, placed);
    }

    private void Add(PlacedExtent range, DeviceTable table, int level, List<PlacedExtent> placed)
    {
        long inParts = 0;
        int before = _faults.Count;
        long end = range.FirstSector + range.Sectors;
        foreach (StripedSegment segment in table.SegmentsIn(range.FirstSector, range.Sectors))
        {
            long from = Math.Max(range.FirstSector, segment.FirstSector);
            PlacedExtent part = range.Part(from - range.FirstSector, Math.Min(end, segment.FirstSector + segment.Sectors) - from);
            inParts += part.Sectors;
            if (!HasRoom(part, segment, placed))
                return;
            foreach (PlacedExtent chunk in segment.Columns.Count > 1 ? Chunks(part) : [part])
            {
                Add(chunk, segment, level, placed);
                if (_faults.Count > before)
                    return;
            }
        }

        if (inParts < range.Sectors)
            Say(_faults, $"{SideRemarks.Shortened(range.File)}: some of it lies in no part of {(table.IsFileSystem ? "btrfs" : table.Device)}.");
    }

    // What lies in one part, on each of the part's members that it touches, as one run of sectors.
    private void Add(PlacedExtent range, StripedSegment segment, int level, List<PlacedExtent> placed)
    {
        int before = _faults.Count;
        long at = range.FirstSector - segment.FirstSector;
        int touched = (int)Math.Min(segment.Columns.Count, ChunksIn(at, range.Sectors, segment.ChunkSectors));
        for (int i = 0; i < touched; i++)
        {
            int column = (segment.ColumnOf(at) + i) % segment.Columns.Count;
            (long offset, long sectors) = segment.RunIn(column, at, at + range.Sectors);
            PlacedExtent run = segment.Columns.Count == 1 ? range : range with
            {
                LogicalSector = range.LogicalSector + (segment.SectorAt(column, offset) - at),
                Sectors = sectors,
                Stride = new ChunkStride(segment.ChunkSectors, segment.StripeSectors, offset % segment.ChunkSectors),
            };
            for (int copy = 0; copy < segment.Columns[column].Count; copy++)
            {
                SegmentMember member = segment.Columns[column][copy];
                if (NumberOf(member.Device) is { } number)
                    Add(run with { Device = number, FirstSector = member.FirstSector + offset, IsCopy = range.IsCopy || copy > 0 }, level + 1, placed);
                else
                    Say(_faults, $"Nothing gives the number of {SideRemarks.Shortened(member.Device)}, on which listed files lie.");
                if (_faults.Count > before)
                    return;
            }
        }
    }

    // Before anything is cut: an array of arrays has a piece for each chunk of the outer one.
    private bool HasRoom(PlacedExtent range, StripedSegment segment, List<PlacedExtent> placed)
    {
        long chunks = segment.Columns.Count > 1 && range.Stride.IsChunked ? ChunksIn(range.Stride.Ahead, range.Sectors, range.Stride.ChunkSectors) : 1;
        long columns = Math.Min(segment.Columns.Count, ChunksIn(range.FirstSector - segment.FirstSector, range.Sectors, segment.ChunkSectors));
        long copies = segment.Columns.Max(column => column.Count);
        if (placed.Count + (Math.Max(chunks, columns) * copies) <= _mostPieces)
            return true;
        Say(_faults, FormattableString.Invariant($"{SideRemarks.Shortened(range.File)}: with it the listed files lie in more than {_mostPieces} pieces on the devices."));
        return false;
    }

    private static long ChunksIn(long at, long sectors, long chunkSectors) => sectors == 0 ? 0 : ((at + sectors - 1) / chunkSectors) - (at / chunkSectors) + 1;

    private static IEnumerable<PlacedExtent> Chunks(PlacedExtent range)
    {
        for (long offset = 0; offset < range.Sectors;)
        {
            long sectors = Math.Min(range.Sectors - offset, range.Stride.Left(offset));
            yield return range.Part(offset, sectors) with { Stride = default };
            offset += sectors;
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
            named = [.. _tables.Where(table => !table.IsFileSystem && NumberOf(table.Device) is null && RemapInference.Fits(table, samples, NumberOf)).Take(1)];
        DeviceTable? found = null;
        if (named.Skip(1).Any(table => !AreAlike(table, named[0])))
        {
            Say(_faults, $"Two tables of the folder place {device} differently.");
            named = named[..1];
        }

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

    // What files lie on if their list does not say: the device whose requests are remapped, and that nothing is remapped to, if no other device could be it; else the only one that a table describes.
    private DeviceId? Top()
    {
        HashSet<DeviceId> targets = [.. _remaps?.Samples.Values.SelectMany(samples => samples).Select(sample => sample.Target) ?? []];
        DeviceId[] tops = [.. (_remaps?.Samples ?? new Dictionary<DeviceId, List<RemapSample>>()).Where(source => !targets.Contains(source.Key) && !IsPartition(source.Key, source.Value)).Select(source => source.Key).Order()];
        if (tops.Length > 0)
        {
            DeviceId[] others = [.. (_remaps?.Issuing ?? []).Where(device => !targets.Contains(device) && !tops.Contains(device))];
            if (tops.Length + others.Length > 1)
                Say(_faults, $"Which of {string.Join(", ", tops.Concat(others).Take(MostNamed))} the listed files lie on is not known; a column 'device' of the list tells it.");
            return tops[0];
        }

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

    // Of two lists of the same devices, by what their members are.
    private bool AreAlike(DeviceTable one, DeviceTable other) => one.LacksStarts != other.LacksStarts
        ? one.Segments.Count == other.Segments.Count
        : one.Segments.Count == other.Segments.Count && one.Segments.Zip(other.Segments).All(pair => AreAlike(pair.First, pair.Second));

    private bool AreAlike(StripedSegment one, StripedSegment other) =>
        (one.FirstSector, one.Sectors, one.ChunkSectors, one.Columns.Count) == (other.FirstSector, other.Sectors, other.ChunkSectors, other.Columns.Count)
        && one.Columns.SelectMany(column => column).Select(member => (NumberOf(member.Device)?.ToString() ?? member.Device, member.FirstSector))
            .SequenceEqual(other.Columns.SelectMany(column => column).Select(member => (NumberOf(member.Device)?.ToString() ?? member.Device, member.FirstSector)));

    private static void Say(List<string> sentences, string sentence)
    {
        if (!sentences.Contains(sentence))
            sentences.Add(sentence);
    }
}

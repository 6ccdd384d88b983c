namespace TraceAnalyzer.Runs.Tensors;

/// <summary>Says for sectors which file they hold, and where in it.</summary>
public sealed class ExtentMap
{
    /// <summary>File index of sectors that belong to no known file: journal, metadata, files not listed.</summary>
    public const int Unmapped = -1;

    // Sorted by first sector; they do not overlap.
    private readonly long[] _first;
    private readonly long[] _end;
    private readonly long[] _logical;
    private readonly int[] _file;
    private readonly ChunkStride[] _stride;
    private readonly long[] _sectorsOfFile;
    private readonly Dictionary<DeviceId, ExtentMap>? _devices;
    private readonly ExtentMap? _empty;

    /// <summary>Builds the map of the one device that files lie on.</summary>
    /// <param name="extents">Extents in any order; those without a place are left out.</param>
    /// <param name="fileSystemSector">The sector of the traced device at which the file system begins: above 0 if a whole disk is traced and the file system lies on a partition.</param>
    public ExtentMap(IEnumerable<FileExtent> extents, long fileSystemSector = 0)
        : this(extents.Where(extent => extent.HasPlace).Select(extent => new PlacedExtent(default, extent.File, extent.LogicalSector, fileSystemSector + extent.PhysicalSector, extent.Sectors)), new FileNumbers())
    {
    }

    private ExtentMap(IEnumerable<PlacedExtent> extents, FileNumbers files)
    {
        PlacedExtent[] pieces = [.. extents.Where(extent => extent.Sectors > 0)];
        foreach (PlacedExtent piece in pieces)
            files.Of(piece.File);
        // Of half a million pieces of 72 bytes no copy is made: their order is sorted, and pieces that begin alike stay in theirs.
        int[] order = [.. Enumerable.Range(0, pieces.Length)];
        Array.Sort(order, (one, other) => (pieces[one].FirstSector, one).CompareTo((pieces[other].FirstSector, other)));
        Files = files.Names;
        _sectorsOfFile = new long[files.Names.Count];
        (_first, _end, _logical, _file) = (new long[pieces.Length], new long[pieces.Length], new long[pieces.Length], new int[pieces.Length]);
        _stride = Array.Exists(pieces, piece => piece.Stride.IsChunked) ? new ChunkStride[pieces.Length] : [];
        int kept = 0;
        long covered = long.MinValue;
        foreach (int index in order)
        {
            // Shared extents, or lists taken at two times: the one that begins first keeps the sectors.
            PlacedExtent piece = pieces[index];
            long end = piece.FirstSector + piece.Sectors;
            long from = Math.Max(piece.FirstSector, covered);
            OverlappingSectors += Math.Min(from, end) - piece.FirstSector;
            covered = Math.Max(covered, end);
            if (from >= end)
                continue;
            PlacedExtent part = piece.Part(from - piece.FirstSector, end - from);
            (_first[kept], _end[kept], _logical[kept], _file[kept]) = (from, end, part.LogicalSector, files.Of(piece.File));
            if (_stride.Length > 0)
                _stride[kept] = part.Stride;
            _sectorsOfFile[_file[kept]] += end - from;
            kept++;
        }

        if (kept < pieces.Length)
        {
            Array.Resize(ref _first, kept);
            Array.Resize(ref _end, kept);
            Array.Resize(ref _logical, kept);
            Array.Resize(ref _file, kept);
            Array.Resize(ref _stride, Math.Min(kept, _stride.Length));
        }
    }

    private ExtentMap(Dictionary<DeviceId, ExtentMap> devices, FileNumbers files, long[] sectorsOfFile, (int File, long LogicalSector, long Sectors)[]? whole)
        : this([], files)
    {
        Whole = whole;
        _devices = devices;
        _empty = new ExtentMap([], files);
        _sectorsOfFile = sectorsOfFile;
        OverlappingSectors = devices.Values.Sum(device => device.OverlappingSectors);
    }

    /// <summary>Builds the map of several devices; <see cref="On"/> gives that of each, the files numbered alike.</summary>
    /// <param name="extents">Where files lie, in any order.</param>
    /// <param name="whole">The extents that these are the chunks of; null if they are not cut.</param>
    public static ExtentMap OfDevices(IReadOnlyCollection<PlacedExtent> extents, IEnumerable<FileExtent>? whole = null)
    {
        ArgumentNullException.ThrowIfNull(extents);
        var files = new FileNumbers();
        foreach (PlacedExtent extent in extents.Where(extent => extent.Sectors > 0))
            files.Of(extent.File);
        long[] sectorsOfFile = new long[files.Names.Count];
        foreach (PlacedExtent extent in extents.Where(extent => extent is { Sectors: > 0, IsCopy: false }))
            sectorsOfFile[files.Of(extent.File)] += extent.Sectors;
        return new ExtentMap(extents.GroupBy(extent => extent.Device).ToDictionary(device => device.Key, device => new ExtentMap(device, files)), files, sectorsOfFile, whole is null ? null : [.. whole.Where(extent => extent.Sectors > 0).Select(extent => (files.Of(extent.File), extent.LogicalSector, extent.Sectors))]);
    }

    /// <summary>What of each file lies on any device, uncut; null if the extents themselves say it.</summary>
    internal IReadOnlyList<(int File, long LogicalSector, long Sectors)>? Whole { get; }

    /// <summary>True if it is known on which of several devices files lie.</summary>
    public bool IsByDevice => _devices is not null;

    /// <summary>The devices that files lie on, in order; empty unless that is known.</summary>
    public IEnumerable<DeviceId> Devices => _devices?.Keys.Order() ?? Enumerable.Empty<DeviceId>();

    /// <summary>The map of one device; this itself unless <see cref="IsByDevice"/>.</summary>
    public ExtentMap On(DeviceId device) => _devices is null ? this : _devices.GetValueOrDefault(device) ?? _empty!;

    /// <summary>The files, by <see cref="SectorPiece.File"/>.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Sectors that two extents claim; the map gives them to one of them.</summary>
    public long OverlappingSectors { get; }

    /// <summary>Sectors that a file of <see cref="Files"/> covers.</summary>
    public long SectorsOf(int file) => _sectorsOfFile[file];

    /// <summary>Where each file lies, in the order of the sectors; neighboring sectors of one file are one piece wherever in the file they belong.</summary>
    public IEnumerable<(long FirstSector, long Sectors, int File)> Places()
    {
        for (int i = 0; i < _first.Length;)
        {
            int start = i;
            do
                i++;
            while (i < _first.Length && _file[i] == _file[start] && _first[i] == _end[i - 1]);
            yield return (_first[start], _end[i - 1] - _first[start], _file[start]);
        }
    }

    /// <summary>Cuts a range of sectors at the borders of extents and adds the pieces, in sector order, to <paramref name="pieces"/>. Together they are the range.</summary>
    /// <param name="firstSector">First sector of the traced device.</param>
    /// <param name="sectors">Number of sectors, at least 0.</param>
    /// <param name="pieces">Where the pieces are added; what it holds stays.</param>
    public void Split(long firstSector, long sectors, List<SectorPiece> pieces)
    {
        int hint = 0;
        Split(firstSector, sectors, pieces, ref hint);
    }

    /// <summary>The same, faster where the ranges mostly follow each other.</summary>
    /// <param name="firstSector">First sector of the traced device.</param>
    /// <param name="sectors">Number of sectors, at least 0.</param>
    /// <param name="pieces">Where the pieces are added; what it holds stays.</param>
    /// <param name="hint">Where the last search ended; 0 at first.</param>
    public void Split(long firstSector, long sectors, List<SectorPiece> pieces, ref int hint)
    {
        long at = firstSector;
        long end = firstSector + sectors;
        int index = hint = EndsFirstAfter(hint, at) ? hint : FirstEndingAfter(at);
        while (at < end)
        {
            if (index == _first.Length || _first[index] >= end)
            {
                pieces.Add(new SectorPiece(Unmapped, at, end - at, 0));
                return;
            }

            if (_first[index] > at)
            {
                pieces.Add(new SectorPiece(Unmapped, at, _first[index] - at, 0));
                at = _first[index];
            }

            long pieceEnd = Math.Min(end, _end[index]);
            ChunkStride stride = _stride.Length == 0 ? default : _stride[index];
            while (at < pieceEnd)
            {
                long offset = at - _first[index];
                long until = Math.Min(pieceEnd, at + stride.Left(offset));
                pieces.Add(new SectorPiece(_file[index], at, until - at, (_logical[index] + stride.Of(offset)) * FileExtents.SectorBytes));
                at = until;
            }

            index++;
        }
    }

    /// <summary>The file that holds <paramref name="sector"/>, or <see cref="Unmapped"/>.</summary>
    /// <param name="sector">A sector of the traced device.</param>
    /// <param name="hint">Where the last search ended; 0 at first.</param>
    public int FileAt(long sector, ref int hint)
    {
        hint = EndsFirstAfter(hint, sector) ? hint : FirstEndingAfter(sector);
        return hint < _first.Length && _first[hint] <= sector ? _file[hint] : Unmapped;
    }

    /// <summary>Finds the file that holds <paramref name="sector"/>, and where in it.</summary>
    /// <param name="sector">A sector of the traced device.</param>
    /// <param name="hint">Where the last search ended; 0 at first.</param>
    /// <param name="file">Index of the file; <see cref="Unmapped"/> if there is none.</param>
    /// <param name="fileSector">The sector's offset in the file, in sectors of 512 bytes.</param>
    /// <returns>True if a known file holds it.</returns>
    public bool TryPlace(long sector, ref int hint, out int file, out long fileSector)
    {
        file = FileAt(sector, ref hint);
        if (file == Unmapped)
        {
            fileSector = 0;
            return false;
        }

        long offset = sector - _first[hint];
        fileSector = _logical[hint] + (_stride.Length == 0 ? offset : _stride[hint].Of(offset));
        return true;
    }

    // The same number for a file on all devices.
    private sealed class FileNumbers
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public List<string> Names { get; } = [];

        public int Of(string file)
        {
            if (!_numbers.TryGetValue(file, out int number))
            {
                _numbers.Add(file, number = Names.Count);
                Names.Add(file);
            }

            return number;
        }
    }

    private bool EndsFirstAfter(int index, long sector) =>
        index < _end.Length && _end[index] > sector && (index == 0 || _end[index - 1] <= sector);

    private int FirstEndingAfter(long sector)
    {
        int index = Array.BinarySearch(_end, sector);
        return index >= 0 ? index + 1 : ~index;
    }
}

/// <summary>A run of a file's data that lies in one piece on a device.</summary>
/// <param name="Device">The device.</param>
/// <param name="File">The file.</param>
/// <param name="LogicalSector">Where in the file it begins, in sectors of 512 bytes.</param>
/// <param name="FirstSector">Where on the device, in sectors of 512 bytes.</param>
/// <param name="Sectors">Its length in sectors of 512 bytes.</param>
/// <param name="IsCopy">True if the same data lies on another device too (a mirror), and is counted there.</param>
public readonly record struct PlacedExtent(DeviceId Device, string File, long LogicalSector, long FirstSector, long Sectors, bool IsCopy = false)
{
    /// <summary>How the file goes on: by chunks with gaps where the device is a member of a RAID-0, else without.</summary>
    public ChunkStride Stride { get; init; }

    /// <summary>Some of it.</summary>
    /// <param name="offset">Sectors before it, from <see cref="FirstSector"/> on.</param>
    /// <param name="sectors">Its length in sectors.</param>
    public PlacedExtent Part(long offset, long sectors) =>
        this with { FirstSector = FirstSector + offset, LogicalSector = LogicalSector + Stride.Of(offset), Sectors = sectors, Stride = Stride.From(offset) };
}

/// <summary>How sectors of a device follow each other in a file whose chunks go round over several devices. The default is without chunks.</summary>
/// <param name="ChunkSectors">Sectors of a chunk; 0 if there are no chunks.</param>
/// <param name="StrideSectors">How far on in the file the next chunk begins, in sectors.</param>
/// <param name="Ahead">Sectors of the first chunk that lie before the first sector.</param>
public readonly record struct ChunkStride(long ChunkSectors, long StrideSectors, long Ahead)
{
    /// <summary>True if there are chunks.</summary>
    public bool IsChunked => ChunkSectors > 0;

    /// <summary>How far on in the file a sector lies, in sectors.</summary>
    /// <param name="offset">How far on it lies on the device.</param>
    public long Of(long offset) => ChunkSectors == 0 ? offset : ((Ahead + offset) / ChunkSectors * StrideSectors) + ((Ahead + offset) % ChunkSectors) - Ahead;

    /// <summary>Sectors of the chunk from a sector on.</summary>
    /// <param name="offset">How far on it lies on the device.</param>
    public long Left(long offset) => ChunkSectors == 0 ? long.MaxValue >> 1 : ChunkSectors - ((Ahead + offset) % ChunkSectors);

    /// <summary>The same, of the sectors from one on.</summary>
    /// <param name="offset">How far on it lies on the device.</param>
    public ChunkStride From(long offset) => ChunkSectors == 0 ? this : this with { Ahead = (Ahead + offset) % ChunkSectors };
}

/// <summary>Sectors that lie in one extent, or between extents.</summary>
/// <param name="File">Index into <see cref="ExtentMap.Files"/>, or <see cref="ExtentMap.Unmapped"/>.</param>
/// <param name="FirstSector">First sector of the traced device.</param>
/// <param name="Sectors">Number of sectors.</param>
/// <param name="FileOffsetBytes">Where in the file it begins, in bytes; 0 if unmapped.</param>
public readonly record struct SectorPiece(int File, long FirstSector, long Sectors, long FileOffsetBytes);

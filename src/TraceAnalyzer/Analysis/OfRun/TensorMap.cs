using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// Which tensor a byte of a file holds, which expert, and of a KV cache which token position. A file is cut into parts, without gaps: its header, its tensors, a stack of experts
/// cut into its experts, padding between tensors, and the tail behind the last one. A file of which nothing says what is in it is one part.
/// </summary>
public sealed class TensorMap
{
    private readonly List<MappedTensor> _tensors;
    private readonly int[] _firstPart;
    private readonly long[] _partStart;
    private readonly int[] _partTensor;
    private readonly int[] _partExpert;
    private readonly int[] _layers;
    private readonly long[] _rowBytes;

    /// <summary>Puts extents and tensors together.</summary>
    /// <param name="extents">Where files lie.</param>
    /// <param name="catalogue">What the files hold; null if nothing says.</param>
    public TensorMap(ExtentMap extents, TensorCatalogue? catalogue)
    {
        Extents = extents;
        FileBytes = Enumerable.Range(0, extents.Files.Count).Sum(extents.SectorsOf) * BlockEvent.SectorBytes;
        _tensors = [];
        var parts = new List<(long Start, int Tensor, int Expert)>();
        _firstPart = new int[extents.Files.Count + 1];
        for (int file = 0; file < extents.Files.Count; file++)
        {
            AddFile(file, catalogue?.InFile(extents.Files[file]) ?? [], parts);
            _firstPart[file + 1] = parts.Count;
        }

        _partStart = [.. parts.Select(part => part.Start)];
        _partTensor = [.. parts.Select(part => part.Tensor)];
        // A side file may say anything: what no model has is as good as not known.
        _layers = [.. _tensors.Select(tensor => tensor.Entry?.Layer is >= 0 and < MaxLayers and int layer ? layer : -1)];
        _rowBytes = [.. _tensors.Select(tensor => HasRows(tensor.Entry) ? tensor.Entry!.RowBytes!.Value : 0)];
        Layers = _layers.Append(-1).Max() + 1;
        Rows = (int)_tensors.Select(tensor => HasRows(tensor.Entry) ? Math.Min(tensor.Entry!.Shape[0], MaxRows) : 0).Append(0).Max();
        Experts = [.. parts.Where(part => part.Expert is >= 0 and < MaxExperts && _layers[part.Tensor] >= 0).Select(part => new LayerExpert(_layers[part.Tensor], part.Expert)).Distinct().OrderBy(expert => expert.Layer).ThenBy(expert => expert.Expert)];
        var indexes = Experts.Index().ToDictionary(expert => expert.Item, expert => expert.Index);
        _partExpert = [.. parts.Select(part => indexes.GetValueOrDefault(new LayerExpert(_layers[part.Tensor], part.Expert), -1))];
    }

    private TensorMap(TensorMap map, ExtentMap extents)
    {
        Extents = extents;
        (_tensors, _firstPart, _partStart, _partTensor, _partExpert, _layers, _rowBytes) = (map._tensors, map._firstPart, map._partStart, map._partTensor, map._partExpert, map._layers, map._rowBytes);
        (Layers, Rows, Experts, FileBytes, UncutStacks) = (map.Layers, map.Rows, map.Experts, map.FileBytes, map.UncutStacks);
    }

    /// <summary>What lies on one device, the files numbered as here; this itself if nothing says on which of them files lie.</summary>
    public TensorMap On(DeviceId device) => Extents.IsByDevice ? new TensorMap(this, Extents.On(device)) : this;

    /// <summary>Most layers that are told apart.</summary>
    public const int MaxLayers = 4096;

    /// <summary>Most token positions that are told apart; later ones count as the last.</summary>
    public const int MaxRows = 1 << 16;

    /// <summary>Most experts of a layer that are told apart.</summary>
    public const int MaxExperts = 1 << 14;

    /// <summary>Most parts of all files into which stacks of experts are cut: 100 layers of 384 experts of 3 matrices are 115,200. A stack beyond stays one part.</summary>
    public const int MostParts = 1 << 17;

    /// <summary>Stacks of experts that stay whole because of <see cref="MostParts"/>.</summary>
    internal int UncutStacks { get; private set; }

    /// <summary>Where files lie.</summary>
    public ExtentMap Extents { get; }

    /// <summary>Bytes of all files that lie on devices, whichever of them.</summary>
    internal long FileBytes { get; }

    /// <summary>What the files hold, file by file and in each by offset.</summary>
    public IReadOnlyList<MappedTensor> Tensors => _tensors;

    /// <summary>Number of layers; 0 if nothing says.</summary>
    public int Layers { get; }

    /// <summary>Token positions of the longest KV cache; 0 if there is none or its shape is not known.</summary>
    public int Rows { get; }

    /// <summary>The experts of all layers, by layer and number; empty if there are none.</summary>
    public IReadOnlyList<LayerExpert> Experts { get; }

    /// <summary>Layer of a tensor, or -1.</summary>
    public int LayerOf(int tensor) => _layers[tensor];

    /// <summary>Bytes of a token position in a tensor; 0 if it is not a KV cache, or one whose outermost dimension is not the position. What stands before the tensor in its file (128 bytes in a .npy file) counts as part of the first.</summary>
    public long RowBytesOf(int tensor) => _rowBytes[tensor];

    /// <summary>The part of a file that holds a byte.</summary>
    /// <param name="file">Index into the files of <see cref="Extents"/>.</param>
    /// <param name="offsetBytes">Where in the file.</param>
    public int PartAt(int file, long offsetBytes)
    {
        int first = _firstPart[file];
        int index = Array.BinarySearch(_partStart, first, _firstPart[file + 1] - first, offsetBytes);
        return Math.Max(first, index >= 0 ? index : ~index - 1);
    }

    /// <summary>Where a part ends, in bytes from the start of its file.</summary>
    public long EndOf(int file, int part) => part + 1 < _firstPart[file + 1] ? _partStart[part + 1] : long.MaxValue;

    /// <summary>The tensor that a part is of, an index into <see cref="Tensors"/>.</summary>
    public int TensorOf(int part) => _partTensor[part];

    /// <summary>The expert that a part is of, an index into <see cref="Experts"/>; -1 if it is none's.</summary>
    public int ExpertOf(int part) => _partExpert[part];

    /// <summary>Number of the parts of all files, which are numbered file by file and in each by offset.</summary>
    internal int Parts => _partStart.Length;

    /// <summary>What a part is: its file, its range in bytes, and its tensor; null for a header, padding, a tail, and a file of which nothing says what it holds.</summary>
    internal TensorPart? TensorPartOf(int part)
    {
        MappedTensor tensor = _tensors[_partTensor[part]];
        if (tensor.Entry is not { } entry)
            return null;
        bool isLast = part + 1 == _firstPart[tensor.File + 1];
        long end = isLast ? entry.LengthBytes ?? (Extents.SectorsOf(tensor.File) * BlockEvent.SectorBytes) : _partStart[part + 1];
        return new TensorPart(tensor.File, _partStart[part], end, _layers[_partTensor[part]]);
    }

    /// <summary>The parts of all files as they lie on the device, in the order of the sectors: a piece of an extent, the part, and the range of the file in bytes.</summary>
    internal IEnumerable<(SectorPiece Piece, int Part, long FromBytes, long ToBytes)> PlacedParts()
    {
        foreach (SectorPiece piece in PlacedPieces())
        {
            foreach ((int part, long from, long to) in PartsOf(piece.File, piece.FileOffsetBytes, piece.FileOffsetBytes + (piece.Sectors * BlockEvent.SectorBytes)))
                yield return (piece, part, from, to);
        }
    }

    /// <summary>The parts of all files as far as they lie on any device, each byte once: the file, the part, and the range in bytes.</summary>
    internal IEnumerable<(int File, int Part, long FromBytes, long ToBytes)> HeldParts()
    {
        IEnumerable<SectorPiece> pieces = Extents.Whole is { } whole
            ? whole.Select(extent => new SectorPiece(extent.File, 0, extent.Sectors, extent.LogicalSector * BlockEvent.SectorBytes))
            : Extents.IsByDevice ? Extents.Devices.SelectMany(device => On(device).PlacedPieces()) : PlacedPieces();
        foreach (IGrouping<int, SectorPiece> file in pieces.GroupBy(piece => piece.File))
        {
            long covered = long.MinValue;
            foreach (SectorPiece piece in file.OrderBy(piece => piece.FileOffsetBytes))
            {
                long end = piece.FileOffsetBytes + (piece.Sectors * BlockEvent.SectorBytes);
                foreach ((int part, long from, long to) in PartsOf(file.Key, Math.Max(piece.FileOffsetBytes, covered), end))
                    yield return (file.Key, part, from, to);
                covered = Math.Max(covered, end);
            }
        }
    }

    private List<SectorPiece> PlacedPieces()
    {
        var pieces = new List<SectorPiece>();
        foreach ((long firstSector, long sectors, _) in Extents.Places())
            Extents.Split(firstSector, sectors, pieces);
        return pieces;
    }

    private IEnumerable<(int Part, long FromBytes, long ToBytes)> PartsOf(int file, long fromBytes, long toBytes)
    {
        int part = PartAt(file, fromBytes);
        for (long at = fromBytes; at < toBytes; part++)
        {
            long until = Math.Min(toBytes, EndOf(file, part));
            yield return (part, at, until);
            at = until;
        }
    }

    /// <summary>For each of <see cref="Experts"/> the bytes of its matrices, and the separate ranges of files in which they lie.</summary>
    internal (long Bytes, int Pieces)[] ExpertPlaces()
    {
        var places = new (long Bytes, int Pieces)[Experts.Count];
        for (int file = 0; file < Extents.Files.Count; file++)
        {
            for (int part = _firstPart[file]; part < _firstPart[file + 1]; part++)
            {
                if (_partExpert[part] is not (>= 0 and var expert))
                    continue;
                TensorEntry entry = _tensors[_partTensor[part]].Entry!;
                places[expert].Bytes += part + 1 < _firstPart[file + 1] ? _partStart[part + 1] - _partStart[part] : entry.LengthBytes ?? 0;
                if (part == _firstPart[file] || _partExpert[part - 1] != expert)
                    places[expert].Pieces++;
            }
        }

        return places;
    }

    /// <summary>For each of <see cref="Experts"/> the separate runs of sectors in which it lies, over all devices.</summary>
    internal int[] ExpertDeviceExtents()
    {
        int[] extents = new int[Experts.Count];
        foreach (TensorMap device in Extents.IsByDevice ? Extents.Devices.Select(On) : [this])
        {
            // Where the run of bytes that was last added to ended, and whose it is.
            (int expert, long end) = (-1, 0L);
            foreach ((SectorPiece piece, int part, long from, long to) in device.PlacedParts())
            {
                long at = (piece.FirstSector * BlockEvent.SectorBytes) + from - piece.FileOffsetBytes;
                if (_partExpert[part] is >= 0 and var of && (of != expert || at != end))
                    extents[of]++;
                (expert, end) = (_partExpert[part], at + to - from);
            }
        }

        return extents;
    }

    private void AddFile(int file, IReadOnlyList<TensorEntry> entries, List<(long Start, int Tensor, int Expert)> parts)
    {
        if (entries.Count == 0 || entries[0].OffsetBytes is null)
        {
            TensorEntry? entry = entries.Count == 0 ? null : entries[0];
            parts.Add((0, Add(file, entry, FilePart.Whole), entry?.Expert ?? -1));
            return;
        }

        long covered = 0;
        int? padding = null;
        int first = parts.Count;
        foreach (TensorEntry entry in entries.Where(entry => entry.LengthBytes > 0).OrderBy(entry => entry.OffsetBytes))
        {
            // What two claim is the one's that begins first.
            long start = Math.Max(entry.OffsetBytes!.Value, covered);
            long end = entry.OffsetBytes!.Value + entry.LengthBytes!.Value;
            if (end <= start)
                continue;
            if (start > covered)
                parts.Add((covered, parts.Count == first ? Add(file, null, FilePart.Header) : padding ??= Add(file, null, FilePart.Padding), -1));
            AddTensor(file, entry, start, parts);
            covered = end;
        }

        parts.Add((covered, Add(file, null, parts.Count == first ? FilePart.Whole : FilePart.Tail), -1));
    }

    private void AddTensor(int file, TensorEntry entry, long start, List<(long Start, int Tensor, int Expert)> parts)
    {
        int tensor = Add(file, entry, FilePart.Tensor);
        bool isUncut = entry.StackedExperts > 0 && parts.Count + entry.StackedExperts > MostParts;
        if (isUncut)
            UncutStacks++;
        if (entry.StackedExperts == 0 || isUncut)
        {
            parts.Add((start, tensor, entry.Expert ?? -1));
            return;
        }

        long stride = entry.LengthBytes!.Value / entry.StackedExperts;
        for (int expert = 0; expert < entry.StackedExperts; expert++)
        {
            long at = entry.OffsetBytes!.Value + (expert * stride);
            if (at + stride > start)
                parts.Add((Math.Max(at, start), tensor, expert));
        }
    }

    private int Add(int file, TensorEntry? entry, FilePart part)
    {
        _tensors.Add(new MappedTensor(file, entry, part));
        return _tensors.Count - 1;
    }

    private static bool HasRows(TensorEntry? tensor) =>
        tensor is { OffsetBytes: null, Role: TensorRole.KeyCache or TensorRole.ValueCache, RowBytes: > 0 } && tensor.Shape[0] > 0;
}

/// <summary>A tensor in a file, or what is none.</summary>
/// <param name="File">Index into the files of <see cref="TensorMap.Extents"/>.</param>
/// <param name="Entry">The tensor; null if it is none, or nothing says what the file holds.</param>
/// <param name="Part">What of the file it is.</param>
public sealed record MappedTensor(int File, TensorEntry? Entry, FilePart Part);

/// <summary>An expert of a layer.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Expert">The expert's number in it, from 0.</param>
public readonly record struct LayerExpert(int Layer, int Expert);

using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Use of files, layers and token positions.</summary>
/// <param name="context">The run.</param>
/// <param name="trace">What was measured.</param>
internal sealed class TensorUses(RunContext context, RunMeasurements trace)
{
    private RunAccumulators? Read => trace.Read?.Run;

    private RunAccumulators? Write => trace.Write?.Run;

    /// <summary>Each file or tensor; empty if no extents are known.</summary>
    /// <param name="unmapped">What lies in none of them; null if no extents are known.</param>
    public TensorUse[] All(out TensorUse? unmapped)
    {
        unmapped = null;
        if (context.Tensors is not { } map)
            return [];
        TensorAccumulator? read = Read?.Tensors;
        TensorAccumulator? write = Write?.Tensors;
        Dictionary<string, (long Read, long Written)>? framework = Movements.FrameworkBytes(context, trace);
        (long Bytes, long Distinct)[] lengths = Lengths(map, read);
        TensorUse Use(int index, MappedTensor? tensor)
        {
            string file = tensor is null ? "" : map.Extents.Files[tensor.File];
            (long Read, long Written)? noted = framework is null || tensor is null ? null : Noted(framework, tensor, file);
            long? length = tensor is null ? null : tensor.Part == FilePart.Whole ? tensor.Entry?.LengthBytes ?? lengths[index].Bytes : lengths[index].Bytes;
            return new TensorUse
            {
                File = file,
                Tensor = tensor?.Entry?.Name,
                Layer = tensor?.Entry?.Layer,
                Role = tensor is null ? null : RoleOf(tensor),
                Projection = tensor?.Entry?.Projection,
                Expert = tensor?.Entry?.Expert,
                OffsetBytes = tensor?.Entry?.OffsetBytes,
                LengthBytes = length,
                Reads = length > 0 ? (double)(read?.Bytes[index] ?? 0) / length : null,
                ReadRequests = read?.Requests[index] ?? 0,
                ReadBytes = read?.Bytes[index] ?? 0,
                DistinctReadBytes = tensor is null || read is null ? null : lengths[index].Distinct,
                WriteRequests = write?.Requests[index] ?? 0,
                WriteBytes = write?.Bytes[index] ?? 0,
                FrameworkReadBytes = noted?.Read,
                FrameworkWriteBytes = noted?.Written,
            };
        }

        unmapped = Use(map.Tensors.Count, null);
        return [.. map.Tensors.Index().Select(tensor => Use(tensor.Index, tensor.Item))];
    }

    /// <summary>Where tensors lie on the device, in the order of the sectors; a sector that two share is the one's in which it begins.</summary>
    public TensorPlace[] Places()
    {
        // Of several devices the sectors have the same numbers.
        if (context.Tensors is not { Extents.IsByDevice: false } map)
            return [];
        var places = new List<TensorPlace>();
        foreach ((SectorPiece piece, int part, long from, long to) in map.PlacedParts())
        {
            long first = piece.FirstSector + RoundedUp(from - piece.FileOffsetBytes);
            long end = piece.FirstSector + RoundedUp(to - piece.FileOffsetBytes);
            int tensor = map.TensorOf(part);
            if (places.Count > 0 && places[^1] is var last && last.Tensor == tensor && last.FirstSector + last.Sectors == first)
                places[^1] = last with { Sectors = end - last.FirstSector };
            else if (end > first)
                places.Add(new TensorPlace(first, end - first, tensor));
        }

        return [.. places];
    }

    private static long RoundedUp(long bytes) => (bytes + BlockEvent.SectorBytes - 1) / BlockEvent.SectorBytes;

    private static TensorRole? RoleOf(MappedTensor tensor) => tensor.Part switch
    {
        FilePart.Header => TensorRole.Header,
        FilePart.Padding => TensorRole.Padding,
        FilePart.Tail => TensorRole.Tail,
        _ => tensor.Entry?.Role,
    };

    private static (long Read, long Written) Noted(Dictionary<string, (long Read, long Written)> framework, MappedTensor tensor, string file) =>
        tensor.Entry is { } entry && framework.TryGetValue(entry.Name, out (long Read, long Written) named) ? named
        : tensor.Part == FilePart.Whole ? framework.GetValueOrDefault(System.IO.Path.GetFileName(file)) : default;

    // Bytes of each tensor that have a place, and of them those that were read.
    private static (long Bytes, long Distinct)[] Lengths(TensorMap map, TensorAccumulator? read)
    {
        var lengths = new (long Bytes, long Distinct)[map.Tensors.Count];
        foreach ((int file, int part, long from, long to) in map.HeldParts())
        {
            ref (long Bytes, long Distinct) length = ref lengths[map.TensorOf(part)];
            length.Bytes += to - from;
            length.Distinct += read?.Coverage.Touched(file, from, to) ?? 0;
        }

        return lengths;
    }

    /// <summary>Layers over time; null if nothing says which file holds which.</summary>
    public LayersOverTime? Layers()
    {
        if (context.Tensors is not { Layers: > 0 } map || (Read ?? Write)?.Tensors is null)
            return null;
        TimeBinning columns = SharedColumns();
        return new LayersOverTime(columns, Rows(Read?.Tensors?.LayerCells, Read?.Tensors, map.Layers, columns), Rows(Write?.Tensors?.LayerCells, Write?.Tensors, map.Layers, columns));
    }

    /// <summary>I/O of each layer.</summary>
    public LayerIo[] LayerIo(TensorUse[] tensors) =>
    [
        .. tensors.Where(tensor => tensor.Layer is >= 0 and < TensorMap.MaxLayers).GroupBy(tensor => tensor.Layer!.Value).OrderBy(layer => layer.Key).Select(layer =>
        {
            long bytes = layer.Sum(tensor => tensor.ReadBytes + tensor.WriteBytes);
            long? busyNs = LayerIoAccumulator.UnderWayNs(Read?.Layers, Write?.Layers, layer.Key);
            return new LayerIo
            {
                Layer = layer.Key,
                ReadRequests = layer.Sum(tensor => tensor.ReadRequests),
                ReadBytes = layer.Sum(tensor => tensor.ReadBytes),
                WriteRequests = layer.Sum(tensor => tensor.WriteRequests),
                WriteBytes = layer.Sum(tensor => tensor.WriteBytes),
                IoBusyNs = busyNs,
                BytesPerSecond = busyNs > 0 ? bytes / (busyNs / 1e9) : null,
            };
        }),
    ];

    // Reads and writes may have columns of different widths; the wider is a multiple of the narrower.
    private TimeBinning SharedColumns()
    {
        TimeScale[] scales = [.. new[] { Read?.Tensors?.Columns, Write?.Tensors?.Columns }.OfType<TimeScale>()];
        TimeScale widest = scales.MaxBy(scale => scale.WidthNs)!;
        long count = Math.Max(1, ((trace.LastNs - widest.OriginNs) / widest.WidthNs) + 1);
        return new TimeBinning(widest.OriginNs, widest.WidthNs, (int)Math.Min(count, TensorAccumulator.MaxColumns));
    }

    private static long[][] Rows(long[][]? cells, TensorAccumulator? accumulator, int count, TimeBinning columns)
    {
        if (cells is null || accumulator is null)
            return [.. Enumerable.Range(0, count).Select(_ => Array.Empty<long>())];
        long factor = columns.WidthNs / accumulator.Columns.WidthNs;
        return [.. cells.Select(row =>
        {
            long[] joined = BinnedSeries.Joined(row, factor, columns.Count);
            return joined[..(joined.AsSpan().LastIndexOfAnyExcept(0) + 1)];
        })];
    }

    /// <summary>Reads of each token position of a KV cache; null if nothing says where they lie.</summary>
    public KvRowUse? KvRows()
    {
        if (context.Tensors is not { Rows: > 0 } map || Read?.Tensors is not { } read)
            return null;
        long positionBytes = Enumerable.Range(0, map.Tensors.Count).Sum(map.RowBytesOf);
        double[] reads = [.. read.RowBytes.Select(bytes => (double)bytes / positionBytes)];
        TimeBinning columns = SharedColumns();
        KvCacheOffload? model = Movements.ModelOf(context.Folder.Settings) as KvCacheOffload;
        return new KvRowUse
        {
            PositionBytes = positionBytes,
            Reads = reads,
            PredictedReads = model is not null && model.Rows == reads.Length ? [.. Enumerable.Range(0, model.Rows).Select(model.ReadsOfRow)] : null,
            // Of the bytes as they are: rounded to whole reads, positions that differ a little would differ by a rank or not at all.
            RankCorrelation = RankCorrelation.WithPosition(reads),
            Columns = columns,
            PositionsPerRow = read.RowsPerGroup,
            ReadBytes = Rows(read.RowCells, read, read.RowCells.Length, columns),
        };
    }
}

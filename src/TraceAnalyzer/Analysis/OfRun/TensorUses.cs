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
        TensorUse Use(int file, string name, TensorEntry? tensor)
        {
            (long Read, long Written)? noted = framework is null || file == map.Extents.Files.Count ? null : framework.GetValueOrDefault(System.IO.Path.GetFileName(name));
            long? length = file == map.Extents.Files.Count ? null : tensor?.LengthBytes ?? map.Extents.SectorsOf(file) * BlockEvent.SectorBytes;
            return new TensorUse
            {
                File = name,
                Tensor = tensor?.Name,
                Layer = tensor?.Layer,
                Role = tensor?.Role,
                LengthBytes = length,
                Reads = length > 0 ? (double)(read?.Bytes[file] ?? 0) / length : null,
                ReadRequests = read?.Requests[file] ?? 0,
                ReadBytes = read?.Bytes[file] ?? 0,
                WriteRequests = write?.Requests[file] ?? 0,
                WriteBytes = write?.Bytes[file] ?? 0,
                FrameworkReadBytes = noted?.Read,
                FrameworkWriteBytes = noted?.Written,
            };
        }

        unmapped = Use(map.Extents.Files.Count, "", null);
        return [.. map.Extents.Files.Select((file, i) => Use(i, file, map.Tensors[i]))];
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

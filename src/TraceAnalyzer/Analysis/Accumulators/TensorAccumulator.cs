using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Requests and bytes by file, and by layer and token position over time. Bytes of all files and the unmapped ones add up to the bytes of the
/// requests exactly; a request that touches several files counts for each of them.
/// </summary>
internal sealed class TensorAccumulator : IAccumulator<CountedIo, TensorAccumulator>
{
    /// <summary>Most columns: about what a figure has pixels for.</summary>
    public const int MaxColumns = 512;

    /// <summary>Most groups of token positions.</summary>
    public const int MaxRowGroups = 512;

    private readonly TensorMap _map;
    private readonly List<SectorPiece> _pieces = [];
    private long[][] _layerCells;
    private long[][] _rowCells;
    private int _hint;

    public TensorAccumulator(TensorMap map, TimeScale columns)
    {
        _map = map;
        Columns = columns;
        Requests = new long[map.Extents.Files.Count + 1];
        Bytes = new long[map.Extents.Files.Count + 1];
        RowBytes = new long[map.Rows];
        RowsPerGroup = Math.Max(1, (map.Rows + MaxRowGroups - 1) / MaxRowGroups);
        _layerCells = Cells(map.Layers);
        _rowCells = Cells((map.Rows + RowsPerGroup - 1) / RowsPerGroup);
    }

    /// <summary>Requests of each file, and last of no file.</summary>
    public long[] Requests { get; }

    /// <summary>Bytes of each file, and last of no file.</summary>
    public long[] Bytes { get; }

    /// <summary>Bytes of each token position, over all files of the KV cache.</summary>
    public long[] RowBytes { get; }

    /// <summary>Token positions in a row of <see cref="RowCells"/>.</summary>
    public int RowsPerGroup { get; }

    /// <summary>The columns of the matrices.</summary>
    public TimeScale Columns { get; }

    /// <summary>Bytes of each layer in each column.</summary>
    public long[][] LayerCells => _layerCells;

    /// <summary>Bytes of each group of token positions in each column.</summary>
    public long[][] RowCells => _rowCells;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        foreach (ref readonly CountedIo item in items)
        {
            int column;
            while (!Columns.TryLocate(item.TimeNs, out column))
                Grow();
            _pieces.Clear();
            _map.Extents.Split((long)item.Sector, item.LengthSectors, _pieces, ref _hint);
            int lastFile = int.MinValue;
            foreach (SectorPiece piece in _pieces)
            {
                int file = piece.File == ExtentMap.Unmapped ? Bytes.Length - 1 : piece.File;
                long bytes = piece.Sectors * BlockEvent.SectorBytes;
                Bytes[file] += bytes;
                if (file != lastFile)
                    Requests[file]++;
                lastFile = file;
                if (piece.File != ExtentMap.Unmapped)
                    AddCells(piece, bytes, column);
            }

            // Passthrough commands have bytes without sectors.
            Bytes[^1] += item.LengthBytes - ((long)item.LengthSectors * BlockEvent.SectorBytes);
            if (_pieces.Count == 0)
                Requests[^1]++;
        }
    }

    /// <inheritdoc/>
    public void Merge(TensorAccumulator other)
    {
        while (Columns.WidthNs < other.Columns.WidthNs)
            Grow();
        while (other.Columns.WidthNs < Columns.WidthNs)
            other.Grow();
        BinnedSeries.Add(Requests, other.Requests);
        BinnedSeries.Add(Bytes, other.Bytes);
        BinnedSeries.Add(RowBytes, other.RowBytes);
        MergeCells(_layerCells, other._layerCells);
        MergeCells(_rowCells, other._rowCells);
    }

    private void AddCells(in SectorPiece piece, long bytes, int column)
    {
        int layer = _map.LayerOf(piece.File);
        if (layer >= 0)
            AddTo(ref _layerCells[layer], column, bytes);
        long rowBytes = _map.RowBytesOf(piece.File);
        if (rowBytes == 0)
            return;
        long at = piece.FileOffsetBytes;
        long end = at + bytes;
        while (at < end)
        {
            long row = Math.Clamp(at / rowBytes, 0, RowBytes.Length - 1);
            long until = row == RowBytes.Length - 1 ? end : Math.Min(end, (row + 1) * rowBytes);
            RowBytes[row] += until - at;
            AddTo(ref _rowCells[row / RowsPerGroup], column, until - at);
            at = until;
        }
    }

    private static void AddTo(ref long[] cells, int column, long bytes)
    {
        BinnedSeries.EnsureLength(ref cells, column);
        cells[column] += bytes;
    }

    private static void MergeCells(long[][] cells, long[][] others)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            BinnedSeries.EnsureLength(ref cells[i], others[i].Length - 1);
            BinnedSeries.Add(cells[i], others[i]);
        }
    }

    private void Grow()
    {
        int factor = Columns.Grow();
        foreach (long[] cells in _layerCells.Concat(_rowCells))
            BinnedSeries.Join(cells, factor);
    }

    private static long[][] Cells(int rows) => [.. Enumerable.Range(0, rows).Select(_ => new long[16])];
}

using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Requests and bytes by tensor, and by layer and token position over time; cut at bytes where tensors begin and end. Bytes of all tensors, of what is none of a file (header,
/// padding, tail) and the unmapped ones add up to the bytes of the requests exactly; a request that touches several tensors counts once for each of them.
/// </summary>
internal sealed class TensorAccumulator : IAccumulator<CountedIo, TensorAccumulator>
{
    /// <summary>Most columns: about what a figure has pixels for.</summary>
    public const int MaxColumns = 512;

    /// <summary>Most groups of token positions.</summary>
    public const int MaxRowGroups = 512;

    private readonly TensorMap _map;
    private readonly List<SectorPiece> _pieces = [];
    private readonly long[] _lastOfTensor;
    private readonly long[] _lastOfExpert;
    private long[][] _layerCells;
    private long[][] _rowCells;
    private long _request;
    private int _hint;

    /// <summary>Empty sums.</summary>
    /// <param name="map">The tensors.</param>
    /// <param name="columns">Columns of time.</param>
    /// <param name="tokens">Tokens, of each of which bytes are kept too; null for none.</param>
    /// <param name="phases">Phases, likewise.</param>
    public TensorAccumulator(TensorMap map, TimeScale columns, TimeSpans? tokens = null, TimeSpans? phases = null)
    {
        _map = map;
        Columns = columns;
        int rows = map.Tensors.Count + 1;
        Requests = new long[rows];
        Bytes = new long[rows];
        _lastOfTensor = new long[rows];
        _lastOfExpert = new long[map.Experts.Count];
        ExpertRequests = new long[map.Experts.Count];
        ExpertBytes = new long[map.Experts.Count];
        RowBytes = new long[map.Rows];
        RowsPerGroup = Math.Max(1, (map.Rows + MaxRowGroups - 1) / MaxRowGroups);
        Coverage = new CoverageMap(map.FileBytes);
        Tokens = new SpanTensorBytes(tokens ?? new TimeSpans([]), map);
        Phases = new SpanTensorBytes(phases ?? new TimeSpans([]), map);
        Parts = new TokenPartReads(tokens ?? new TimeSpans([]), map.Parts);
        _layerCells = Cells(map.Layers);
        _rowCells = Cells((map.Rows + RowsPerGroup - 1) / RowsPerGroup);
    }

    /// <summary>Requests of each tensor, and last of no file.</summary>
    public long[] Requests { get; }

    /// <summary>Bytes of each tensor, and last of no file.</summary>
    public long[] Bytes { get; }

    /// <summary>Requests of each expert of each layer.</summary>
    public long[] ExpertRequests { get; }

    /// <summary>Requests of experts while tokens were made, summed over experts.</summary>
    public long ExpertTokenRequests { get; private set; }

    /// <summary>Bytes of each expert of each layer.</summary>
    public long[] ExpertBytes { get; }

    /// <summary>Which bytes of the files were touched.</summary>
    public CoverageMap Coverage { get; }

    /// <summary>Bytes by token.</summary>
    public SpanTensorBytes Tokens { get; }

    /// <summary>Bytes by phase.</summary>
    public SpanTensorBytes Phases { get; }

    /// <summary>Bytes and times of each part by token.</summary>
    public TokenPartReads Parts { get; }

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
            _request++;
            int token = Tokens.SpanAt(item.TimeNs);
            int phase = Phases.SpanAt(item.TimeNs);
            var when = new Moment(item.TimeNs, column, token, phase);
            _pieces.Clear();
            _map.Extents.Split((long)item.Sector, item.LengthSectors, _pieces, ref _hint);
            // Passthrough commands have bytes without sectors.
            long unmapped = item.LengthBytes - ((long)item.LengthSectors * BlockEvent.SectorBytes);
            bool isUnmapped = _pieces.Count == 0;
            foreach (SectorPiece piece in _pieces)
            {
                if (piece.File != ExtentMap.Unmapped)
                {
                    AddPiece(piece, when);
                    continue;
                }

                unmapped += piece.Sectors * BlockEvent.SectorBytes;
                isUnmapped = true;
            }

            Bytes[^1] += unmapped;
            Tokens.Add(token, Bytes.Length - 1, expert: -1, unmapped);
            Phases.Add(phase, Bytes.Length - 1, expert: -1, unmapped);
            if (isUnmapped)
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
        BinnedSeries.Add(ExpertRequests, other.ExpertRequests);
        BinnedSeries.Add(ExpertBytes, other.ExpertBytes);
        ExpertTokenRequests += other.ExpertTokenRequests;
        BinnedSeries.Add(RowBytes, other.RowBytes);
        Coverage.Merge(other.Coverage);
        Tokens.Merge(other.Tokens);
        Phases.Merge(other.Phases);
        Parts.Merge(other.Parts);
        MergeCells(_layerCells, other._layerCells);
        MergeCells(_rowCells, other._rowCells);
    }

    private void AddPiece(in SectorPiece piece, in Moment when)
    {
        long at = piece.FileOffsetBytes;
        long end = at + (piece.Sectors * BlockEvent.SectorBytes);
        Coverage.Add(piece.File, at, end);
        for (int part = _map.PartAt(piece.File, at); at < end; part++)
        {
            long until = Math.Min(end, _map.EndOf(piece.File, part));
            AddPart(part, at, until, when);
            at = until;
        }
    }

    private void AddPart(int part, long at, long until, in Moment when)
    {
        (long timeNs, int column, int token, int phase) = when;
        int tensor = _map.TensorOf(part);
        int expert = _map.ExpertOf(part);
        Bytes[tensor] += until - at;
        Tokens.Add(token, tensor, expert, until - at);
        Phases.Add(phase, tensor, expert, until - at);
        Parts.Add(token, part, timeNs, until - at);
        if (_lastOfTensor[tensor] != _request)
            Requests[tensor]++;
        _lastOfTensor[tensor] = _request;
        if (expert >= 0)
        {
            ExpertBytes[expert] += until - at;
            if (_lastOfExpert[expert] != _request)
            {
                ExpertRequests[expert]++;
                ExpertTokenRequests += Tokens.IsToken(token) ? 1 : 0;
            }

            _lastOfExpert[expert] = _request;
        }

        int layer = _map.LayerOf(tensor);
        if (layer >= 0)
            AddTo(ref _layerCells[layer], column, until - at);
        if (_map.RowBytesOf(tensor) is > 0 and var rowBytes)
            AddRows(rowBytes, at, until, column);
    }

    private void AddRows(long rowBytes, long at, long end, int column)
    {
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

    private readonly record struct Moment(long TimeNs, int Column, int Token, int Phase);
}

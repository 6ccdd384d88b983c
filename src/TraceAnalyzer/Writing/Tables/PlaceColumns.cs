using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Writing.Tables;

/// <summary>The columns that a run's files fill: what lies at a place, and what went on at a time.</summary>
internal sealed class PlaceColumns(RunContext? run)
{
    private readonly TextColumn _file = new("file");
    private readonly OptionalColumn<long> _fileOffset = new("file_offset_bytes");
    private readonly TextColumn _tensor = new("tensor");
    private readonly OptionalColumn<int> _layer = new("layer");
    private readonly TextColumn _phase = new("phase");
    private readonly OptionalColumn<int> _token = new("token");
    private readonly List<SectorPiece> _pieces = [];
    private int _extentHint;
    private int _phaseHint;
    private int _tokenHint;

    /// <summary>The columns.</summary>
    public IReadOnlyList<TableColumn> All => [_file, _fileOffset, _tensor, _layer, _phase, _token];

    /// <summary>Fills in a row.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="timeNs">When it started.</param>
    /// <param name="device">Its device.</param>
    /// <param name="sector">Its first sector.</param>
    /// <param name="sectors">Sectors it touches; 0 if it has no place.</param>
    public void Fill(int row, long timeNs, DeviceId device, ulong sector, uint sectors)
    {
        _file.Values[row] = null;
        _fileOffset.Values[row] = null;
        _tensor.Values[row] = null;
        _layer.Values[row] = null;
        _phase.Values[row] = null;
        _token.Values[row] = null;
        if (run is null)
            return;

        _phaseHint = run.Phases.Find(timeNs, _phaseHint);
        if (_phaseHint < run.Phases.All.Count)
            _phase.Values[row] = run.Phases.All[_phaseHint].Name;
        _tokenHint = run.Tokens.Find(timeNs, _tokenHint);
        if (_tokenHint < run.Tokens.All.Count)
            _token.Values[row] = run.Tokens.All[_tokenHint].Index;
        if (run.Tensors is { } tensors && sectors > 0)
            FillPlace(row, tensors, device, sector, sectors);
    }

    // Of a request that touches several files or tensors the first.
    private void FillPlace(int row, TensorMap tensors, DeviceId device, ulong sector, uint sectors)
    {
        _pieces.Clear();
        tensors.Extents.On(device).Split((long)sector, sectors, _pieces, ref _extentHint);
        foreach (SectorPiece piece in _pieces)
        {
            if (piece.File == ExtentMap.Unmapped)
                continue;
            _file.Values[row] = tensors.Extents.Files[piece.File];
            _fileOffset.Values[row] = piece.FileOffsetBytes;
            int tensor = tensors.TensorOf(tensors.PartAt(piece.File, piece.FileOffsetBytes));
            _tensor.Values[row] = tensors.Tensors[tensor].Entry?.Name;
            int layer = tensors.LayerOf(tensor);
            _layer.Values[row] = layer >= 0 ? layer : null;
            return;
        }
    }
}

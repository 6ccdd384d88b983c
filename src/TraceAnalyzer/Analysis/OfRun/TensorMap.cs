using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Which tensor a sector holds, and of a KV cache which token position.</summary>
public sealed class TensorMap
{
    private readonly int[] _layers;
    private readonly long[] _rowBytes;

    /// <summary>Puts extents and tensors together.</summary>
    /// <param name="extents">Where files lie.</param>
    /// <param name="catalogue">What the files hold; null if nothing says.</param>
    public TensorMap(ExtentMap extents, TensorCatalogue? catalogue)
    {
        Extents = extents;
        Tensors = [.. extents.Files.Select(file => catalogue?.Find(file))];
        // A side file may say anything: what no model has is as good as not known.
        _layers = [.. Tensors.Select(tensor => tensor?.Layer is >= 0 and < MaxLayers and int layer ? layer : -1)];
        _rowBytes = [.. Tensors.Select(tensor => IsCache(tensor) ? tensor!.RowBytes!.Value : 0)];
        Layers = _layers.Append(-1).Max() + 1;
        Rows = (int)Tensors.Select(tensor => IsCache(tensor) ? Math.Min(tensor!.Shape[0], MaxRows) : 0).Append(0).Max();
    }

    private TensorMap(TensorMap map, ExtentMap extents)
    {
        Extents = extents;
        (Tensors, Layers, Rows, _layers, _rowBytes) = (map.Tensors, map.Layers, map.Rows, map._layers, map._rowBytes);
    }

    /// <summary>What lies on one device, the files numbered as here; this itself if nothing says on which of them files lie.</summary>
    public TensorMap On(DeviceId device) => Extents.IsByDevice ? new TensorMap(this, Extents.On(device)) : this;

    /// <summary>Most layers that are told apart.</summary>
    public const int MaxLayers = 4096;

    /// <summary>Most token positions that are told apart; later ones count as the last.</summary>
    public const int MaxRows = 1 << 16;

    /// <summary>Where files lie.</summary>
    public ExtentMap Extents { get; }

    /// <summary>For each file of <see cref="Extents"/> what it holds, or null.</summary>
    public IReadOnlyList<TensorEntry?> Tensors { get; }

    /// <summary>Number of layers; 0 if nothing says.</summary>
    public int Layers { get; }

    /// <summary>Token positions of the longest KV cache; 0 if there is none or its shape is not known.</summary>
    public int Rows { get; }

    /// <summary>Layer of a file, or -1.</summary>
    public int LayerOf(int file) => _layers[file];

    /// <summary>Bytes of a token position in a file; 0 if it is no KV cache. What stands before the tensor in its file (128 bytes in a .npy file) counts as part of the first.</summary>
    public long RowBytesOf(int file) => _rowBytes[file];

    private static bool IsCache(TensorEntry? tensor) =>
        tensor is { Role: TensorRole.KeyCache or TensorRole.ValueCache, RowBytes: > 0 } && tensor.Shape[0] > 0;
}

using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Bytes by span of time (a token, a phase): of each tensor, and of each expert of each layer, as far as their numbers allow.</summary>
internal sealed class SpanTensorBytes
{
    /// <summary>Most cells of a table of spans by tensors or by experts: 32 MiB.</summary>
    public const int MaxCells = 1 << 22;

    private readonly TimeSpans _spans;
    private readonly long[][] _tensors;
    private readonly long[][] _experts;
    private int _last;

    /// <summary>Empty tables.</summary>
    /// <param name="spans">The spans.</param>
    /// <param name="map">The tensors.</param>
    public SpanTensorBytes(TimeSpans spans, TensorMap map)
    {
        _spans = spans;
        long rows = spans.All.Count + 1L;
        _tensors = Table(rows, spans.All.Count == 0 ? 0 : map.Tensors.Count + 1);
        _experts = Table(rows, spans.All.Count == 0 ? 0 : map.Experts.Count);
    }

    /// <summary>For each span, and last for no span: bytes of each tensor, and last of no file. Empty if there are too many, or no spans.</summary>
    public IReadOnlyList<long[]> Tensors => _tensors;

    /// <summary>For each span, and last for no span: bytes of each expert. Empty if there are too many, or none.</summary>
    public IReadOnlyList<long[]> Experts => _experts;

    /// <summary>The span of a time.</summary>
    public int SpanAt(long timeNs) => _last = _spans.Find(timeNs, _last);

    /// <summary>True for a span, false for what lies in none.</summary>
    public bool IsToken(int span) => span < _spans.All.Count;

    /// <summary>Adds bytes.</summary>
    /// <param name="span">See <see cref="SpanAt"/>.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="expert">The expert, or -1.</param>
    /// <param name="bytes">How many.</param>
    public void Add(int span, int tensor, int expert, long bytes)
    {
        if (_tensors.Length > 0)
            _tensors[span][tensor] += bytes;
        if (expert >= 0 && _experts.Length > 0)
            _experts[span][expert] += bytes;
    }

    /// <summary>Adds what another one saw.</summary>
    public void Merge(SpanTensorBytes other)
    {
        for (int i = 0; i < _tensors.Length; i++)
            BinnedSeries.Add(_tensors[i], other._tensors[i]);
        for (int i = 0; i < _experts.Length; i++)
            BinnedSeries.Add(_experts[i], other._experts[i]);
    }

    private static long[][] Table(long rows, int columns) =>
        columns == 0 || rows * columns > MaxCells ? [] : [.. Enumerable.Range(0, (int)rows).Select(_ => new long[columns])];
}

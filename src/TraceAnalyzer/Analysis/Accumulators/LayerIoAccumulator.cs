using System.Runtime.InteropServices;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// For how long requests of each layer were in flight: the union of their times from issue to completion, where pauses shorter than
/// <see cref="GapNs"/> count as in flight. A union does not depend on the order of its parts, so pieces of a trace merge exactly.
/// A request counts for the layer it begins in.
/// </summary>
internal sealed class LayerIoAccumulator(TensorMap map) : IAccumulator<IoRequest, LayerIoAccumulator>
{
    /// <summary>Pauses between requests of a layer up to this, in nanoseconds, are part of reading it: one thread asks for the next piece when it has the last.</summary>
    public const long GapNs = 1_000_000;

    private readonly List<Stretch>[] _layers = [.. Enumerable.Range(0, map.Layers).Select(_ => new List<Stretch>())];
    private readonly List<SectorPiece> _pieces = [];
    private int _hint;

    /// <summary>Nanoseconds with requests of <paramref name="layer"/> in flight, over this and <paramref name="other"/> (reads and writes); null if there are none.</summary>
    public static long? UnderWayNs(LayerIoAccumulator? one, LayerIoAccumulator? other, int layer)
    {
        var all = new List<Stretch>(one?._layers[layer] ?? []);
        foreach (Stretch stretch in other?._layers[layer] ?? [])
            Insert(all, stretch);
        return all.Count == 0 ? null : all.Sum(stretch => stretch.EndNs - stretch.StartNs);
    }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<IoRequest> items)
    {
        foreach (ref readonly IoRequest request in items)
        {
            if (!request.TryGetD2C(out _))
                continue;
            _pieces.Clear();
            map.Extents.Split((long)request.Sector, 1, _pieces, ref _hint);
            SectorPiece first = _pieces[0];
            int layer = first.File == ExtentMap.Unmapped ? -1 : map.LayerOf(map.TensorOf(map.PartAt(first.File, first.FileOffsetBytes)));
            if (layer >= 0)
                Insert(_layers[layer], new Stretch(request.IssueTimeNs, request.CompleteTimeNs));
        }
    }

    /// <inheritdoc/>
    public void Merge(LayerIoAccumulator other)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            foreach (Stretch stretch in other._layers[layer])
                Insert(_layers[layer], stretch);
        }
    }

    // Puts a stretch in its place in time and joins it with those that it touches.
    private static void Insert(List<Stretch> stretches, Stretch added)
    {
        Span<Stretch> all = CollectionsMarshal.AsSpan(stretches);
        int first = all.Length;
        while (first > 0 && all[first - 1].EndNs + GapNs > added.StartNs)
            first--;
        int end = first;
        while (end < all.Length && all[end].StartNs < added.EndNs + GapNs)
        {
            added = new Stretch(Math.Min(added.StartNs, all[end].StartNs), Math.Max(added.EndNs, all[end].EndNs));
            end++;
        }

        if (end == first)
        {
            stretches.Insert(first, added);
            return;
        }

        all[first] = added;
        stretches.RemoveRange(first + 1, end - first - 1);
    }

    private readonly record struct Stretch(long StartNs, long EndNs);
}

using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Which pages of a device hold which layer, and of it which expert or what all tokens use. A page belongs to what its first byte does.</summary>
/// <param name="map">Where tensors lie; null if nothing says.</param>
internal sealed class LayerPages(TensorMap? map)
{
    private readonly Dictionary<(int? Layer, int? Expert), int> _numbers = [];
    private readonly List<(int? Layer, int? Expert)> _groups = [];

    /// <summary>What pages belong to, by the number they have, as far as devices were asked for.</summary>
    public IReadOnlyList<(int? Layer, int? Expert)> Groups => _groups;

    /// <summary>The pages of a device, ascending; those of no tensor are left out.</summary>
    public IReadOnlyList<PageGroup> On(DeviceId device)
    {
        var pages = new List<PageGroup>();
        if (map is null)
            return pages;
        TensorMap own = map.On(device);
        foreach ((SectorPiece piece, int part, long from, long to) in own.PlacedParts())
        {
            MappedTensor tensor = own.Tensors[own.TensorOf(part)];
            if (tensor.Part != FilePart.Tensor && tensor.Entry is null)
                continue;
            long start = (piece.FirstSector * BlockEvent.SectorBytes) + from - piece.FileOffsetBytes;
            (ulong first, ulong end) = (PageAt(start), PageAt(start + to - from));
            int group = NumberOf(own, part);
            if (first == end)
                continue;
            if (pages.Count > 0 && pages[^1].Group == group && pages[^1].End == first)
                pages[^1] = pages[^1] with { End = end };
            else
                pages.Add(new PageGroup(first, end, group));
        }

        return pages;
    }

    // The first page that begins at a byte or behind it.
    private static ulong PageAt(long offsetBytes) => (ulong)((offsetBytes + PageSequence.PageBytes - 1) / PageSequence.PageBytes);

    private int NumberOf(TensorMap own, int part)
    {
        int layer = own.LayerOf(own.TensorOf(part));
        (int?, int?) key = own.ExpertOf(part) is >= 0 and var expert ? (own.Experts[expert].Layer, own.Experts[expert].Expert) : (layer < 0 ? null : layer, null);
        if (!_numbers.TryGetValue(key, out int number))
        {
            _numbers.Add(key, number = _groups.Count);
            _groups.Add(key);
        }

        return number;
    }
}

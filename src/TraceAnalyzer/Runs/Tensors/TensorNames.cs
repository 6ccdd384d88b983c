using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceAnalyzer.Runs.Tensors;

/// <summary>What the names of files say of the tensors in them, where no catalogue does: <c>layer_07.npy</c>, <c>t_3_k.npy</c>, <c>layers.3.v_cache.bin</c>.</summary>
internal static class TensorNames
{
    // Linear in the name, which may be anything.
    private static readonly Regex s_cache = new(@"(?:^|[^0-9])(?<layer>[0-9]{1,4})[._-](?<role>[kv])(?:[._-]|$)", RegexOptions.NonBacktracking);
    private static readonly Regex s_layer = new(@"layers?[._-]?(?<layer>[0-9]{1,4})(?:[^0-9]|$)", RegexOptions.NonBacktracking);

    /// <summary>A catalogue of the files whose names say a layer; null if none does.</summary>
    /// <param name="extents">The files.</param>
    /// <param name="marks">What the workload noted of the tensors' shape; null if it noted nothing.</param>
    public static TensorCatalogue? CatalogueOf(IEnumerable<FileExtent> extents, RunMarks? marks)
    {
        TensorEntry[] tensors = [.. extents.Select(extent => extent.File).Distinct().Select(file => EntryOf(file, marks)).OfType<TensorEntry>()];
        return tensors.Length == 0 ? null : new TensorCatalogue(tensors);
    }

    private static TensorEntry? EntryOf(string path, RunMarks? marks)
    {
        string file = Path.GetFileName(path);
        Match cache = s_cache.Match(file);
        Match match = cache.Success ? cache : s_layer.Match(file);
        if (!match.Success)
            return null;
        TensorRole role = match.Groups["role"].Value switch
        {
            "k" => TensorRole.KeyCache,
            "v" => TensorRole.ValueCache,
            _ => TensorRole.Weight,
        };
        return new TensorEntry(file, Path.GetFileNameWithoutExtension(file), int.Parse(match.Groups["layer"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), role, marks?.Shape ?? [], marks?.Dtype);
    }
}

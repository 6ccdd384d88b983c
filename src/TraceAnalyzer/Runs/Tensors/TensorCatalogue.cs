using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Tensors;

/// <summary>Which file holds which tensors, and where in it (<c>tensors.json</c>, headers of model files, or the columns of <c>extents.tsv</c>).</summary>
public sealed class TensorCatalogue
{
    private readonly Dictionary<string, List<TensorEntry>> _byFile = new(StringComparer.Ordinal);

    /// <summary>A catalogue of <paramref name="tensors"/>; of two that are whole files of the same name the later one holds, as a file that was made anew.</summary>
    public TensorCatalogue(IReadOnlyList<TensorEntry> tensors)
    {
        Tensors = tensors;
        foreach (TensorEntry tensor in tensors.Where(tensor => tensor.IsInFile))
        {
            foreach (string file in new[] { tensor.File, tensor.LinkedFile }.OfType<string>())
            {
                if (!_byFile.TryGetValue(file, out List<TensorEntry>? inFile) || tensor.OffsetBytes is null)
                    _byFile[file] = inFile = [];
                inFile.Add(tensor);
            }
        }
    }

    /// <summary>All tensors, those that are in no file included.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>Experts that each token uses in a layer; null if nothing says.</summary>
    public int? ExpertsUsed { get; init; }

    /// <summary>The only tensor in <paramref name="file"/>, a name or a path that ends with it; null if there is none.</summary>
    public TensorEntry? Find(string file) => InFile(file) is [var only] ? only : null;

    /// <summary>The tensors in <paramref name="file"/>, a name or a path that ends with it, in the order of the catalogue; empty if there are none.</summary>
    public IReadOnlyList<TensorEntry> InFile(string file)
    {
        // "/mnt/a/model/part.safetensors", "mnt/a/model/part.safetensors", ... "part.safetensors".
        for (int at = 0; ; at = file.IndexOf('/', at) + 1)
        {
            if (_byFile.TryGetValue(at == 0 ? file : file[at..], out List<TensorEntry>? tensors))
                return tensors;
            if (file.IndexOf('/', at) < 0)
                return [];
        }
    }

    /// <summary>The catalogues as one: of a file that several describe, what the first says.</summary>
    internal static TensorCatalogue? Of(IReadOnlyList<TensorCatalogue> catalogues)
    {
        if (catalogues.Count < 2)
            return catalogues.Count == 0 ? null : catalogues[0];
        var described = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<TensorEntry>();
        foreach (TensorCatalogue catalogue in catalogues)
        {
            string[] files = [.. catalogue.Tensors.Select(tensor => tensor.File).Distinct()];
            // Paths of one list are names in another.
            HashSet<string> news = [.. files.Where(file => !described.Contains(System.IO.Path.GetFileName(file)))];
            tensors.AddRange(catalogue.Tensors.Where(tensor => !tensor.IsInFile || news.Contains(tensor.File)));
            described.UnionWith(news.Select(file => System.IO.Path.GetFileName(file)));
        }

        return new TensorCatalogue(tensors) { ExpertsUsed = catalogues.Select(catalogue => catalogue.ExpertsUsed).FirstOrDefault(used => used is not null) };
    }

    internal static bool IsCatalogue(JsonElement root) =>
        root.ValueKind == JsonValueKind.Array && root.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first
        && first.TryGetProperty("file", out _) && first.TryGetProperty("shape", out _);

    /// <summary>The lengths of the dimensions called <c>shape</c>; empty if it is missing, or no tensor can have them.</summary>
    internal static long[] ShapeOf(JsonElement element, SideRemarks remarks)
    {
        const int MostDimensions = 16;
        long[] shape = JsonText.Numbers(element, "shape", SideRanges.Dimension, MostDimensions, remarks);
        // Any part of it too: a row's length is asked for even if there are no rows.
        if (shape.Aggregate(1.0, (product, length) => product * Math.Max(1, length)) <= SideRanges.MostTensorBytes / (double)TensorEntry.MostElementBytes)
            return shape;
        remarks.Add($"shape: a tensor of {string.Join(" x ", shape)} elements is larger than any");
        return [];
    }

    internal static TensorCatalogue FromJson(JsonElement root, SideRemarks remarks) => new(
    [
        .. root.EnumerateArray().Select(tensor => new TensorEntry(
            JsonText.Text(tensor, "file") ?? "",
            JsonText.Text(tensor, "name") ?? "",
            JsonText.Number(tensor, "layer", SideRanges.Index, remarks),
            TensorRoles.Of(JsonText.Text(tensor, "role")),
            ShapeOf(tensor, remarks),
            JsonText.Text(tensor, "dtype"))),
    ]);
}

/// <summary>A tensor and where it is.</summary>
/// <param name="File">The file's name, or a path that ends with it; empty if it stays in memory.</param>
/// <param name="Name">The tensor's name in the model.</param>
/// <param name="Layer">Its layer, from 0; null for those of no layer (embeddings, the last norm).</param>
/// <param name="Role">What it is.</param>
/// <param name="Shape">Lengths of its dimensions, the outermost first; empty if not known. Of a KV cache the outermost is the token position.</param>
/// <param name="Dtype">Name of its element type; null if not known.</param>
public sealed record TensorEntry(string File, string Name, int? Layer, TensorRole Role, IReadOnlyList<long> Shape, string? Dtype)
{
    /// <summary>The widest element type that is believed: 128 bits.</summary>
    internal const int MostElementBytes = 16;

    /// <summary>Where in its file it begins, in bytes; null if it is the whole file, whatever stands before it there.</summary>
    public long? OffsetBytes { get; init; }

    /// <summary>Bytes that it takes in its file; null if only its shape says.</summary>
    public long? StoredBytes { get; init; }

    /// <summary>The name of the file that a link of the name <see cref="File"/> leads to; null if it is not a link.</summary>
    public string? LinkedFile { get; init; }

    /// <summary>Which matrix of its role: <c>q</c>, <c>k</c>, <c>v</c>, <c>o</c>, <c>gate</c>, <c>up</c>, <c>down</c>, or several in one; null if nothing says.</summary>
    public string? Projection { get; init; }

    /// <summary>The expert it belongs to, from 0; null if it is none's or all experts'.</summary>
    public int? Expert { get; init; }

    /// <summary>Experts whose matrices it holds, one after the other; 0 if it is not such a stack.</summary>
    public int StackedExperts { get; init; }

    /// <summary>True if it has a file.</summary>
    public bool IsInFile => File.Length > 0;

    /// <summary>Bytes of an element; null if the type's name does not say.</summary>
    public int? ElementBytes => Dtype is null ? null : BytesOf(Dtype);

    /// <summary>Bytes of the tensor; null if its shape or type is not known.</summary>
    public long? LengthBytes => StoredBytes is not null ? StoredBytes : Shape.Count == 0 ? null : Shape.Aggregate(1L, (product, length) => product * length) * ElementBytes;

    /// <summary>Bytes of one step along the outermost dimension: a weight's row, or all that a KV cache holds of one token position.</summary>
    public long? RowBytes => Shape.Count == 0 || Shape[0] == 0 ? null : LengthBytes / Shape[0];

    // "torch.float16", "bfloat16", "int8", "float8_e4m3fn": the first number is the width in bits.
    private static int? BytesOf(string dtype)
    {
        int letter = 0;
        while (letter + 1 < dtype.Length && !(char.IsAsciiLetterLower(dtype[letter]) && char.IsAsciiDigit(dtype[letter + 1])))
            letter++;
        ReadOnlySpan<char> digits = dtype.AsSpan(Math.Min(letter + 1, dtype.Length));
        int length = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(length < 0 ? digits : digits[..length], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width % 8 == 0 && width is > 0 and <= 8 * MostElementBytes
            ? width / 8
            : null;
    }
}

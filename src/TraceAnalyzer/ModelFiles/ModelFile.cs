namespace TraceAnalyzer.ModelFiles;

/// <summary>What the header of a model file says: which tensor lies where in it. The data itself is never read.</summary>
/// <param name="Name">The file's name, without <c>.header</c> if only its beginning was kept.</param>
/// <param name="Format"><c>GGUF</c>, <c>safetensors</c> or <c>npy</c>.</param>
/// <param name="DataStartBytes">Where the tensors' data begins, in bytes from the start of the file: everything before it is header.</param>
/// <param name="Tensors">The tensors, by offset.</param>
public sealed record ModelFile(string Name, string Format, long DataStartBytes, IReadOnlyList<StoredTensor> Tensors)
{
    /// <summary>Ending of the name of a file that holds only the beginning of a model file: <c>model.gguf.header</c>.</summary>
    public const string HeaderEnding = ".header";

    /// <summary>Length of the file in bytes; null if only its beginning is at hand.</summary>
    public long? FileBytes { get; init; }

    /// <summary>The path by which it was opened; null if it was read from a stream.</summary>
    public string? Path { get; init; }

    /// <summary>The name of the file that a link of the name <see cref="Name"/> leads to, as the blobs of a Hugging Face cache; null if it is not a link.</summary>
    public string? LinkedName { get; init; }

    /// <summary>The architecture that the header names, such as <c>llama</c>; null if it names none.</summary>
    public string? Architecture { get; init; }

    /// <summary>Experts per layer; null if the header does not say.</summary>
    public int? Experts { get; init; }

    /// <summary>Experts that each token uses in a layer; null if the header does not say.</summary>
    public int? ExpertsUsed { get; init; }

    /// <summary>This file's number among the files of a split model, from 0, and how many there are; null if it is not split.</summary>
    public (int Number, int Count)? Split { get; init; }

    /// <summary>The name without <see cref="HeaderEnding"/>.</summary>
    internal static string NameOf(string fileName) =>
        fileName.EndsWith(HeaderEnding, StringComparison.OrdinalIgnoreCase) && fileName.Length > HeaderEnding.Length ? fileName[..^HeaderEnding.Length] : fileName;
}

/// <summary>A tensor as it lies in its file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">Its element type as the file names it, such as <c>F16</c>, <c>Q4_K</c> or <c>BF16</c>.</param>
/// <param name="Shape">Lengths of its dimensions, the outermost first; empty for a scalar.</param>
/// <param name="OffsetBytes">Where it begins, in bytes from the start of the file.</param>
/// <param name="LengthBytes">Its length in bytes.</param>
public sealed record StoredTensor(string Name, string Dtype, IReadOnlyList<long> Shape, long OffsetBytes, long LengthBytes)
{
    /// <summary>Where it ends.</summary>
    public long EndBytes => OffsetBytes + LengthBytes;
}

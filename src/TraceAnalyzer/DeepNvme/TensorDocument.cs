using System.Text.Json.Serialization;

namespace TraceAnalyzer.DeepNvme;

/// <summary>What <c>tensors --json</c> prints.</summary>
/// <param name="Transfers">Results of logs.</param>
/// <param name="FilesWithoutResult">Files that hold none.</param>
/// <param name="Comparisons">POSIX against libaio.</param>
/// <param name="Blocks">Transfers at the block layer, from traces.</param>
internal sealed record TensorDocument(
    IReadOnlyList<DeepNvmeTransfer> Transfers, IReadOnlyList<string> FilesWithoutResult, IReadOnlyList<EngineComparison> Comparisons, IReadOnlyList<TensorBlocks> Blocks);

/// <summary>What System.Text.Json has to know of it at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TensorDocument))]
internal sealed partial class TensorJsonContext : JsonSerializerContext;

using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

// {"metadata":{"total_size":7000563712},"weight_map":{"lm_head.weight":"model-00008-of-00008.safetensors"}}      (transformers: model.safetensors.index.json)
// {"lm_head.weight":{"safetensors_file":"model-00008-of-00008.safetensors","weight_name":"lm_head.weight","dtype":"float16"}}     (accelerate: index of offloaded weights)
namespace TraceAnalyzer.Runs.Tensors;

/// <summary>Which file of a sharded model holds which tensor. Where in it the tensor lies is in the file's header, with which it must agree.</summary>
/// <param name="FileOf">For each tensor the name of its file, without folders.</param>
public sealed record TensorIndex(IReadOnlyDictionary<string, string> FileOf)
{
    /// <summary>True if it lists all tensors of its files; one of offloaded weights lists some.</summary>
    public bool IsComplete { get; init; }

    /// <summary>What of the headers contradicts it, in sentences; nothing is said of files whose header is not at hand.</summary>
    /// <param name="catalogues">What the headers of model files, and tables of them, say.</param>
    internal IEnumerable<string> Contradictions(IEnumerable<TensorCatalogue> catalogues)
    {
        var named = FileOf.Values.ToHashSet(StringComparer.Ordinal);
        var held = new HashSet<(string File, string Tensor)>();
        var described = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorEntry tensor in catalogues.SelectMany(catalogue => catalogue.Tensors).Where(tensor => tensor.OffsetBytes is not null))
        {
            string file = System.IO.Path.GetFileName(tensor.File);
            if (!named.Contains(file))
                continue;
            described.Add(file);
            held.Add((file, tensor.Name));
        }

        KeyValuePair<string, string>[] missing = [.. FileOf.Where(tensor => described.Contains(tensor.Value) && !held.Contains((tensor.Value, tensor.Key)))];
        if (missing.Length > 0)
            yield return FormattableString.Invariant($"{missing.Length} {Tensors(missing.Length)} of it, such as {Quoted(missing[0].Key)}, {Are(missing.Length)} not in the header of the file that it names, {Quoted(missing[0].Value)}");
        (string File, string Tensor)[] unlisted = !IsComplete ? [] : [.. held.Where(tensor => !FileOf.TryGetValue(tensor.Tensor, out string? file) || (file != tensor.File && !held.Contains((file, tensor.Tensor))))];
        if (unlisted.Length > 0)
            yield return FormattableString.Invariant($"{unlisted.Length} {Tensors(unlisted.Length)} of the headers, such as {Quoted(unlisted[0].Tensor)} of {Quoted(unlisted[0].File)}, {Are(unlisted.Length)} not where it says, or not in it");
    }

    internal static bool IsIndex(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("weight_map", out JsonElement map) && map.ValueKind == JsonValueKind.Object;

    internal static TensorIndex FromJson(JsonElement root, SideRemarks remarks) =>
        Of(JsonText.Members(JsonText.Object(root, "weight_map")).Select(tensor => (tensor.Name, tensor.Value.ValueKind == JsonValueKind.String ? tensor.Value.GetString() : null)), remarks) with { IsComplete = true };

    internal static bool IsLoaderIndex(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.EnumerateObject().Any(tensor => tensor.Value.ValueKind == JsonValueKind.Object && tensor.Value.TryGetProperty("safetensors_file", out _));

    // What lies in a .dat file of its own has no entry of a file.
    internal static TensorIndex FromLoaderIndex(JsonElement root, SideRemarks remarks) =>
        Of(root.EnumerateObject().Where(tensor => tensor.Value.ValueKind == JsonValueKind.Object && tensor.Value.TryGetProperty("safetensors_file", out _))
            .Select(tensor => (JsonText.Text(tensor.Value, "weight_name") ?? tensor.Name, JsonText.Text(tensor.Value, "safetensors_file"))), remarks);

    private static TensorIndex Of(IEnumerable<(string Tensor, string? File)> tensors, SideRemarks remarks)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        int left = 0;
        foreach ((string tensor, string? path) in tensors)
        {
            // A path of the machine that wrote it is as good as the name.
            string file = path is null ? "" : path[(path.LastIndexOf('/') + 1)..];
            if (file.Length == 0 || (!names.ContainsKey(file) && names.Count == SideRanges.MostFiles))
            {
                left++;
                continue;
            }

            names.TryAdd(file, file);
            files[tensor] = names[file];
        }

        if (left > 0)
            remarks.Add(FormattableString.Invariant($"{left} {Tensors(left)} without the name of a file left out"));
        return new TensorIndex(files);
    }

    private static string Quoted(string text) => $"'{SideRemarks.Shortened(text)}'";

    private static string Tensors(int count) => count == 1 ? "tensor" : "tensors";

    private static string Are(int count) => count == 1 ? "is" : "are";
}

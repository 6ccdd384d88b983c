using System.Text.Json;
using TraceAnalyzer.ModelFiles;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

// [{"file":"moe.gguf","format":"GGUF","file_bytes":2375066432,"data_start":99136,"tensors":[
//   {"name":"blk.0.ffn_up_exps.weight","dtype":"F16","shape":[8,1792,2048],"offset":69870592,"length":58720256, ...}]}]
// [{"file":"model-1.safetensors","data_start":1832,"tensors":{"model.norm.weight":{"dtype":"F16","shape":[4096],"data_offsets":[0,8192]}}}]
// {"columns":{...},"file":"moe.gguf","tensors":[{"name":"token_embd.weight","layer":null,"role":"embedding","shape":[2048,4096],"dtype":"F16","offset":99136,"length":16777216}]}
// {"model.layers.3.mlp.up_proj.weight":{"dtype":"float16","shape":[11008,4096]}}          (accelerate: index.json of an offload folder, a .dat file each)
namespace TraceAnalyzer.Runs.Tensors;

/// <summary>Tables of the tensors in model files: written by <c>traceanalyzer describe</c>, and read from it and from others that say file, offset and length of each tensor.</summary>
public static class ModelTables
{
    // numpy.memmap's files, as accelerate names them.
    private const string AccelerateEnding = ".dat";
    private const int MostDimensions = 16;
    private const int MostStackedExperts = 1 << 14;

    private static readonly NumberRange<long> s_fileBytes = new(0, 1L << 44);
    private static readonly NumberRange<int> s_layer = new(0, 1 << 30);

    /// <summary>What model files hold.</summary>
    public static TensorCatalogue CatalogueOf(IReadOnlyList<ModelFile> files) =>
        new([.. files.SelectMany(file => file.Tensors.Select(tensor => Entry(file.Name, file.LinkedName, tensor)))]) { ExpertsUsed = files.Select(file => file.ExpertsUsed).FirstOrDefault(used => used is not null) };

    /// <summary>Writes the table.</summary>
    /// <param name="files">The files.</param>
    /// <param name="output">Where to.</param>
    public static void Write(IEnumerable<ModelFile> files, Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartArray();
        foreach (ModelFile file in files)
        {
            json.WriteStartObject();
            json.WriteString("file", file.Name);
            if (file.LinkedName is not null)
                json.WriteString("linked_file", file.LinkedName);
            json.WriteString("format", file.Format);
            if (file.FileBytes is { } bytes)
                json.WriteNumber("file_bytes", bytes);
            json.WriteNumber("data_start", file.DataStartBytes);
            if (file.ExpertsUsed is { } used)
                json.WriteNumber("experts_used", used);
            json.WriteStartArray("tensors");
            foreach (StoredTensor tensor in file.Tensors)
                Write(tensor, Entry(file.Name, null, tensor), json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static bool IsTable(JsonElement root) =>
        (root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().FirstOrDefault() : root) is { ValueKind: JsonValueKind.Object } first
        && first.TryGetProperty("file", out _) && first.TryGetProperty("tensors", out JsonElement tensors) && tensors.ValueKind is JsonValueKind.Array or JsonValueKind.Object;

    internal static TensorCatalogue FromJson(JsonElement root, SideRemarks remarks)
    {
        var entries = new List<TensorEntry>();
        int? used = null;
        // Their number is known before anything is made of them.
        long listed = 0;
        foreach (JsonElement file in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().AsEnumerable() : [root])
        {
            listed += CountOf(file);
            if (listed > SideRanges.MostTensors)
                throw new TraceException(FormattableString.Invariant($"expected a list of at most {SideRanges.MostTensors} tensors"));
            string name = JsonText.Text(file, "file") ?? "";
            string? linked = JsonText.Text(file, "linked_file");
            long start = JsonText.Number(file, "data_start", s_fileBytes, remarks) ?? 0;
            used ??= JsonText.Number(file, "experts_used", s_layer, remarks) ?? JsonText.Number(JsonText.Object(file, "params"), "experts_used", s_layer, remarks);
            // llama.cpp lists dimensions with the innermost first; a table that does says so.
            bool isInnermostFirst = JsonText.Text(JsonText.Object(file, "columns"), "shape")?.Contains("ggml", StringComparison.Ordinal) ?? false;
            foreach (JsonElement tensor in JsonText.Items(file, "tensors"))
                Add(entries, name, linked, JsonText.Text(tensor, "name") ?? "", tensor, start, isInnermostFirst, remarks);
            foreach (JsonProperty tensor in JsonText.Members(JsonText.Object(file, "tensors")))
                Add(entries, name, linked, tensor.Name, tensor.Value, start, isInnermostFirst, remarks);
        }

        return new TensorCatalogue(entries) { ExpertsUsed = used };
    }

    private static long CountOf(JsonElement file) => file.ValueKind != JsonValueKind.Object || !file.TryGetProperty("tensors", out JsonElement tensors) ? 0
        : tensors.ValueKind == JsonValueKind.Array ? tensors.GetArrayLength() : tensors.ValueKind == JsonValueKind.Object ? tensors.GetPropertyCount() : 0;

    // An index of offloaded weights may also name tensors that stay in safetensors files.
    internal static bool IsAccelerateIndex(JsonElement root) => root.ValueKind == JsonValueKind.Object && root.EnumerateObject().Any(tensor => IsOwnFile(tensor.Value));

    private static bool IsOwnFile(JsonElement tensor) =>
        tensor.ValueKind == JsonValueKind.Object && tensor.TryGetProperty("dtype", out _) && tensor.TryGetProperty("shape", out _) && !tensor.TryGetProperty("data_offsets", out _);

    internal static TensorCatalogue FromAccelerateIndex(JsonElement root, SideRemarks remarks)
    {
        var entries = new List<TensorEntry>();
        foreach (JsonProperty tensor in root.EnumerateObject().Where(tensor => IsOwnFile(tensor.Value)))
        {
            TensorIdentity identity = ModelNames.Of(tensor.Name);
            entries.Add(new TensorEntry(tensor.Name + AccelerateEnding, tensor.Name, identity.Layer, identity.Role, TensorCatalogue.ShapeOf(tensor.Value, remarks), JsonText.Text(tensor.Value, "dtype"))
            {
                Projection = identity.Projection,
                Expert = identity.Expert,
            });
        }

        return new TensorCatalogue(entries);
    }

    private static void Add(List<TensorEntry> entries, string file, string? linked, string name, JsonElement tensor, long start, bool isInnermostFirst, SideRemarks remarks)
    {
        long[] shape = JsonText.Numbers(tensor, "shape", SideRanges.Dimension, MostDimensions, remarks);
        if (isInnermostFirst)
            Array.Reverse(shape);
        long? offset = JsonText.Number(tensor, "offset", s_fileBytes, remarks);
        long? length = JsonText.Number(tensor, "length", s_fileBytes, remarks);
        if (JsonText.Numbers(tensor, "data_offsets", s_fileBytes, 2, remarks) is [var from, var to] && to >= from)
            (offset, length) = (start + from, to - from);
        if (offset is null || length is null)
        {
            remarks.Add($"'{SideRemarks.Shortened(name)}' has neither offset and length nor two ascending data_offsets and is left out");
            return;
        }

        TensorEntry entry = Entry(file, linked, new StoredTensor(name, JsonText.Text(tensor, "dtype") ?? "", shape, offset.Value, length.Value));
        // What a table says of a name that says nothing.
        entries.Add(entry with
        {
            Layer = entry.Layer ?? JsonText.Number(tensor, "layer", s_layer, remarks),
            Role = entry.Role == TensorRole.Weight && JsonText.Text(tensor, "role") is { } role ? TensorRoles.Of(role) : entry.Role,
            Expert = entry.Expert ?? JsonText.Number(tensor, "expert", s_layer, remarks),
        });
    }

    private static TensorEntry Entry(string file, string? linked, StoredTensor tensor)
    {
        TensorIdentity identity = ModelNames.Of(tensor.Name);
        bool isStack = identity.IsStacked && tensor.Shape.Count >= 2 && tensor.Shape[0] is > 1 and <= MostStackedExperts && tensor.LengthBytes % tensor.Shape[0] == 0;
        return new TensorEntry(file, tensor.Name, identity.Layer, identity.Role, tensor.Shape, tensor.Dtype)
        {
            OffsetBytes = tensor.OffsetBytes,
            StoredBytes = tensor.LengthBytes,
            LinkedFile = linked,
            Projection = identity.Projection,
            Expert = identity.Expert,
            StackedExperts = isStack ? (int)tensor.Shape[0] : 0,
        };
    }

    private static void Write(StoredTensor tensor, TensorEntry entry, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteString("dtype", tensor.Dtype);
        json.WriteStartArray("shape");
        foreach (long length in tensor.Shape)
            json.WriteNumberValue(length);
        json.WriteEndArray();
        json.WriteNumber("offset", tensor.OffsetBytes);
        json.WriteNumber("length", tensor.LengthBytes);
        if (entry.Layer is { } layer)
            json.WriteNumber("layer", layer);
        json.WriteString("role", TensorRoles.NameOf(entry.Role));
        if (entry.Projection is not null)
            json.WriteString("projection", entry.Projection);
        if (entry.Expert is { } expert)
            json.WriteNumber("expert", expert);
        if (entry.StackedExperts > 0)
            json.WriteNumber("stacked_experts", entry.StackedExperts);
        json.WriteEndObject();
    }
}

using System.Text.Json;

// 20 07 00 00 00 00 00 00  {"__metadata__":{"format":"pt"},"model.norm.weight":{"dtype":"F16","shape":[4096],"data_offsets":[0,8192]}, ...}
namespace TraceAnalyzer.ModelFiles;

/// <summary>Reads the header of a safetensors file: its length in 64 bits, and JSON that gives each tensor's type, shape and range behind it. (huggingface/safetensors, README)</summary>
internal static class SafetensorsReader
{
    // What the library itself accepts.
    private const long MostJsonBytes = 100_000_000;
    private const int LengthBytes = sizeof(ulong);

    /// <summary>True if a file that begins so is one.</summary>
    public static bool Is(ReadOnlySpan<byte> first) =>
        first.Length > LengthBytes && System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(first) is >= 2 and <= MostJsonBytes
        && first[LengthBytes] == (byte)'{' && (first.Length == LengthBytes + 1 || first[LengthBytes + 1] is (byte)'"' or (byte)'}' or (byte)' ' or (byte)'\n');

    /// <summary>Reads the header.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="content">The file from its start.</param>
    /// <param name="fileBytes">The file's length; null if it is not known.</param>
    /// <exception cref="TraceException">The header is cut, or says what cannot be.</exception>
    public static ModelFile Read(string name, Stream content, long? fileBytes)
    {
        var header = new HeaderStream(name, content);
        long length = header.Count(MostJsonBytes, "a length of the header");
        byte[] json = header.Bytes(length, "the header");
        long dataStart = LengthBytes + length;
        // A file that ends with its header is the beginning of one, whatever it is called.
        bool isWhole = fileBytes > dataStart && ModelFile.NameOf(name) == name;
        StoredTensor[] tensors = [.. Tensors(header, json, dataStart).OrderBy(tensor => tensor.OffsetBytes).ThenBy(tensor => tensor.LengthBytes)];
        CheckPlaces(header, tensors, isWhole ? fileBytes : null);
        return new ModelFile(ModelFile.NameOf(name), "safetensors", dataStart, tensors) { FileBytes = isWhole ? fileBytes : null };
    }

    private static List<StoredTensor> Tensors(HeaderStream header, byte[] json, long dataStart)
    {
        var tensors = new List<StoredTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw header.Fault("expected an object of tensors", LengthBytes);
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Name == "__metadata__")
                    continue;
                if (tensors.Count == ModelLimits.MostTensors || !names.Add(member.Name))
                    throw header.Fault(FormattableString.Invariant($"expected at most {ModelLimits.MostTensors} tensors, each once; at '{member.Name}'"), LengthBytes);
                tensors.Add(Tensor(header, member.Name, member.Value, dataStart));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A lone surrogate in a name: InvalidOperationException.
            throw new TraceException(header.Fault($"expected JSON: {exception.Message}", LengthBytes).Message, exception);
        }

        return tensors;
    }

    private static StoredTensor Tensor(HeaderStream header, string name, JsonElement value, long dataStart)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out JsonElement shape) || Numbers(shape, ModelLimits.MostDimensions * 2) is not { } lengths
            || !value.TryGetProperty("data_offsets", out JsonElement offsets) || Numbers(offsets, 2) is not [var start, var end] || end < start || end > ModelLimits.MostFileBytes)
        {
            throw header.Fault($"expected dtype, shape and two ascending data_offsets of tensor '{name}'", LengthBytes);
        }

        if (ModelLimits.ElementsOf(lengths) is not { } elements)
            throw header.Fault($"tensor '{name}' of {string.Join(" x ", lengths)} elements is larger than any", LengthBytes);
        if (BitsOf(dtype.GetString()!) is { } bits && (Int128)elements * bits != (Int128)(end - start) * 8)
            throw header.Fault(FormattableString.Invariant($"tensor '{name}' has {elements} elements of {bits} bits; its data_offsets span {end - start} bytes"), LengthBytes);
        return new StoredTensor(name, dtype.GetString()!, lengths, dataStart + start, end - start);
    }

    private static long[]? Numbers(JsonElement list, int most)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > most)
            return null;
        long[] numbers = new long[list.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[i]) || numbers[i] < 0)
                return null;
            i++;
        }

        return numbers;
    }

    // Bits of an element; null for types to come.
    private static int? BitsOf(string dtype) => dtype switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => 8,
        "U16" or "I16" or "F16" or "BF16" => 16,
        "U32" or "I32" or "F32" => 32,
        "U64" or "I64" or "F64" or "C64" => 64,
        _ => null,
    };

    private static void CheckPlaces(HeaderStream header, StoredTensor[] tensors, long? fileBytes)
    {
        for (int i = 1; i < tensors.Length; i++)
        {
            if (tensors[i].OffsetBytes < tensors[i - 1].EndBytes && tensors[i].LengthBytes > 0)
                throw header.Fault($"tensors '{tensors[i - 1].Name}' and '{tensors[i].Name}' overlap", LengthBytes);
        }

        if (tensors.LastOrDefault(tensor => tensor.EndBytes > fileBytes) is { } cut)
        {
            throw header.Fault(
                FormattableString.Invariant($"tensor '{cut.Name}' ends {cut.EndBytes - fileBytes} bytes beyond the end of the file; it is cut (call it NAME{ModelFile.HeaderEnding} if only its beginning was kept)"),
                LengthBytes);
        }
    }
}

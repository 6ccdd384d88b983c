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
            // Token by token: a document of all of it would take many times its bytes.
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw header.Fault("expected an object of tensors", LengthBytes);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("__metadata__"u8))
                {
                    reader.Skip();
                    continue;
                }

                if (reader.ValueSpan.Length > ModelLimits.MostNameBytes)
                    throw header.Fault(FormattableString.Invariant($"expected names of tensors of at most {ModelLimits.MostNameBytes} bytes, found {reader.ValueSpan.Length}"), LengthBytes);
                string name = reader.GetString()!;
                if (tensors.Count == ModelLimits.MostTensors || !names.Add(name))
                    throw header.Fault(FormattableString.Invariant($"expected at most {ModelLimits.MostTensors} tensors, each once; at '{name}'"), LengthBytes);
                reader.Read();
                tensors.Add(Tensor(header, name, ref reader, dataStart));
            }

            // What follows the object is an error.
            reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A lone surrogate in a name: InvalidOperationException.
            throw new TraceException(header.Fault($"expected JSON: {exception.Message}", LengthBytes).Message, exception);
        }

        return tensors;
    }

    private static StoredTensor Tensor(HeaderStream header, string name, ref Utf8JsonReader reader, long dataStart)
    {
        if (Members(ref reader) is not ({ } dtype, { } lengths, [var start, var end]) || end < start || end > ModelLimits.MostFileBytes)
            throw header.Fault($"expected dtype, shape and two ascending data_offsets of tensor '{name}'", LengthBytes);
        if (ModelLimits.ElementsOf(lengths) is not { } elements)
            throw header.Fault($"tensor '{name}' of {string.Join(" x ", lengths)} elements is larger than any", LengthBytes);
        if (BitsOf(dtype) is { } bits && (Int128)elements * bits != (Int128)(end - start) * 8)
            throw header.Fault(FormattableString.Invariant($"tensor '{name}' has {elements} elements of {bits} bits; its data_offsets span {end - start} bytes"), LengthBytes);
        return new StoredTensor(name, dtype, lengths, dataStart + start, end - start);
    }

    private static (string? Dtype, long[]? Shape, long[]? Offsets) Members(ref Utf8JsonReader reader)
    {
        (string? Dtype, long[]? Shape, long[]? Offsets) members = default;
        if (reader.TokenType != JsonTokenType.StartObject)
            return members;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8))
                members.Dtype = Text(ref reader);
            else if (reader.ValueTextEquals("shape"u8))
                members.Shape = Numbers(ref reader, ModelLimits.MostDimensions * 2);
            else if (reader.ValueTextEquals("data_offsets"u8))
                members.Offsets = Numbers(ref reader, 2);
            else
                reader.Skip();
        }

        return members;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= ModelLimits.MostNameBytes)
            return reader.GetString();
        reader.Skip();
        return null;
    }

    private static long[]? Numbers(ref Utf8JsonReader reader, int most)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        var numbers = new List<long>();
        bool areGood = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (areGood && numbers.Count < most && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) && number >= 0)
            {
                numbers.Add(number);
                continue;
            }

            areGood = false;
            reader.Skip();
        }

        return areGood ? [.. numbers] : null;
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
        // Empty ones overlap nothing, and must not hide what does.
        StoredTensor? before = null;
        foreach (StoredTensor tensor in tensors.Where(tensor => tensor.LengthBytes > 0))
        {
            if (tensor.OffsetBytes < before?.EndBytes)
                throw header.Fault($"tensors '{before.Name}' and '{tensor.Name}' overlap", LengthBytes);
            before = tensor;
        }

        if (tensors.LastOrDefault(tensor => tensor.EndBytes > fileBytes) is { } cut)
        {
            throw header.Fault(
                FormattableString.Invariant($"tensor '{cut.Name}' ends {cut.EndBytes - fileBytes} bytes beyond the end of the file; it is cut (call it NAME{ModelFile.HeaderEnding} if only its beginning was kept)"),
                LengthBytes);
        }
    }
}

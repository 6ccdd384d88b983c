using System.Globalization;

// 47 47 55 46  03 00 00 00  7b 00 00 00 00 00 00 00  16 00 00 00 00 00 00 00    GGUF, version 3, 123 tensors, 22 keys
// 14 00 00 00 00 00 00 00 "general.architecture"  08 00 00 00  05 00 00 00 00 00 00 00 "llama"
// ... 11 00 00 00 00 00 00 00 "token_embd.weight"  02 00 00 00  <2048> <4096>  01 00 00 00  <offset>
namespace TraceAnalyzer.ModelFiles;

/// <summary>
/// Reads the header of a GGUF file, version 2 or 3, in either byte order: its keys, of which few are kept, and the table of its tensors. Dimensions are listed with the
/// innermost first; offsets count from the first multiple of <c>general.alignment</c> behind the header. (ggml, docs/gguf.md)
/// </summary>
internal sealed class GgufReader
{
    private const string Alignment = "general.alignment";
    private const int DefaultAlignment = 32;
    private const int MostNesting = 4;
    private const int MostValueBytes = 256;
    private const string Cut = $"; it is cut (call it NAME{ModelFile.HeaderEnding} if only its beginning was kept)";

    private readonly HeaderStream _header;
    private readonly string _name;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private GgufReader(string name, Stream content)
    {
        _name = name;
        _header = new HeaderStream(name, content);
    }

    private static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>True if a file that begins so is a GGUF file.</summary>
    public static bool Is(ReadOnlySpan<byte> first) => first.StartsWith(Magic);

    /// <summary>Reads the header.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="content">The file from its start.</param>
    /// <param name="fileBytes">The file's length; null if it is not known.</param>
    /// <exception cref="TraceException">The header is cut, or says what cannot be.</exception>
    public static ModelFile Read(string name, Stream content, long? fileBytes) => new GgufReader(name, content).Read(fileBytes);

    private ModelFile Read(long? fileBytes)
    {
        _header.Skip(Magic.Length, "the magic number");
        ReadVersion();
        int tensors = (int)_header.Count(ModelLimits.MostTensors, "a number of tensors");
        // Each takes 13 bytes at least.
        long keys = _header.Count(ModelLimits.MostHeaderBytes / 13, "a number of keys");
        for (long i = 0; i < keys; i++)
            ReadKey();
        Listed[] listed = new Listed[Math.Min(tensors, 1024)];
        for (int i = 0; i < tensors; i++)
        {
            if (i == listed.Length)
                Array.Resize(ref listed, Math.Min(tensors, 2 * i));
            listed[i] = ReadTensor();
        }

        Array.Resize(ref listed, tensors);
        long alignment = AlignmentBytes();
        long dataStart = (_header.Position + alignment - 1) / alignment * alignment;
        // A file that ends with its header is the beginning of one, whatever it is called.
        bool isWhole = fileBytes > dataStart && ModelFile.NameOf(_name) == _name;
        StoredTensor[] stored = Placed(listed, dataStart, isWhole ? fileBytes : null);
        return new ModelFile(ModelFile.NameOf(_name), "GGUF", dataStart, stored)
        {
            FileBytes = isWhole ? fileBytes : null,
            Architecture = _values.GetValueOrDefault("general.architecture"),
            Experts = Stated("expert_count"),
            ExpertsUsed = Stated("expert_used_count"),
            Split = Whole("split.no") is { } number && Whole("split.count") is { } count && count > 1 && number < count ? (number, count) : null,
        };
    }

    private void ReadVersion()
    {
        long at = _header.Position;
        uint version = _header.Number32("a version");
        if (version != 0 && (version & 0xFFFF) == 0)
        {
            _header.IsBigEndian = true;
            version = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(version);
        }

        if (version is not (2 or 3))
            throw _header.Fault(FormattableString.Invariant($"expected GGUF version 2 or 3, found {version}{(version == 1 ? ", which llama.cpp gave up in 2023" : "")}"), at);
    }

    private void ReadKey()
    {
        string key = _header.Text(ModelLimits.MostNameBytes, "a key");
        var type = (GgufValue)_header.Number32("the type of a value");
        if (IsKept(key) && type == GgufValue.String)
        {
            long length = _header.Count(ModelLimits.MostHeaderBytes, "the length of a text");
            if (length <= MostValueBytes)
                _values[key] = System.Text.Encoding.UTF8.GetString(_header.Bytes(length, key));
            else
                _header.Skip(length, key);
        }
        else if (IsKept(key) && IsWholeNumber(type))
        {
            _values[key] = _header.Number(BytesOf(type), key).ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            SkipValue(type, key, nesting: 0);
        }
    }

    private static bool IsKept(string key) =>
        key is "general.architecture" or Alignment or "split.no" or "split.count"
        || key.EndsWith(".expert_count", StringComparison.Ordinal) || key.EndsWith(".expert_used_count", StringComparison.Ordinal);

    private void SkipValue(GgufValue type, string key, int nesting)
    {
        if (type == GgufValue.String)
        {
            _header.Skip(_header.Count(ModelLimits.MostHeaderBytes, "the length of a text"), key);
        }
        else if (type != GgufValue.Array)
        {
            _header.Skip(BytesOf(type), key);
        }
        else if (nesting == MostNesting)
        {
            throw _header.Fault(FormattableString.Invariant($"expected lists nested at most {MostNesting} deep"));
        }
        else
        {
            var itemType = (GgufValue)_header.Number32("the type of a list's items");
            long items = _header.Count(ModelLimits.MostHeaderBytes, "a number of items");
            if (itemType is not (GgufValue.String or GgufValue.Array))
            {
                _header.Skip(items * BytesOf(itemType), key);
                return;
            }

            for (long i = 0; i < items; i++)
                SkipValue(itemType, key, nesting + 1);
        }
    }

    private int BytesOf(GgufValue type) => type switch
    {
        GgufValue.UInt8 or GgufValue.Int8 or GgufValue.Bool => 1,
        GgufValue.UInt16 or GgufValue.Int16 => 2,
        GgufValue.UInt32 or GgufValue.Int32 or GgufValue.Float32 => 4,
        GgufValue.UInt64 or GgufValue.Int64 or GgufValue.Float64 => 8,
        _ => throw _header.Fault(FormattableString.Invariant($"expected the type of a value, 0 to 12, found {(uint)type}"), _header.Position - sizeof(uint)),
    };

    private static bool IsWholeNumber(GgufValue type) =>
        type is GgufValue.UInt8 or GgufValue.Int8 or GgufValue.UInt16 or GgufValue.Int16 or GgufValue.UInt32 or GgufValue.Int32 or GgufValue.UInt64 or GgufValue.Int64;

    private Listed ReadTensor()
    {
        long at = _header.Position;
        string name = _header.Text(ModelLimits.MostNameBytes, "a tensor's name");
        uint dimensions = _header.Number32("a number of dimensions");
        if (dimensions > ModelLimits.MostDimensions)
            throw _header.Fault(FormattableString.Invariant($"expected at most {ModelLimits.MostDimensions} dimensions of tensor '{name}', found {dimensions}"), _header.Position - sizeof(uint));
        long[] shape = new long[dimensions];
        for (int i = shape.Length - 1; i >= 0; i--)
            shape[i] = _header.Count(ModelLimits.MostElements, "the length of a dimension");
        uint type = _header.Number32("an element type");
        long offset = _header.Count(ModelLimits.MostFileBytes, $"the offset of tensor '{name}'");
        if (ModelLimits.ElementsOf(shape) is not { } elements)
            throw _header.Fault($"tensor '{name}' of {string.Join(" x ", shape)} elements is larger than any", at);
        long? length = null;
        if (GgmlTypes.Find(type) is { } known)
        {
            // Blocks lie along the innermost dimension.
            if (shape.Length > 0 && known.BytesOf(shape[^1]) is null)
                throw _header.Fault(FormattableString.Invariant($"tensor '{name}' has rows of {shape[^1]} elements; expected a multiple of {known.BlockElements}, the block of {known.Name}"), at);
            length = known.BytesOf(elements);
            if (length > ModelLimits.MostFileBytes)
                throw _header.Fault(FormattableString.Invariant($"expected tensors of at most {ModelLimits.MostFileBytes} bytes, found '{name}' of {length}"), at);
        }

        return new Listed(name, GgmlTypes.NameOf(type), shape, offset, length, at);
    }

    private long AlignmentBytes()
    {
        if (!_values.TryGetValue(Alignment, out string? text))
            return DefaultAlignment;
        const long Most = 1 << 30;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long alignment) && alignment is > 0 and <= Most
            ? alignment
            : throw _header.Fault(FormattableString.Invariant($"expected {Alignment} of 1 to {Most}, found {text}"));
    }

    // A tensor of a type that is not known reaches to the next one, or to the end of the file.
    private StoredTensor[] Placed(Listed[] listed, long dataStart, long? fileBytes)
    {
        Listed[] sorted = [.. listed.OrderBy(tensor => tensor.Offset)];
        var placed = new StoredTensor[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            Listed tensor = sorted[i];
            long? next = i + 1 < sorted.Length ? sorted[i + 1].Offset : fileBytes - dataStart;
            if (tensor.LengthBytes is null && next < tensor.Offset)
                throw _header.Fault(FormattableString.Invariant($"tensor '{tensor.Name}' begins {tensor.Offset - next} bytes beyond the end of the file{Cut}"), tensor.At);
            long length = tensor.LengthBytes ?? next - tensor.Offset ?? 0;
            if (tensor.Offset + length > next)
            {
                throw _header.Fault(
                    FormattableString.Invariant($"tensor '{tensor.Name}' ends {tensor.Offset + length - next} bytes beyond the {(i + 1 < sorted.Length ? $"start of '{sorted[i + 1].Name}'" : "end of the file")}")
                    + (i + 1 < sorted.Length ? "" : Cut),
                    tensor.At);
            }

            placed[i] = new StoredTensor(tensor.Name, tensor.Dtype, tensor.Shape, dataStart + tensor.Offset, length);
        }

        return placed;
    }

    private int? Stated(string ending) =>
        _values.Keys.FirstOrDefault(key => key.EndsWith("." + ending, StringComparison.Ordinal)) is { } key ? Whole(key) : null;

    private int? Whole(string key) =>
        _values.TryGetValue(key, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private enum GgufValue : uint
    {
        UInt8 = 0,
        Int8 = 1,
        UInt16 = 2,
        Int16 = 3,
        UInt32 = 4,
        Int32 = 5,
        Float32 = 6,
        Bool = 7,
        String = 8,
        Array = 9,
        UInt64 = 10,
        Int64 = 11,
        Float64 = 12,
    }

    private readonly record struct Listed(string Name, string Dtype, long[] Shape, long Offset, long? LengthBytes, long At);
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Output;

/// <summary>What reading a saved report and a saved comparison have in common. Both are hostile: bounded, versioned, and checked before they are used.</summary>
/// <param name="What">What it is, e.g. <c>report</c>.</param>
/// <param name="SchemaDocument">Where its schema is described.</param>
/// <param name="CurrentVersion">The newest schema that this build reads.</param>
/// <param name="Type">How it is read.</param>
internal sealed record SavedJson<T>(string What, string SchemaDocument, int CurrentVersion, JsonTypeInfo<T> Type)
    where T : class
{
    // A report of many devices has some 100 MB; what is larger would not fit a buffer.
    private const int MaxBytes = 1 << 30;

    /// <summary>Reads it; the stream stays open.</summary>
    /// <param name="stream">The JSON, to its end.</param>
    /// <param name="name">What messages call it, usually the file's name.</param>
    /// <param name="checkNumbers">Checks the numbers of the JSON.</param>
    /// <param name="check">Checks what was read.</param>
    /// <exception cref="TraceException">It is not such a file, is damaged, or has a newer schema than this build knows.</exception>
    public T Read(Stream stream, string name, Action<ReadOnlyMemory<byte>> checkNumbers, Action<T> check)
    {
        using var bytes = new MemoryStream();
        CopyBounded(stream, bytes, name);
        ReadOnlyMemory<byte> json = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        try
        {
            // Ahead of everything else: a newer schema may differ in any other field.
            CheckVersion(SavedJson.FindProperty(json.Span, "schemaVersion"u8) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt32(out int version) ? version : null, name);
            checkNumbers(json);
            T saved = JsonSerializer.Deserialize(json.Span, Type) ?? throw None(name);
            check(saved);
            return saved;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A name or a text that is not UTF-8 is an invalid operation to the parser.
            string place = exception is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
                ? string.Create(CultureInfo.InvariantCulture, $" at {(exception is JsonException { Path: { } path } ? $"{PrintableText.Of(path)}, " : "")}line {line + 1}, byte {column + 1}")
                : "";
            throw new TraceException($"{name} is not an intact {What} of this tool: expected JSON as in {SchemaDocument}, found something else{place}", exception);
        }
    }

    private void CopyBounded(Stream stream, MemoryStream bytes, string name)
    {
        byte[] buffer = new byte[1 << 16];
        while (stream.Read(buffer) is > 0 and int count)
        {
            if (bytes.Length + count > MaxBytes)
                throw new TraceException(string.Create(CultureInfo.InvariantCulture, $"{name} is no {What} of this tool: it has more than {MaxBytes} bytes"));
            bytes.Write(buffer, 0, count);
        }
    }

    private void CheckVersion(int? version, string name)
    {
        if (version is null or < 1)
            throw None(name);
        if (version > CurrentVersion)
        {
            throw new TraceException(string.Create(CultureInfo.InvariantCulture,
                $"{name} has {What} schema version {version}, but this build reads versions up to {CurrentVersion}: use a newer traceanalyzer"));
        }
    }

    private TraceException None(string name) => new($"{name} is no {What} of this tool: expected a JSON object with a schemaVersion, found none");
}

/// <summary>Looks into JSON without reading all of it.</summary>
internal static class SavedJson
{
    /// <summary>A property of the outermost object; null if it is not there.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static JsonElement? FindProperty(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
                return JsonElement.ParseValue(ref reader);
            reader.Skip();
        }

        return null;
    }

    /// <summary>
    /// How saved JSON is read: parameters of a record are required although what is null is left out, so those that may be null must not be.
    /// </summary>
    public static JsonSerializerOptions Reading(JsonSerializerOptions written, IJsonTypeInfoResolver resolver) => new(written)
    {
        TypeInfoResolver = resolver.WithAddedModifier(type =>
        {
            foreach (JsonPropertyInfo property in type.Properties)
                property.IsRequired &= !property.IsGetNullable;
        }),
    };
}

using System.Numerics;
using System.Text;
using System.Text.Json;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Texts;

/// <summary>
/// Reads fields of JSON written by hand or script, where numbers may stand as text (<c>"128"</c>). Null is what is missing, empty or of another kind;
/// a number outside its range is noted and null too.
/// </summary>
internal static class JsonText
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int MostDepth = 64;

    private static readonly JsonReaderOptions s_reading = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MostDepth };
    private static readonly JsonDocumentOptions s_lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MostDepth };

    /// <summary>True if a text that begins with <paramref name="beginning"/> can be JSON as far as that goes.</summary>
    public static bool MayBegin(string beginning)
    {
        if (!StartsAsJson(beginning))
            return false;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(beginning), isFinalBlock: false, new JsonReaderState(s_reading));
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>True if a line begins with a brace or bracket.</summary>
    public static bool StartsAsJson(string line) => line.AsSpan().TrimStart() is ['{' or '[', ..];

    /// <summary>
    /// What may be meant: the whole text if it is JSON; else each object or list that begins a line, as after the notes and warnings that fio
    /// prints before it. What follows it does not matter.
    /// </summary>
    public static IEnumerable<JsonElement> In(string text)
    {
        JsonElement? whole = null;
        try
        {
            // Not disposed, which would take a copy: its memory goes with the elements.
            whole = JsonDocument.Parse(text, s_lenient).RootElement;
        }
        catch (JsonException)
        {
            // Then perhaps a part of it.
        }

        return whole is { } root ? [root] : Within(text);
    }

    /// <summary>Why a text is not a JSON.</summary>
    public static string Fault(string text)
    {
        try
        {
            JsonDocument.Parse(text, s_lenient).Dispose();
            return "";
        }
        catch (JsonException exception)
        {
            return exception.Message;
        }
    }

    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? Text(value) : null;

    public static T? Number<T>(JsonElement element, string name, NumberRange<T> range, SideRemarks remarks) where T : struct, INumber<T> =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? NumberIn(value, name, range, remarks) : null;

    /// <summary>The numbers of the list called <paramref name="name"/>; empty if there is none, or if one of them is not in its range.</summary>
    public static T[] Numbers<T>(JsonElement element, string name, NumberRange<T> range, int most, SideRemarks remarks) where T : struct, INumber<T>
    {
        var numbers = new List<T>();
        foreach (JsonElement item in Items(element, name))
        {
            if (item.ValueKind == JsonValueKind.Null || (item.ValueKind == JsonValueKind.String && item.GetString() is ""))
                remarks.AddValue(name, item.GetRawText(), range.ToString());
            if (NumberIn(item, name, range, remarks) is not { } number)
                return [];
            if (numbers.Count == most)
            {
                remarks.Add(FormattableString.Invariant($"{name}: more than {most} numbers"));
                return [];
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    public static bool? Flag(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;

    /// <summary>The object called <paramref name="name"/>, or an undefined element.</summary>
    public static JsonElement Object(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : default;

    /// <summary>The members of an object; none if it is not an object.</summary>
    public static IEnumerable<JsonProperty> Members(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : [];

    /// <summary>The items of the array called <paramref name="name"/>; none if there is no such array.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];

    private static T? NumberIn<T>(JsonElement value, string name, NumberRange<T> range, SideRemarks remarks) where T : struct, INumber<T>
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return null;
        string text = Text(value) ?? (value.ValueKind == JsonValueKind.String ? "" : value.GetRawText());
        if (text.Length == 0)
            return null;
        T? number = value.ValueKind is JsonValueKind.Number or JsonValueKind.String ? range.Parse(text) : null;
        if (number is null)
            remarks.AddValue(name, text, range.ToString());
        return number;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    // Each line that begins with a brace or bracket is tried once, up to a few: a log may be full of them.
    private static IEnumerable<JsonElement> Within(string text)
    {
        const int MostTries = 16;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int tries = 0;
        for (int at = 0; at < bytes.Length && tries < MostTries;)
        {
            int start = at;
            while (start < bytes.Length && bytes[start] is (byte)' ' or (byte)'\t')
                start++;
            if (start < bytes.Length && bytes[start] is (byte)'{' or (byte)'[')
            {
                tries++;
                if (Value(bytes.AsSpan(start), out int length) is { } found)
                {
                    yield return found;
                    at = start + length;
                }
            }

            int next = bytes.AsSpan(at).IndexOf((byte)'\n');
            if (next < 0)
                yield break;
            at += next + 1;
        }
    }

    private static JsonElement? Value(ReadOnlySpan<byte> bytes, out int length)
    {
        var reader = new Utf8JsonReader(bytes, s_reading);
        try
        {
            JsonElement root = JsonDocument.ParseValue(ref reader).RootElement;
            length = (int)reader.BytesConsumed;
            return root;
        }
        catch (JsonException)
        {
            length = 0;
            return null;
        }
    }
}

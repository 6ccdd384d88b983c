using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TraceAnalyzer.Runs.Texts;

/// <summary>
/// Turns YAML into the JSON it stands for, so that run.yaml and run.json have one schema and one reader. Plain scalars are typed by the
/// core schema (YAML 1.2.2, section 10.3.2); quoted ones are text. It goes from event to event, so that depth and length are known before anything
/// is built: a short file can be nested 100,000 deep, and with aliases be endless, or hold itself. Aliases are refused.
/// </summary>
internal static class YamlText
{
    // A run is described in a few hundred values.
    private const int MostNodes = 100_000;
    private const int MostDepth = JsonText.MostDepth - 1;

    // Numbers that JSON writes alike; others (.5, 0x10, .inf) stay text.
    private static readonly Regex s_number = new("^[-+]?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?$", RegexOptions.NonBacktracking);

    private static readonly Regex s_key = new("^[a-z_]+:(\\s|$)", RegexOptions.NonBacktracking);

    /// <summary>True for the first line of something that may be a mapping in YAML, and is hardly a line of prose or of a log.</summary>
    public static bool MayBegin(string firstLine) => firstLine.StartsWith("---", StringComparison.Ordinal) || firstLine.StartsWith('#') || s_key.IsMatch(firstLine);

    /// <summary>The first document.</summary>
    /// <exception cref="TraceException">It is not YAML, or not plain enough; the message has the line.</exception>
    public static JsonElement Parse(string yaml)
    {
        using var json = new MemoryStream();
        try
        {
            var parser = new Parser(new StringReader(yaml));
            using var writer = new Utf8JsonWriter(json, new JsonWriterOptions { SkipValidation = false });
            Write(parser, writer);
        }
        catch (YamlException exception)
        {
            throw new TraceException(string.Create(CultureInfo.InvariantCulture, $"not valid YAML at line {exception.Start.Line}: {exception.Message}"), exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException or NullReferenceException)
        {
            // What the library throws for input that it does not foresee.
            throw new TraceException($"not valid YAML: {exception.Message}", exception);
        }

        json.Position = 0;
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static void Write(Parser parser, Utf8JsonWriter writer)
    {
        // Of each open collection whether it is a mapping; a mapping's keys and values take turns.
        var open = new Stack<Collection>();
        int nodes = 0;
        while (parser.MoveNext())
        {
            ParsingEvent current = parser.Current!;
            if (current is StreamStart or DocumentStart or Comment)
                continue;
            if (current is DocumentEnd or StreamEnd)
                break;
            if (current is MappingEnd or SequenceEnd)
            {
                if (open.Pop().IsMapping)
                    writer.WriteEndObject();
                else
                    writer.WriteEndArray();
                continue;
            }

            if (++nodes > MostNodes)
                throw Refused(current, $"more than {MostNodes} values");
            if (current is AnchorAlias alias)
                throw Refused(current, $"the alias *{alias.Value}: aliases are not read, write the value out");
            bool isKey = open.TryPeek(out Collection? parent) && parent.IsMapping && (parent.Children++ & 1) == 0;
            if (current is Scalar scalar)
            {
                if (isKey)
                    writer.WritePropertyName(scalar.Value);
                else
                    WriteScalar(scalar, writer);
                continue;
            }

            if (isKey)
                throw Refused(current, "a key that is a list or a mapping");
            if (open.Count == MostDepth)
                throw Refused(current, $"nested more than {MostDepth} deep");
            open.Push(new Collection(current is MappingStart));
            if (current is MappingStart)
                writer.WriteStartObject();
            else
                writer.WriteStartArray();
        }

        if (nodes == 0)
            writer.WriteNullValue();
    }

    private static TraceException Refused(ParsingEvent at, string what) => new(string.Create(CultureInfo.InvariantCulture, $"YAML that cannot be used, at line {at.Start.Line}: {what}"));

    private static void WriteScalar(Scalar scalar, Utf8JsonWriter writer)
    {
        string text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
            writer.WriteStringValue(text);
        else if (text is "" or "~" or "null" or "Null" or "NULL")
            writer.WriteNullValue();
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            writer.WriteBooleanValue(text[0] is 't' or 'T');
        else if (s_number.IsMatch(text))
            writer.WriteRawValue(text.TrimStart('+'));
        else
            writer.WriteStringValue(text);
    }

    private sealed class Collection(bool isMapping)
    {
        public bool IsMapping => isMapping;

        public int Children { get; set; }
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TraceAnalyzer.Runs;

/// <summary>
/// Turns YAML into the JSON it stands for, so that run.yaml and run.json have one schema and one reader. Plain scalars are typed by the
/// core schema (YAML 1.2.2, section 10.3.2); quoted ones are text.
/// </summary>
internal static partial class YamlText
{
    // Aliases can make a short file endless ("billion laughs"); a run is described in a few hundred values.
    private const int MostNodes = 100_000;
    private const int MostDepth = 64;

    /// <summary>True for the first line of something that may be a mapping in YAML, and is hardly a line of prose or of a log.</summary>
    public static bool MayBegin(string firstLine) => firstLine.StartsWith("---", StringComparison.Ordinal) || firstLine.StartsWith('#') || Key().IsMatch(firstLine);

    /// <summary>The first document.</summary>
    /// <exception cref="TraceException">It is no YAML; the message has the line.</exception>
    public static JsonElement Parse(string yaml)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException exception)
        {
            throw new TraceException(string.Create(CultureInfo.InvariantCulture, $"no YAML at line {exception.Start.Line}: {exception.Message}"), exception);
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            int left = MostNodes;
            if (stream.Documents.Count == 0)
                writer.WriteNullValue();
            else
                Write(stream.Documents[0].RootNode, writer, MostDepth, ref left);
        }

        json.Position = 0;
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static void Write(YamlNode node, Utf8JsonWriter writer, int depth, ref int left)
    {
        if (depth == 0 || --left < 0)
            throw new TraceException("YAML that is nested too deeply or, by its aliases, too long");
        switch (node)
        {
            case YamlMappingNode mapping:
                writer.WriteStartObject();
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    writer.WritePropertyName((key as YamlScalarNode)?.Value ?? "");
                    Write(value, writer, depth - 1, ref left);
                }

                writer.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                writer.WriteStartArray();
                foreach (YamlNode item in sequence.Children)
                    Write(item, writer, depth - 1, ref left);
                writer.WriteEndArray();
                break;
            case YamlScalarNode scalar:
                WriteScalar(scalar, writer);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static void WriteScalar(YamlScalarNode scalar, Utf8JsonWriter writer)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
            writer.WriteStringValue(text);
        else if (text is "" or "~" or "null" or "Null" or "NULL")
            writer.WriteNullValue();
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            writer.WriteBooleanValue(text[0] is 't' or 'T');
        else if (Number().IsMatch(text))
            writer.WriteRawValue(text.TrimStart('+'));
        else
            writer.WriteStringValue(text);
    }

    // Numbers that JSON writes alike; others (.5, 0x10, .inf) stay text.
    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^[a-z_]+:(\s|$)")]
    private static partial Regex Key();
}

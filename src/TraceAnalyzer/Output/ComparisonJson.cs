using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Output;

/// <summary>
/// <c>compare.json</c>: a <see cref="ComparisonReport"/> as JSON, described in docs/comparison-schema.md. The same comparison gives the same bytes;
/// what is null is left out, but not within arrays, which keep one entry per run.
/// </summary>
public static class ComparisonJson
{
    /// <summary>Name of the file in an output folder.</summary>
    public const string FileName = "compare.json";

    // What schema 1 calls the properties of a finding of two runs.
    private static readonly FrozenDictionary<(Type Type, string Name), string> s_names = new Dictionary<(Type, string), string>
    {
        [(typeof(Finding), "id")] = "name",
        [(typeof(Finding), "sentence")] = "statement",
        [(typeof(Evidence), "value")] = "other",
    }.ToFrozenDictionary();

    private static readonly JsonSerializerOptions s_options = new(ComparisonJsonContext.Default.Options)
    {
        TypeInfoResolver = ComparisonJsonContext.Default.WithAddedModifier(type =>
        {
            foreach (JsonPropertyInfo property in type.Properties)
                property.Name = s_names.GetValueOrDefault((type.Type, property.Name), property.Name);
        }),
    };

    private static readonly SavedJson<ComparisonReport> s_saved = new(
        "comparison", "docs/comparison-schema.md", ComparisonReport.CurrentSchemaVersion, (JsonTypeInfo<ComparisonReport>)SavedJson.Reading(s_options, s_options.TypeInfoResolver!).GetTypeInfo(typeof(ComparisonReport)));

    /// <summary>Writes <paramref name="comparison"/>; the stream stays open.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public static void Write(ComparisonReport comparison, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ReportJson.WriteLines(comparison, (JsonTypeInfo<ComparisonReport>)s_options.GetTypeInfo(typeof(ComparisonReport)), stream);
    }

    /// <summary>Reads a comparison that <see cref="Write"/> wrote; the stream stays open.</summary>
    /// <param name="stream">The JSON, to its end.</param>
    /// <param name="name">What messages call it, usually the file's name.</param>
    /// <exception cref="TraceException">It is not a comparison, is damaged, lacks what an older build did not save, or has a newer schema than this build knows.</exception>
    public static ComparisonReport Read(Stream stream, string name = FileName)
    {
        var check = new ComparisonCheck(name);
        return s_saved.Read(stream, name, check.CheckNumbers, check.Check);
    }

    /// <summary>True if a file is JSON and may be a comparison: it names runs. False for anything else.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsComparison(string path)
    {
        byte[] start = new byte[1 << 12];
        using FileStream file = File.OpenRead(path);
        var reader = new Utf8JsonReader(start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)), isFinalBlock: false, default);
        try
        {
            // Both are written with their version first; what comes next tells a comparison from a report.
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.ValueTextEquals("schemaVersion"u8) && reader.Read()
                && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("runs"u8);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>What System.Text.Json has to know of a comparison at compile time, so that it works ahead-of-time compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(OperationScopeConverter), typeof(OperationClassConverter), typeof(ReportedClassConverter), typeof(LatencyKindConverter), typeof(VerdictConverter), typeof(MetricUnitConverter),
        typeof(LimitKindConverter), typeof(PassKindConverter), typeof(SpanKindConverter), typeof(TensorRoleConverter), typeof(MetricPreferenceConverter), typeof(MetricClassConverter), typeof(RunAlignmentConverter)])]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class ComparisonJsonContext : JsonSerializerContext;

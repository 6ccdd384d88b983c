using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Output;

/// <summary>
/// <c>compare.json</c>: a <see cref="ComparisonReport"/> as JSON, described in docs/comparison-schema.md. The same comparison gives the same bytes;
/// what is null is left out, but not within arrays, which keep one entry a run.
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

    /// <summary>Writes <paramref name="comparison"/>; the stream stays open.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public static void Write(ComparisonReport comparison, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] compact = JsonSerializer.SerializeToUtf8Bytes(comparison, (JsonTypeInfo<ComparisonReport>)s_options.GetTypeInfo(typeof(ComparisonReport)));
        var lines = new ArrayBufferWriter<byte>(compact.Length + (compact.Length / 4) + 4096);
        ReportJson.BreakLines(compact, lines);
        stream.Write(lines.WrittenSpan);
    }
}

/// <summary>What System.Text.Json has to know of a comparison at compile time, so that it works ahead-of-time compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(MetricUnitConverter), typeof(MetricPreferenceConverter), typeof(VerdictConverter)])]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class ComparisonJsonContext : JsonSerializerContext;

/// <summary><see cref="Unit"/> as <c>bytes</c>, <c>bytesPerSecond</c>, ...</summary>
internal sealed class MetricUnitConverter() : JsonStringEnumConverter<Unit>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary><see cref="MetricPreference"/> as <c>neither</c>, <c>higher</c>, <c>lower</c>.</summary>
internal sealed class MetricPreferenceConverter() : JsonStringEnumConverter<MetricPreference>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Output;

/// <summary>Members of an enumeration by their names, to the letter; anything else is refused.</summary>
/// <param name="nameOf">The name of a member.</param>
internal abstract class NamedConverter<T>(Func<T, string> nameOf) : JsonConverter<T>
    where T : struct, Enum
{
    private readonly Dictionary<string, T> _members = Enum.GetValues<T>().ToDictionary(nameOf, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && _members.TryGetValue(reader.GetString()!, out T member) ? member : throw new JsonException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(nameOf(value));
}

internal sealed class VerdictConverter() : NamedConverter<Verdict>(Verdicts.Name);

internal sealed class LimitKindConverter() : NamedConverter<LimitKind>(LimitKinds.Name);

internal sealed class OperationScopeConverter() : NamedConverter<OperationScope>(EnumNames.Camel);

internal sealed class OperationClassConverter() : NamedConverter<OperationClass>(OperationClasses.Name);

internal sealed class LatencyKindConverter() : NamedConverter<LatencyKind>(kind => kind.ToString());

internal sealed class PassKindConverter() : NamedConverter<PassKind>(EnumNames.Kebab);

internal sealed class SpanKindConverter() : NamedConverter<SpanKind>(SpanKinds.Name);

internal sealed class TensorRoleConverter() : NamedConverter<TensorRole>(EnumNames.Kebab);

internal sealed class MetricUnitConverter() : NamedConverter<Unit>(EnumNames.Camel);

internal sealed class MetricPreferenceConverter() : NamedConverter<MetricPreference>(EnumNames.Camel);

internal sealed class MetricClassConverter() : NamedConverter<MetricClass>(EnumNames.Camel);

internal sealed class RunAlignmentConverter() : NamedConverter<RunAlignment>(EnumNames.Camel);

/// <summary>The class of an <see cref="OperationReport"/>: <c>transfers</c> for null.</summary>
internal sealed class ReportedClassConverter : JsonConverter<OperationClass?>
{
    private const string Transfers = "transfers";

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override OperationClass? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(Transfers) ? null : JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<OperationClass>)options.GetTypeInfo(typeof(OperationClass)));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, OperationClass? value, JsonSerializerOptions options) => writer.WriteStringValue(value?.Name() ?? Transfers);
}

/// <summary>The <see cref="Unit"/> of evidence as schema 1 of reports names it (<see cref="EvidenceUnits"/>).</summary>
internal sealed class EvidenceUnitConverter : JsonConverter<Unit>
{
    /// <inheritdoc/>
    public override Unit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && EvidenceUnits.Of(reader.GetString()!) is { } unit ? unit : throw new JsonException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Unit value, JsonSerializerOptions options) => writer.WriteStringValue(EvidenceUnits.Name(value));
}

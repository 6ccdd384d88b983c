using System.Text.Json;
using System.Text.Json.Serialization;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Output;

/// <summary><see cref="Verdict"/> as <see cref="Verdicts.Name"/> has it.</summary>
internal sealed class VerdictConverter : JsonConverter<Verdict>
{
    /// <inheritdoc/>
    public override Verdict Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (Verdict verdict in Enum.GetValues<Verdict>())
        {
            if (verdict.Name() == name)
                return verdict;
        }

        throw new JsonException();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Verdict value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
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

/// <summary><see cref="LimitKind"/> as <see cref="LimitKinds.Name"/> has it.</summary>
internal sealed class LimitKindConverter : JsonConverter<LimitKind>
{
    /// <inheritdoc/>
    public override LimitKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (LimitKind kind in Enum.GetValues<LimitKind>())
        {
            if (kind.Name() == name)
                return kind;
        }

        throw new JsonException();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, LimitKind value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
}

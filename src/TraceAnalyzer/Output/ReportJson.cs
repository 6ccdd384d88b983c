using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Output;

/// <summary>
/// <c>report.json</c>: a <see cref="TraceReport"/> as JSON, described in docs/report-schema.md. The same report gives the same bytes;
/// what is null is left out; numbers survive the round trip.
/// </summary>
public static class ReportJson
{
    /// <summary>Name of the file in an output folder.</summary>
    public const string FileName = "report.json";

    // Deep enough that every field of every operation of every device starts a line.
    private const int MaxBrokenDepth = 5;

    private static readonly SearchValues<byte> s_structure = SearchValues.Create("\"{}[]"u8);

    private static readonly SavedJson<TraceReport> s_saved = new(
        "report", "docs/report-schema.md", TraceReport.CurrentSchemaVersion, (JsonTypeInfo<TraceReport>)SavedJson.Reading(ReportJsonContext.Default.Options, ReportJsonContext.Default).GetTypeInfo(typeof(TraceReport)));

    /// <summary>Writes <paramref name="report"/>; the stream stays open.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public static void Write(TraceReport report, Stream stream) => WriteLines(report, ReportJsonContext.Default.TraceReport, stream);

    /// <summary>Writes plain data as JSON laid out for people. It is made twice, to know its length: buffers that grow would take three times as much memory.</summary>
    internal static void WriteLines<T>(T data, JsonTypeInfo<T> type, Stream stream)
    {
        using var counted = new CountingStream();
        JsonSerializer.Serialize(counted, data, type);
        using var compact = new MemoryStream(checked((int)counted.Length));
        JsonSerializer.Serialize(compact, data, type);
        // Not disposed, which would close the stream.
        var lines = new BufferedStream(stream, 1 << 16);
        BreakLines(compact.GetBuffer().AsSpan(0, (int)compact.Length), lines);
        lines.Flush();
    }

    /// <summary>Reads a report that <see cref="Write"/> wrote; the stream stays open.</summary>
    /// <param name="stream">The JSON, to its end.</param>
    /// <param name="name">What messages call it, usually the file's name.</param>
    /// <exception cref="TraceException">It is not a report, is damaged, or has a newer schema than this build knows.</exception>
    public static TraceReport Read(Stream stream, string name = FileName)
    {
        var check = new ReportCheck(name);
        return s_saved.Read(stream, name, check.CheckNumbers, check.Check);
    }

    /// <summary>
    /// Lays compact JSON out for people: what holds objects is broken into lines down to <see cref="MaxBrokenDepth"/>;
    /// objects and arrays of plain values, and everything deeper, stay on one line. Indenting every number
    /// (<see cref="JsonSerializerOptions.WriteIndented"/>) would make the file several times as long.
    /// </summary>
    private static void BreakLines(ReadOnlySpan<byte> json, BufferedStream output)
    {
        int depth = 0;
        for (int i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case (byte)'{' or (byte)'[' when depth < MaxBrokenDepth && HoldsObjects(json[i..]):
                    output.Write(json.Slice(i, 1));
                    NewLine(output, ++depth);
                    break;
                case (byte)'{' or (byte)'[':
                    int length = ContainerLength(json[i..]);
                    output.Write(json.Slice(i, length));
                    i += length - 1;
                    break;
                case (byte)'}' or (byte)']':
                    NewLine(output, --depth);
                    output.Write(json.Slice(i, 1));
                    break;
                case (byte)',':
                    output.Write(","u8);
                    NewLine(output, depth);
                    break;
                case (byte)':':
                    output.Write(": "u8);
                    break;
                case (byte)'"':
                    int textLength = TextLength(json[i..]);
                    output.Write(json.Slice(i, textLength));
                    i += textLength - 1;
                    break;
                default:
                    output.Write(json.Slice(i, 1));
                    break;
            }
        }

        output.Write("\n"u8);
    }

    /// <summary>True for an array of objects, and for an object with an object or array in it.</summary>
    private static bool HoldsObjects(ReadOnlySpan<byte> json)
    {
        if (json[0] == '[')
            return json[1] == '{';

        int at = 1;
        while (true)
        {
            at += json[at..].IndexOfAny(s_structure);
            if (json[at] != '"')
                return json[at] != '}';
            at += TextLength(json[at..]);
        }
    }

    private static void NewLine(BufferedStream output, int depth)
    {
        Span<byte> line = stackalloc byte[1 + (2 * (MaxBrokenDepth + 1))];
        line[0] = (byte)'\n';
        line[1..].Fill((byte)' ');
        output.Write(line[..(1 + (2 * depth))]);
    }

    private static int ContainerLength(ReadOnlySpan<byte> json)
    {
        int open = 0;
        int at = 0;
        while (true)
        {
            at += json[at..].IndexOfAny(s_structure);
            if (json[at] == '"')
            {
                at += TextLength(json[at..]);
                continue;
            }

            open += json[at] is (byte)'{' or (byte)'[' ? 1 : -1;
            at++;
            if (open == 0)
                return at;
        }
    }

    // The serializer's default encoder spells a quote within a text \u0022, so the next quote is the closing one.
    private static int TextLength(ReadOnlySpan<byte> json) => json[1..].IndexOf((byte)'"') + 2;
}

/// <summary>What System.Text.Json has to know of the report at compile time, so that it works ahead-of-time compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(OperationScopeConverter), typeof(OperationClassConverter), typeof(ReportedClassConverter), typeof(LatencyKindConverter), typeof(VerdictConverter), typeof(EvidenceUnitConverter),
        typeof(LimitKindConverter), typeof(PassKindConverter), typeof(SpanKindConverter), typeof(TensorRoleConverter)])]
[JsonSerializable(typeof(TraceReport))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;

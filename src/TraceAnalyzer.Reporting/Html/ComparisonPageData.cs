using System.Text;
using System.Text.Json;
using TraceAnalyzer.Reporting.Figures.Comparison;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>What the script of <c>compare.html</c> draws from: the runs' bandwidth by time and by share, as JSON in which <c>&lt;</c> is escaped.</summary>
internal static class ComparisonPageData
{
    /// <summary>The data; null if no run moved anything, and so nothing can be drawn.</summary>
    public static string? Of(ComparisonFigureContext context)
    {
        AlignedBandwidth[] aligned = [.. context.Comparison.Bandwidth.Where(bandwidth => bandwidth.Alignment is RunAlignment.Time or RunAlignment.Share && bandwidth.BytesPerSecond.Any(rates => rates.Length > 0))];
        if (aligned.Length == 0)
            return null;

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("runs");
            foreach (FigureRun run in context.Runs)
                json.WriteStringValue(run.Label);
            json.WriteEndArray();
            // Where there are too many runs for both, those that move most are shown first.
            json.WriteString("most", aligned.MaxBy(bandwidth => context.Runs.Sum(run => run.Operation(bandwidth.Class)?.Overview.Bytes ?? 0))!.Class.Name());
            json.WriteStartObject("axes");
            foreach (IGrouping<RunAlignment, AlignedBandwidth> axis in aligned.GroupBy(bandwidth => bandwidth.Alignment))
                WriteAxis(json, EnumNames.Camel(axis.Key), [.. axis]);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteAxis(Utf8JsonWriter json, string name, AlignedBandwidth[] classes)
    {
        json.WriteStartObject(name);
        json.WritePropertyName("binNs");
        WriteNumbers(json, classes[0].BinWidthNs);
        foreach (AlignedBandwidth bandwidth in classes)
        {
            json.WriteStartArray(bandwidth.Class.Name());
            foreach (double[] rates in bandwidth.BytesPerSecond)
                WriteNumbers(json, rates);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, double[] values)
    {
        json.WriteStartArray();
        foreach (double value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>The data behind the figures of a run as CSV text.</summary>
internal static class RunFigureTables
{
    /// <summary>By name of figure; a text without rows where the run has no such data.</summary>
    public static readonly ImmutableArray<(string Figure, Func<FigureContext, string> Csv)> All =
    [
        ("run-timeline", Timeline),
        ("tokens", Tokens),
        ("layer-heatmap", Layers),
        ("kv-rows", Rows),
    ];

    // Bandwidth is behind its own figure: here what only the run knows.
    private static string Timeline(FigureContext context) => FigureTables.Csv(
        "what,name,start_seconds,end_seconds,gpu_percent",
        from run in Runs(context)
        from row in Samples(context, run).Concat(
            from span in run.Phases.Concat(run.Tokens)
            select (FormattableString)$"{(span.Index is null ? "phase" : "token")},{Field(span.Name + (span.Index is { } index ? " " + index.ToString(CultureInfo.InvariantCulture) : ""))},{context.Seconds(span.StartNs)},{context.Seconds(span.EndNs)},")
        select row);

    private static IEnumerable<FormattableString> Samples(FigureContext context, RunReport run)
    {
        if (run.Gpu is not { UtcOffsetMinutes: not null } gpu)
            yield break;
        for (int i = 0; i + 1 < gpu.SampleNs.Length; i++)
            yield return $"gpu,,{context.Seconds(gpu.SampleNs[i])},{context.Seconds(gpu.SampleNs[i + 1])},{gpu.SamplePercent[i]}";
    }

    private static string Tokens(FigureContext context) => FigureTables.Csv(
        "token,step,seconds,read_bytes,write_bytes,io_busy_seconds",
        from run in Runs(context)
        from token in run.Tokens
        select (FormattableString)$"{token.Index},{Field(token.Name)},{(token.EndNs - token.StartNs) / 1e9},{token.ReadBytes},{token.WriteBytes},{token.IoBusyNs / 1e9}");

    private static string Layers(FigureContext context) => FigureTables.Csv(
        "layer,column_start_seconds,column_seconds,read_bytes,write_bytes",
        from run in Runs(context)
        where run.Layers is not null
        let layers = run.Layers!
        from layer in Enumerable.Range(0, layers.ReadBytes.Length)
        from column in Enumerable.Range(0, layers.Columns.Count)
        let read = layers.ReadBytes[layer].ElementAtOrDefault(column)
        let written = layers.WriteBytes.ElementAtOrDefault(layer)?.ElementAtOrDefault(column) ?? 0
        where read + written > 0
        select (FormattableString)$"{layer},{context.Seconds(layers.Columns.OriginNs + (column * layers.Columns.WidthNs))},{layers.Columns.WidthNs / 1e9},{read},{written}");

    private static string Rows(FigureContext context) => FigureTables.Csv(
        "position,reads,predicted_reads",
        from run in Runs(context)
        where run.KvRows is not null
        let rows = run.KvRows!
        from position in Enumerable.Range(0, rows.Reads.Length)
        select (FormattableString)$"{position},{rows.Reads[position]},{rows.PredictedReads?[position]}");

    // As CsvWriter does: quoted where needed, and never a formula for a spreadsheet.
    private static string Field(string text)
    {
        string printable = PrintableText.Of(text);
        if (printable.Length > 0 && printable[0] is '=' or '+' or '-' or '@')
            printable = "'" + printable;
        return printable.AsSpan().IndexOfAny(",\"") < 0 ? printable : new StringBuilder("\"").Append(printable.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();
    }

    private static IEnumerable<RunReport> Runs(FigureContext context) => context.Report.Run is { } run ? [run] : [];
}

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
        ("layer-stalls", Stalls),
        ("tensors", Tensors),
        ("kv-rows", Rows),
        ("kv-rows-heatmap", RowsOverTime),
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
        foreach (GpuCurve curve in GpuCurve.Of(gpu))
        {
            string name = gpu.Gpus.Length == 0 ? "" : Field(curve.Name);
            for (int i = 0; i + 1 < curve.SampleNs.Length; i++)
                yield return $"gpu,{name},{context.Seconds(curve.SampleNs[i])},{context.Seconds(curve.SampleNs[i + 1])},{curve.SamplePercent[i]}";
        }
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

    private static string RowsOverTime(FigureContext context) => FigureTables.Csv(
        "first_position,positions,column_start_seconds,column_seconds,read_bytes",
        from run in Runs(context)
        where run.KvRows is not null
        let rows = run.KvRows!
        from row in Enumerable.Range(0, rows.ReadBytes.Length)
        from column in Enumerable.Range(0, rows.ReadBytes[row].Length)
        where rows.ReadBytes[row][column] > 0
        select (FormattableString)$"{row * rows.PositionsPerRow},{rows.PositionsPerRow},{context.Seconds(rows.Columns.OriginNs + (column * rows.Columns.WidthNs))},{rows.Columns.WidthNs / 1e9},{rows.ReadBytes[row][column]}");

    private static string Stalls(FigureContext context) => FigureTables.Csv(
        "number,layer,turns,time_ns,compute_ns,overlap_ns,stall_ns,idle_ns,read_bytes,write_bytes",
        from run in Runs(context)
        from layer in run.LayerTurns
        select (FormattableString)$"{layer.Number},{layer.Layer},{layer.Turns},{layer.TimeNs},{layer.ComputeNs},{layer.OverlapNs},{layer.StallNs},{layer.IdleNs},{layer.ReadBytes},{layer.WriteBytes}");

    private static string Tensors(FigureContext context) => FigureTables.Csv(
        "tensor,file,layer,role,length_bytes,reads,read_bytes,write_bytes",
        from run in Runs(context)
        from tensor in TensorsFigure.InOrder(run.Tensors)
        select (FormattableString)$"{Field(tensor.Tensor ?? "")},{Field(tensor.File)},{tensor.Layer},{tensor.Role},{tensor.LengthBytes},{tensor.Reads},{tensor.ReadBytes},{tensor.WriteBytes}");

    // As CsvWriter does: quoted where needed, and never a formula for a spreadsheet.
    internal static string Field(string text)
    {
        string printable = PrintableText.Of(text);
        if (printable.Length > 0 && printable[0] is '=' or '+' or '-' or '@')
            printable = "'" + printable;
        return printable.AsSpan().IndexOfAny(",\"") < 0 ? printable : new StringBuilder("\"").Append(printable.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();
    }

    private static IEnumerable<RunReport> Runs(FigureContext context) => context.Report.Run is { } run ? [run] : [];
}

using System.Globalization;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>The data behind the figures of a comparison as CSV text, for saving it from the page.</summary>
internal static class ComparisonTables
{
    /// <summary>The table of a figure; null for bandwidth by time and by share, which the page has for drawing.</summary>
    public static string? Of(string figure, ComparisonFigureContext context)
    {
        string @class = figure.EndsWith("-write", StringComparison.Ordinal) ? "write" : "read";
        string kind = figure.Replace("compare-", "", StringComparison.Ordinal).Replace("-" + @class, "", StringComparison.Ordinal);
        return kind switch
        {
            "tokens" or "tokens-time" => Tokens(context),
            "gpu" => Gpu(context),
            "bandwidth-phase" => SpanBandwidth(context, @class, "phase"),
            "bandwidth-token" => SpanBandwidth(context, @class, "token"),
            "sizes" => Csv("run,size_bytes,requests", context, run => from size in run.Operation(@class)?.Sizes.Sizes ?? []
                                                                      select (FormattableString)$"{size.SizeBytes},{size.Requests}"),
            "latency" => Csv("run,kind,up_to_ns,requests", context, run => from latency in LatencyKinds.Of(run.Operation(@class)?.Latency)
                                                                           from bucket in latency.Statistics.Buckets
                                                                           select (FormattableString)$"{latency.Kind},{bucket.UpToNs},{bucket.Count}"),
            "arrivals" => Csv("run,up_to_ns,requests", context, run => from bucket in run.Operation(@class)?.InterArrival?.Buckets ?? []
                                                                       select (FormattableString)$"{bucket.UpToNs},{bucket.Count}"),
            "access-cdf" => Csv("run,accesses,sectors", context, run => from count in run.Operation(@class)?.SectorAccess?.Distribution ?? []
                                                                        select (FormattableString)$"{count.Accesses},{count.Sectors}"),
            "lorenz" => Csv("run,sector_share,access_share", context, run => from point in run.Operation(@class)?.SectorAccess?.Lorenz ?? []
                                                                             select (FormattableString)$"{point.SectorShare},{point.AccessShare}"),
            "heatmap" => Heatmap(context, @class),
            _ => null,
        };
    }

    private static string Tokens(ComparisonFigureContext context) => Csv("run,token,step,seconds,read_bytes,write_bytes", context,
        run => from token in run.Index < context.Comparison.Tokens.Length ? context.Comparison.Tokens[run.Index] : []
               select (FormattableString)$"{token.Index},{token.Name},{token.DurationNs / 1e9},{token.ReadBytes},{token.WriteBytes}");

    private static string Gpu(ComparisonFigureContext context) => Csv("run,from_seconds,to_seconds,gpu_percent", context, run =>
    {
        var steps = GpuSteps.Of(run);
        return steps.Percent.Select((percent, i) => (FormattableString)$"{steps.FromSeconds[i]},{steps.ToSeconds[i]},{percent}");
    });

    private static AlignedBandwidth? Aligned(ComparisonFigureContext context, string @class, string alignment) =>
        context.Comparison.Bandwidth.FirstOrDefault(aligned => aligned.Class == @class && aligned.Alignment == alignment);

    private static string SpanBandwidth(ComparisonFigureContext context, string @class, string alignment) => Csv("run,span,span_share,bytes_per_second", context, run =>
        Aligned(context, @class, alignment) is not { Spans: { } spans } aligned ? [] :
            from place in spans.SelectMany(span => Enumerable.Range(0, span.Bins).Select(i => (Span: span, Share: (double)i / span.Bins))).Zip(aligned.BytesPerSecond[run.Index])
            where place.First.Span.DurationNs[run.Index] is not null
            select (FormattableString)$"{place.First.Span.Name},{place.First.Share},{place.Second}");

    private static string Heatmap(ComparisonFigureContext context, string @class) => Csv("run,row_start_sector,row_sectors,column_start_seconds,column_seconds,accessed_sectors", context, run =>
        run.Device is not { Space: { } space } device ? [] :
            from map in device.SectorTime
            where map.Class == @class
            from row in Enumerable.Range(0, map.Rows.Length)
            from column in Enumerable.Range(0, map.Rows[row].Length)
            where map.Rows[row][column] > 0
            select (FormattableString)$"{space.RowStartSectors[row]},{space.RowSectors},{run.Seconds(map.Columns.OriginNs + (column * map.Columns.WidthNs))},{map.Columns.WidthNs / 1e9},{map.Rows[row][column]}");

    // Runs are numbered: their names are the reports', which somebody chose.
    private static string Csv(string header, ComparisonFigureContext context, Func<FigureRun, IEnumerable<FormattableString>> rows) => FigureTables.Csv(
        header, context.Runs.SelectMany(run => rows(run).Select(row => (FormattableString)$"{run.Index + 1},{row.ToString(CultureInfo.InvariantCulture)}")));
}

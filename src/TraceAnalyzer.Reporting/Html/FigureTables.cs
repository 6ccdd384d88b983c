using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>
/// The data behind the figures as CSV text, for saving it from the page. Bandwidth, IOPS and heatmaps are missing here: the page has
/// their data for drawing.
/// </summary>
internal static class FigureTables
{
    /// <summary>By name of figure; a text without rows where the device has no such data.</summary>
    public static readonly ImmutableArray<(string Figure, Func<FigureContext, string> Csv)> All =
    [
        ("request-sizes", RequestSizes),
        ("access-map", AccessMap),
        ("access-cdf", AccessCdf),
        ("lorenz", Lorenz),
        ("latency-percentiles", LatencyHistogram),
        ("latency-heatmap", LatencyOverTime),
        ("latency-by-size", LatencyBySize),
        ("queue-depth", QueueDepth),
    ];

    /// <summary>The table of a figure of a device or of its run; null for those that the page has for drawing.</summary>
    public static string? Of(string figure, FigureContext context) =>
        All.Concat(RunFigureTables.All).FirstOrDefault(table => table.Figure == figure).Csv?.Invoke(context);

    /// <summary>Whether there is more than a header.</summary>
    public static bool HasRows(string csv) => csv.IndexOf('\n') < csv.Length - 1;

    private static string RequestSizes(FigureContext context) => Csv(
        "operation,size_bytes,requests",
        from transfer in Transfers(context)
        from size in transfer.Sizes.Sizes
        select (FormattableString)$"{transfer.Name},{size.SizeBytes},{size.Requests}");

    private static string AccessMap(FigureContext context)
    {
        var rows = new List<FormattableString>();
        foreach (OperationReport transfer in Transfers(context))
        {
            if (context.Device.Space is not { } space
                || transfer.SectorAccess is not { RowTouchedSectors: { } touched, RowAccessedSectors: { } accessed, RowMaxAccesses: { } most })
            {
                continue;
            }

            for (int row = 0; row < touched.Length; row++)
            {
                if (touched[row] > 0)
                    rows.Add($"{transfer.Name},{space.RowStartSectors[row]},{space.RowSectors},{touched[row]},{accessed[row]},{most[row]}");
            }
        }

        return Csv("operation,row_start_sector,row_sectors,touched_sectors,accessed_sectors,max_accesses", rows);
    }

    private static string AccessCdf(FigureContext context)
    {
        var rows = new List<FormattableString>();
        foreach (OperationReport transfer in Transfers(context))
        {
            if (transfer.SectorAccess is not { } access)
                continue;
            long sectors = 0;
            foreach (AccessCount count in access.Distribution)
            {
                sectors += count.Sectors;
                rows.Add($"{transfer.Name},{count.Accesses},{count.Sectors},{(double)sectors / Math.Max(1, access.TouchedSectors)}");
            }
        }

        return Csv("operation,accesses,sectors,cdf", rows);
    }

    private static string Lorenz(FigureContext context) => Csv(
        "operation,sector_share,access_share",
        from transfer in Transfers(context)
        from point in transfer.SectorAccess?.Lorenz ?? []
        select (FormattableString)$"{transfer.Name},{point.SectorShare},{point.AccessShare}");

    private static string LatencyHistogram(FigureContext context) => Csv(
        "operation,kind,up_to_ns,requests",
        from transfer in Transfers(context)
        from latency in LatencyKinds.Of(transfer.Latency)
        from bucket in latency.Statistics.Buckets
        select (FormattableString)$"{transfer.Name},{latency.Kind},{bucket.UpToNs},{bucket.Count}");

    private static string LatencyOverTime(FigureContext context) => Csv(
        "operation,kind,column_start_seconds,requests,p50_ns,p99_ns,max_ns",
        from transfer in Transfers(context)
        where transfer.Latency is not null
        let series = transfer.Latency!.OverTime
        from column in Enumerable.Range(0, series.Counts.Length)
        let counts = series.Counts[column]
        where counts is not null
        select (FormattableString)$"{transfer.Name},{transfer.Latency!.DetailKind},{Seconds(context, series.Columns, column)},{counts.Sum()},{series.P50Ns[column]},{series.P99Ns[column]},{series.MaxNs[column]}");

    private static string LatencyBySize(FigureContext context) => Csv(
        "operation,kind,above_bytes,up_to_bytes,requests,p50_ns,p90_ns,p99_ns,max_ns",
        from transfer in Transfers(context)
        from size in transfer.Latency?.BySize ?? []
        let statistics = size.Statistics
        select (FormattableString)$"{transfer.Name},{transfer.Latency!.DetailKind},{size.AboveBytes},{size.UpToBytes},{statistics.Count},{statistics.P50Ns},{statistics.P90Ns},{statistics.P99Ns},{statistics.MaxNs}");

    private static string QueueDepth(FigureContext context) => Csv(
        "column_start_seconds,mean_depth,max_depth",
        from depth in context.Device.QueueDepth is { } result ? [result] : Array.Empty<QueueDepthResult>()
        from column in Enumerable.Range(0, depth.Mean.Length)
        select (FormattableString)$"{Seconds(context, depth.Columns, column)},{depth.Mean[column]},{depth.Max[column]}");

    private static IEnumerable<OperationReport> Transfers(FigureContext context) => context.Transfers().Select(transfer => transfer.Operation);

    private static double Seconds(FigureContext context, TimeBinning columns, int column) =>
        context.Seconds(columns.OriginNs + (column * columns.WidthNs));

    /// <summary>A header and its rows, whose numbers are written the same in every culture.</summary>
    public static string Csv(string header, IEnumerable<FormattableString> rows)
    {
        var csv = new StringBuilder(header).Append('\n');
        foreach (FormattableString row in rows)
            csv.AppendFormat(CultureInfo.InvariantCulture, row.Format, row.GetArguments()).Append('\n');
        return csv.ToString();
    }
}

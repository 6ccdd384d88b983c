using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Bandwidth and IOPS over time (docs/analyses/throughput.md).</summary>
public static class ThroughputTable
{
    /// <summary>A row per operation and time bin.</summary>
    public static readonly TableOf<TraceReport> Throughput = new("throughput", "Bandwidth and IOPS over time",
        [
            .. Operations.Columns, Column.Seconds("bin_start_seconds", "From"), Column.Id("bin_start_ns", "From, trace clock"), Column.Count("requests", "Requests"), Column.Bytes("bytes", "Bytes"),
            Column.Count("iops", "IOPS"), Column.Rate("bytes_per_second", "Bandwidth"),
        ],
        (report, rows) =>
        {
            double binSeconds = report.Time.WidthNs / 1e9;
            foreach ((string device, string scope, OperationReport operation) in Operations.Of(report))
            {
                ThroughputResult series = operation.Throughput;
                for (int bin = 0; bin < series.Requests.Length; bin++)
                {
                    rows.Add(device, scope, operation.Name, Operations.StartSeconds(report, report.Time, bin), Operations.StartNs(report.Time, bin),
                        series.Requests[bin], series.Bytes[bin], series.Requests[bin] / binSeconds, series.Bytes[bin] / binSeconds);
                }
            }
        });
}

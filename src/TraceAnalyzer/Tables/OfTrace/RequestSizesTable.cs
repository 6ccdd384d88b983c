using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Requests by exact size (docs/analyses/request-sizes.md).</summary>
public static class RequestSizesTable
{
    /// <summary>A row per operation and size.</summary>
    public static readonly TableOf<TraceReport> Sizes = new("request_sizes", "Requests by size",
        [.. Operations.Columns, Column.Bytes("size_bytes", "Size"), Column.Count("requests", "Requests"), Column.Share("share_of_requests", "Of requests"), Column.Share("share_of_bytes", "Of bytes")],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation) in Operations.Of(report))
            {
                foreach (SizeCount size in operation.Sizes.Sizes)
                {
                    rows.Add(device, scope, operation.Name, size.SizeBytes, size.Requests,
                        Operations.ShareOf(size.Requests, operation.Overview.Requests),
                        Operations.ShareOf((double)size.SizeBytes * size.Requests, operation.Overview.Bytes));
                }
            }
        });
}

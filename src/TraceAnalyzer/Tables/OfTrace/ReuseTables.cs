using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>When pages were accessed again, and what memory would save (docs/analyses/reuse.md).</summary>
public static class ReuseTables
{
    /// <summary>A row per device for reads and one for writes.</summary>
    public static readonly TableOf<TraceReport> Reuse = new("reuse", "Pages accessed again",
        [
            Column.Text("device", "Device"), Column.Text("operation", "Operation"), Column.Bytes("page_bytes_accessed", "Whole pages"), Column.Bytes("again_bytes", "Accessed before"), Column.Share("again_share", "Share"),
            Column.Bytes("distance_p50_bytes", "Reuse distance p50"), Column.Bytes("distance_p90_bytes", "Distance p90"), Column.Bytes("distance_p99_bytes", "Distance p99"),
            Column.Ns("time_p50_ns", "Reuse time p50"), Column.Ns("time_p90_ns", "Time p90"), Column.Ns("time_p99_ns", "Time p99"),
            Column.Bytes("footprint_bytes", "Footprint of both"), Column.Share("sampled_share", "Pages followed"), Column.Share("sampling_error", "Standard error"),
        ],
        (report, rows) =>
        {
            foreach ((DeviceReport device, ReuseResult reuse) in Devices(report))
            {
                Add("read", reuse.Read, reuse.ReadBytes);
                Add("write", reuse.Write, reuse.WriteBytes);

                void Add(string operation, ReuseStatistics? statistics, long bytes)
                {
                    if (statistics is not null)
                    {
                        rows.Add(device.Device, operation, bytes, statistics.AgainBytes, Operations.ShareOf(statistics.AgainBytes, bytes), statistics.DistanceP50Bytes, statistics.DistanceP90Bytes, statistics.DistanceP99Bytes,
                            statistics.TimeP50Ns, statistics.TimeP90Ns, statistics.TimeP99Ns, reuse.FootprintBytes, reuse.SampledShare, reuse.SamplingError);
                    }
                }
            }
        })
    {
        Note = "bytes of whole pages of 4 KiB; `distance_*` counts distinct pages read or written since the page was accessed before, itself included",
    };

    /// <summary>A row per device and size of memory.</summary>
    public static readonly TableOf<TraceReport> Memory = new("memory_curve", "What more memory would save",
        [
            Column.Text("device", "Device"), Column.Bytes("added_bytes", "More memory"), Column.Bytes("lru_saved_bytes", "LRU saves"), Column.Share("lru_saved_share", "LRU, of reads"),
            Column.Bytes("pinned_saved_bytes", "Pinning saves"), Column.Share("pinned_saved_share", "Pinning, of reads"), Column.Bytes("optimal_saved_bytes", "Optimum saves"), Column.Share("optimal_saved_share", "Optimum, of reads"),
        ],
        (report, rows) =>
        {
            foreach ((DeviceReport device, ReuseResult reuse) in Devices(report))
            {
                foreach (MemoryPoint point in reuse.Memory)
                    rows.Add([device.Device, .. Savings(point, reuse.ReadBytes)]);
            }
        })
    {
        Note = "shares are of the bytes read, in whole pages; 1 less `lru_saved_share` is the miss ratio of the added cache",
    };

    /// <summary>A row per device and window of time.</summary>
    public static readonly TableOf<TraceReport> WorkingSet = new("working_set", "Distinct pages over time",
        [Column.Text("device", "Device"), Column.Seconds("time_s", "From"), Column.Seconds("window_s", "Window"), Column.Bytes("unique_bytes", "Distinct"), Column.Bytes("new_bytes", "Never accessed before")],
        (report, rows) =>
        {
            foreach ((DeviceReport device, ReuseResult reuse) in Devices(report))
            {
                TimeBinning windows = reuse.WorkingSet.Windows;
                for (int window = 0; window < windows.Count; window++)
                    rows.Add(device.Device, Operations.StartSeconds(report, windows, window), windows.WidthNs / 1e9, reuse.WorkingSet.UniqueBytes[window], reuse.WorkingSet.NewBytes[window]);
            }
        });

    /// <summary>A row per token of the run's device.</summary>
    public static readonly TableOf<TraceReport> Tokens = new("token_working_set", "Distinct pages read per token",
        [Column.Text("device", "Device"), Column.Id("token", "Token"), Column.Bytes("unique_bytes", "Distinct"), Column.Bytes("repeated_bytes", "Read by the token before too"), Column.Share("repeated_share", "Share")],
        (report, rows) =>
        {
            foreach ((DeviceReport device, ReuseResult reuse) in Devices(report))
            {
                foreach (TokenWorkingSet token in reuse.Tokens)
                    rows.Add(device.Device, token.Index, token.UniqueBytes, token.RepeatedBytes, Operations.ShareOf(token.RepeatedBytes, token.UniqueBytes));
            }
        });

    /// <summary>A row per layer, or expert of it.</summary>
    public static readonly TableOf<TraceReport> Groups = new("reuse_layers", "Pages read again, by layer and expert",
        [
            Column.Text("device", "Device"), Column.Id("layer", "Layer"), Column.Id("expert", "Expert"), Column.Bytes("footprint_bytes", "Footprint"), Column.Bytes("read_bytes", "Read"),
            Column.Bytes("again_bytes", "Pinning saves"), Column.Share("again_share", "Of all reads"), Column.Bytes("distance_p50_bytes", "Reuse distance p50"), Column.Ns("time_p50_ns", "Reuse time p50"),
        ],
        (report, rows) =>
        {
            foreach ((DeviceReport device, ReuseResult reuse) in Devices(report))
            {
                foreach (ReuseGroup group in reuse.Groups)
                    rows.Add(device.Device, group.Layer, group.Expert, group.FootprintBytes, group.ReadBytes, group.AgainBytes, reuse.ShareOfReads(group.AgainBytes), group.DistanceP50Bytes, group.TimeP50Ns);
            }
        })
    {
        Note = "without a layer: tensors of none (embeddings, output head); without an expert, in a model that has some: what all tokens use of the layer",
    };

    /// <summary>A size of memory and what it saves, with the shares of the reads.</summary>
    internal static Value[] Savings(MemoryPoint point, long readBytes) =>
    [
        point.AddedBytes, point.LruSavedBytes, Operations.ShareOf(point.LruSavedBytes, readBytes), point.PinnedSavedBytes, Operations.ShareOf(point.PinnedSavedBytes, readBytes),
        point.OptimalSavedBytes, Operations.ShareOf(point.OptimalSavedBytes, readBytes),
    ];

    private static IEnumerable<(DeviceReport Device, ReuseResult Reuse)> Devices(TraceReport report) =>
        from device in report.Devices
        where device.Reuse is not null
        select (device, device.Reuse);
}

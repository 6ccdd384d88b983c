using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>Totals of an operation, and its requests and bytes over time.</summary>
internal static class OverviewSummary
{
    /// <summary>Requests and bytes in the bins of the report, whose width is a multiple of those kept.</summary>
    public static ThroughputResult Throughput(OperationAccumulators accumulators, TimeBinning time)
    {
        var throughput = new ThroughputResult(new long[time.Count], new long[time.Count]);
        long factor = time.WidthNs / accumulators.Throughput.Scale.WidthNs;
        foreach ((int bin, long requests, long bytes) in accumulators.Throughput.Bins)
        {
            int at = (int)Math.Min(bin / factor, time.Count - 1);
            throughput.Requests[at] += requests;
            throughput.Bytes[at] += bytes;
        }

        return throughput;
    }

    /// <summary>The totals.</summary>
    /// <param name="accumulators">The operation.</param>
    /// <param name="throughput">It over time.</param>
    /// <param name="time">The bins of that.</param>
    /// <param name="touchedSectors">Distinct sectors touched.</param>
    /// <param name="spanNs">From the first to the last counted request of any operation of the device.</param>
    public static OverviewResult Of(OperationAccumulators accumulators, ThroughputResult throughput, TimeBinning time, long touchedSectors, long spanNs)
    {
        SizeCount[] sizes = accumulators.Sizes.Sizes();
        long requests = accumulators.Sizes.Requests;
        long bytes = accumulators.Sizes.Bytes;
        double? seconds = spanNs > 0 ? spanNs / 1e9 : null;
        double binSeconds = time.WidthNs / 1e9;
        return new OverviewResult
        {
            Requests = requests,
            Bytes = bytes,
            MinSizeBytes = accumulators.Sizes.Min,
            MeanSizeBytes = (double)bytes / requests,
            MedianSizeBytes = MedianSize(sizes, requests),
            MaxSizeBytes = accumulators.Sizes.Max,
            FirstNs = accumulators.Throughput.FirstNs,
            LastNs = accumulators.Throughput.LastNs,
            DurationNs = accumulators.Throughput.LastNs - accumulators.Throughput.FirstNs,
            MeanIops = requests / seconds,
            MeanBytesPerSecond = bytes / seconds,
            PeakIops = throughput.Requests.Max() / binSeconds,
            PeakBytesPerSecond = throughput.Bytes.Max() / binSeconds,
            FootprintBytes = touchedSectors * BlockEvent.SectorBytes,
        };
    }

    private static long MedianSize(SizeCount[] sizes, long requests)
    {
        long seen = 0;
        foreach (SizeCount size in sizes)
        {
            seen += size.Requests;
            if (seen * 2 >= requests)
                return size.SizeBytes;
        }

        return 0;
    }
}

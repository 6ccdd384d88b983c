using System.Collections.Immutable;

namespace TraceAnalyzer.Reports;

/// <summary>
/// The series of a <see cref="TraceReport"/> as CSV files, one a series, described in docs/report-schema.md. A series without rows has no file.
/// Seconds count from the start of <see cref="TraceReport.Time"/>, nanoseconds are those of the trace's clock.
/// </summary>
public static class ReportCsv
{
    private const double NsPerSecond = 1e9;
    private const string StatisticsColumns = "count,min_ns,mean_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns,relative_error";

    /// <summary>Every file there can be, in the order in which the documentation has them.</summary>
    internal static readonly ImmutableArray<CsvTable> Tables =
    [
        new("overview.csv",
            "device,scope,operation,class,requests,bytes,min_size_bytes,mean_size_bytes,median_size_bytes,max_size_bytes,"
            + "dominating_size_bytes,dominating_share_of_requests,dominating_share_of_bytes,first_ns,last_ns,duration_ns,"
            + "mean_iops,mean_bytes_per_second,peak_iops,peak_bytes_per_second,footprint_bytes",
            Overview),
        new("request_sizes.csv", "device,scope,operation,size_bytes,requests,share_of_requests,share_of_bytes", RequestSizes),
        new("throughput.csv", "device,scope,operation,bin_start_seconds,bin_start_ns,requests,bytes,iops,bytes_per_second", Throughput),
        new("sector_access.csv", "device,scope,operation,touched_sectors,accessed_sectors,runs,max_accesses,mean_accesses,gini", SectorAccess),
        new("sector_access_distribution.csv", "device,scope,operation,accesses,sectors,cdf", SectorAccessDistribution),
        new("lorenz.csv", "device,scope,operation,sector_share,access_share", Lorenz),
        new("hot_shares.csv", "device,scope,operation,hottest_sector_share,access_share", HotShares),
        new("access_map.csv", "device,scope,operation,row_start_sector,row_end_sector,touched_sectors,accessed_sectors,max_accesses", AccessMap),
        new("sector_time.csv", "device,class,row_start_sector,row_end_sector,column_start_ns,accessed_sectors", SectorTime),
        new("latency.csv", "device,scope,operation,kind," + StatisticsColumns, Latency),
        new("latency_by_size.csv", "device,scope,operation,kind,above_bytes,up_to_bytes," + StatisticsColumns, LatencyBySize),
        new("latency_over_time.csv", "device,scope,operation,kind,column_start_seconds,column_start_ns,requests,p50_ns,p99_ns,max_ns", LatencyOverTime),
        new("latency_histogram.csv", "device,scope,operation,kind,up_to_ns,requests,cdf", LatencyHistogram),
        new("inter_arrival.csv", "device,operation," + StatisticsColumns, InterArrivals),
        new("inter_arrival_histogram.csv", "device,operation,up_to_ns,requests,cdf", InterArrivalHistogram),
        new("queue_depth.csv", "device,column_start_seconds,column_start_ns,mean_depth,max_depth", QueueDepth),
        new("queue_depth_distribution.csv", "device,depth,time_ns,share_of_time,issued_requests", QueueDepthDistribution),
        new("reissues.csv", "device,reissues", Reissues),
        new("processes.csv", "device,pid,process,read_requests,read_bytes,write_requests,write_bytes,other_requests", Processes),
        new("paths.csv", "device,path,read_requests,read_bytes,write_requests,write_bytes,other_requests,share_of_bytes,meaning", Paths),
        new("cpus.csv", "device,cpu,read_requests,read_bytes,write_requests,write_bytes,other_requests", Cpus),
        new("integrity.csv", "counter,count,meaning,first_place", Integrity),
        new("study_bandwidth.csv", "second,read_bytes,write_bytes", StudyBandwidth),
        new("study_sizes.csv", "rwbs,size_kib,requests", StudySizes),
        new("study_access.csv", "rwbs,accesses,sectors,cdf", StudyAccesses),
        new("findings.csv", "id,title,verdict,sentence,figure,trace_completeness,caveats", Findings),
        new("evidence.csv", "id,name,value,unit,threshold", FindingEvidence),
        .. RunCsv.Tables,
    ];

    /// <summary>Writes every series that has rows into <paramref name="folder"/>, which exists and has no such files yet.</summary>
    /// <exception cref="IOException">A file exists or cannot be written.</exception>
    public static void WriteAll(TraceReport report, string folder)
    {
        foreach (CsvTable table in Tables)
        {
            using var csv = new CsvWriter(Path.Combine(folder, table.FileName), table.Header);
            table.WriteRows(report, csv);
        }
    }

    private static void Findings(TraceReport report, CsvWriter csv)
    {
        foreach (Finding finding in report.Findings)
            csv.Row(finding.Id, finding.Title, finding.Verdict, finding.Sentence, finding.Figure, finding.TraceCompleteness is { } share ? share : default(CsvValue), string.Join("; ", finding.Caveats));
    }

    private static void FindingEvidence(TraceReport report, CsvWriter csv)
    {
        foreach (Finding finding in report.Findings)
        {
            foreach (Evidence evidence in finding.Evidence)
                csv.Row(finding.Id, evidence.Name, evidence.Value, evidence.Unit, evidence.Threshold);
        }
    }

    private static void Overview(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation) in OperationsOf(report))
        {
            OverviewResult overview = operation.Overview;
            RequestSizeResult sizes = operation.Sizes;
            csv.Row(device, scope, operation.Name, operation.Class, overview.Requests, overview.Bytes,
                overview.MinSizeBytes, overview.MeanSizeBytes, overview.MedianSizeBytes, overview.MaxSizeBytes,
                sizes.DominatingSizeBytes, sizes.DominatingShareOfRequests, sizes.DominatingShareOfBytes,
                overview.FirstNs, overview.LastNs, overview.DurationNs,
                overview.MeanIops, overview.MeanBytesPerSecond, overview.PeakIops, overview.PeakBytesPerSecond, overview.FootprintBytes);
        }
    }

    private static void Reissues(TraceReport report, CsvWriter csv)
    {
        foreach (DeviceReport device in report.Devices.Where(device => device.Reissues > 0))
            csv.Row(device.Device, device.Reissues);
    }

    private static void RequestSizes(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation) in OperationsOf(report))
        {
            foreach (SizeCount size in operation.Sizes.Sizes)
            {
                csv.Row(device, scope, operation.Name, size.SizeBytes, size.Requests,
                    ShareOf(size.Requests, operation.Overview.Requests),
                    ShareOf((double)size.SizeBytes * size.Requests, operation.Overview.Bytes));
            }
        }
    }

    private static void Throughput(TraceReport report, CsvWriter csv)
    {
        double binSeconds = report.Time.WidthNs / NsPerSecond;
        foreach ((string device, string scope, OperationReport operation) in OperationsOf(report))
        {
            ThroughputResult series = operation.Throughput;
            for (int bin = 0; bin < series.Requests.Length; bin++)
            {
                csv.Row(device, scope, operation.Name, StartSeconds(report, report.Time, bin), StartNs(report.Time, bin),
                    series.Requests[bin], series.Bytes[bin], series.Requests[bin] / binSeconds, series.Bytes[bin] / binSeconds);
            }
        }
    }

    private static void SectorAccess(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation, SectorAccessResult access) in SectorAccessesOf(report))
        {
            csv.Row(device, scope, operation.Name, access.TouchedSectors, access.AccessedSectors, access.Runs,
                access.MaxAccesses, access.MeanAccesses, access.Gini);
        }
    }

    private static void SectorAccessDistribution(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation, SectorAccessResult access) in SectorAccessesOf(report))
        {
            long sectorsSoFar = 0;
            foreach (AccessCount count in access.Distribution)
            {
                sectorsSoFar += count.Sectors;
                csv.Row(device, scope, operation.Name, count.Accesses, count.Sectors, ShareOf(sectorsSoFar, access.TouchedSectors));
            }
        }
    }

    private static void Lorenz(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation, SectorAccessResult access) in SectorAccessesOf(report))
        {
            foreach (LorenzPoint point in access.Lorenz)
                csv.Row(device, scope, operation.Name, point.SectorShare, point.AccessShare);
        }
    }

    private static void HotShares(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation, SectorAccessResult access) in SectorAccessesOf(report))
        {
            foreach (HotShare share in access.HotShares)
                csv.Row(device, scope, operation.Name, share.HottestSectorShare, share.AccessShare);
        }
    }

    private static void AccessMap(TraceReport report, CsvWriter csv)
    {
        foreach (DeviceReport device in report.Devices)
        {
            if (device.Space is not { } space)
                continue;

            foreach (OperationReport operation in device.Operations)
            {
                if (operation.SectorAccess is not { RowTouchedSectors: { } touched, RowAccessedSectors: { } accessed, RowMaxAccesses: { } most })
                    continue;

                string scope = ScopeName(operation.Scope);
                for (int row = 0; row < touched.Length; row++)
                {
                    if (touched[row] == 0)
                        continue;
                    long start = space.RowStartSectors[row];
                    csv.Row(device.Device, scope, operation.Name, start, start + space.RowSectors, touched[row], accessed[row], most[row]);
                }
            }
        }
    }

    private static void SectorTime(TraceReport report, CsvWriter csv)
    {
        foreach (DeviceReport device in report.Devices)
        {
            if (device.Space is not { } space)
                continue;

            foreach (SectorTimeResult map in device.SectorTime)
            {
                for (int row = 0; row < map.Rows.Length; row++)
                {
                    long start = space.RowStartSectors[row];
                    long[] cells = map.Rows[row];
                    for (int column = 0; column < cells.Length; column++)
                    {
                        if (cells[column] != 0)
                            csv.Row(device.Device, map.Class, start, start + space.RowSectors, StartNs(map.Columns, column), cells[column]);
                    }
                }
            }
        }
    }

    private static void Latency(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation, string kind, LatencyStatistics s) in LatenciesOf(report))
        {
            csv.Row(device, scope, operation.Name, kind,
                s.Count, s.MinNs, s.MeanNs, s.P50Ns, s.P90Ns, s.P99Ns, s.P999Ns, s.MaxNs, s.RelativeError);
        }
    }

    private static void LatencyBySize(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation) in OperationsOf(report))
        {
            foreach (SizeLatency size in operation.Latency?.BySize ?? [])
            {
                LatencyStatistics s = size.Statistics;
                csv.Row(device, scope, operation.Name, operation.Latency!.DetailKind, size.AboveBytes, size.UpToBytes,
                    s.Count, s.MinNs, s.MeanNs, s.P50Ns, s.P90Ns, s.P99Ns, s.P999Ns, s.MaxNs, s.RelativeError);
            }
        }
    }

    private static void LatencyOverTime(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation) in OperationsOf(report))
        {
            if (operation.Latency is not { OverTime: { } series } latency)
                continue;

            for (int column = 0; column < series.Counts.Length; column++)
            {
                if (series.Counts[column] is not { } counts)
                    continue;
                csv.Row(device, scope, operation.Name, latency.DetailKind,
                    StartSeconds(report, series.Columns, column), StartNs(series.Columns, column),
                    counts.Sum(), series.P50Ns[column], series.P99Ns[column], series.MaxNs[column]);
            }
        }
    }

    private static void LatencyHistogram(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, string scope, OperationReport operation, string kind, LatencyStatistics statistics) in LatenciesOf(report))
        {
            long requestsSoFar = 0;
            foreach (LatencyBucket bucket in statistics.Buckets)
            {
                requestsSoFar += bucket.Count;
                csv.Row(device, scope, operation.Name, kind, bucket.UpToNs, bucket.Count, ShareOf(requestsSoFar, statistics.Count));
            }
        }
    }

    private static void QueueDepth(TraceReport report, CsvWriter csv)
    {
        foreach (DeviceReport device in report.Devices)
        {
            if (device.QueueDepth is not { } depth)
                continue;

            for (int column = 0; column < depth.Mean.Length; column++)
            {
                csv.Row(device.Device, StartSeconds(report, depth.Columns, column), StartNs(depth.Columns, column),
                    depth.Mean[column], depth.Max[column]);
            }
        }
    }

    private static void QueueDepthDistribution(TraceReport report, CsvWriter csv)
    {
        foreach (DeviceReport device in report.Devices)
        {
            if (device.QueueDepth is not { TimeAtDepthNs: { } times, IssuedAtDepth: { } issued })
                continue;

            long allNs = times.Sum();
            for (int depth = 0; depth < Math.Max(times.Length, issued.Length); depth++)
            {
                long timeNs = depth < times.Length ? times[depth] : 0;
                csv.Row(device.Device, depth, timeNs, ShareOf(timeNs, allNs), depth < issued.Length ? issued[depth] : 0);
            }
        }
    }

    private static void Processes(TraceReport report, CsvWriter csv)
    {
        foreach (DeviceReport device in report.Devices)
        {
            foreach (ProcessUse use in device.Processes)
                csv.Row(device.Device, use.Pid, use.Name, use.ReadRequests, use.ReadBytes, use.WriteRequests, use.WriteBytes, use.OtherRequests);
            if (device.OtherProcesses is { } rest)
                csv.Row(device.Device, default, $"others: {rest.AtLeast.ToString(System.Globalization.CultureInfo.InvariantCulture)}", rest.ReadRequests, rest.ReadBytes, rest.WriteRequests, rest.WriteBytes, rest.OtherRequests);
        }
    }

    private static void Paths(TraceReport report, CsvWriter csv)
    {
        foreach (DeviceReport device in report.Devices)
        {
            foreach (PathUse use in device.Paths)
                csv.Row(device.Device, use.Path, use.ReadRequests, use.ReadBytes, use.WriteRequests, use.WriteBytes, use.OtherRequests, use.ShareOfBytes, use.Meaning);
        }
    }

    private static void Cpus(TraceReport report, CsvWriter csv)
    {
        foreach (DeviceReport device in report.Devices)
        {
            foreach (CpuUse use in device.Cpus)
                csv.Row(device.Device, use.Cpu, use.ReadRequests, use.ReadBytes, use.WriteRequests, use.WriteBytes, use.OtherRequests);
        }
    }

    private static void Integrity(TraceReport report, CsvWriter csv)
    {
        foreach (IntegrityCounter counter in report.Integrity)
            csv.Row(counter.Name, counter.Count, counter.Meaning, counter.FirstPlace);
    }

    private static void StudyBandwidth(TraceReport report, CsvWriter csv)
    {
        if (report.Study is not { } study)
            return;

        for (int i = 0; i < study.ReadBytes.Length; i++)
            csv.Row(study.Seconds?[i] ?? study.FirstSecond + i, study.ReadBytes[i], study.WriteBytes[i]);
    }

    private static void StudySizes(TraceReport report, CsvWriter csv)
    {
        foreach (StudyOperation operation in report.Study?.Operations ?? [])
        {
            foreach (StudySize size in operation.Sizes)
                csv.Row(operation.Rwbs, size.SizeKiB, size.Requests);
        }
    }

    private static void StudyAccesses(TraceReport report, CsvWriter csv)
    {
        foreach (StudyOperation operation in report.Study?.Operations ?? [])
        {
            foreach (StudyAccess access in operation.Access)
                csv.Row(operation.Rwbs, access.Accesses, access.Sectors, access.Cdf);
        }
    }

    private static void InterArrivals(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, _, OperationReport operation) in OperationsOf(report))
        {
            if (operation.InterArrival is { } s)
                csv.Row(device, operation.Name, s.Count, s.MinNs, s.MeanNs, s.P50Ns, s.P90Ns, s.P99Ns, s.P999Ns, s.MaxNs, s.RelativeError);
        }
    }

    private static void InterArrivalHistogram(TraceReport report, CsvWriter csv)
    {
        foreach ((string device, _, OperationReport operation) in OperationsOf(report))
        {
            long seen = 0;
            foreach (LatencyBucket bucket in operation.InterArrival?.Buckets ?? [])
            {
                seen += bucket.Count;
                csv.Row(device, operation.Name, bucket.UpToNs, bucket.Count, ShareOf(seen, operation.InterArrival!.Count));
            }
        }
    }

    private static IEnumerable<(string Device, string Scope, OperationReport Operation)> OperationsOf(TraceReport report) =>
        from device in report.Devices
        from operation in device.Operations
        select (device.Device, ScopeName(operation.Scope), operation);

    private static IEnumerable<(string Device, string Scope, OperationReport Operation, SectorAccessResult Access)> SectorAccessesOf(TraceReport report) =>
        from item in OperationsOf(report)
        where item.Operation.SectorAccess is not null
        select (item.Device, item.Scope, item.Operation, item.Operation.SectorAccess);

    private static IEnumerable<(string Device, string Scope, OperationReport Operation, string Kind, LatencyStatistics Statistics)> LatenciesOf(TraceReport report) =>
        from item in OperationsOf(report)
        from latency in LatencyKinds.Of(item.Operation.Latency)
        select (item.Device, item.Scope, item.Operation, latency.Kind, latency.Statistics);

    private static long StartNs(TimeBinning bins, int index) => bins.OriginNs + index * bins.WidthNs;

    private static double StartSeconds(TraceReport report, TimeBinning bins, int index) => (StartNs(bins, index) - report.Time.OriginNs) / NsPerSecond;

    private static double ShareOf(double part, double whole) => whole > 0 ? part / whole : 0;

    private static string ScopeName(OperationScope scope) => scope switch
    {
        OperationScope.Transfers => "transfers",
        OperationScope.Class => "class",
        _ => "rwbs",
    };
}

/// <summary>One CSV file: its name, the names of its columns with commas between them, and what writes its rows.</summary>
internal sealed record CsvTable(string FileName, string Header, Action<TraceReport, CsvWriter> WriteRows);

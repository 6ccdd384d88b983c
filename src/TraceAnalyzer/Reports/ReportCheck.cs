using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports;

/// <summary>
/// Checks a report that was saved, which may have been edited: what follows may rely on numbers that are finite and in their ranges, on series as long as
/// their axis, and on distributions that ascend. The first that is not is an error that names its place in the JSON.
/// </summary>
/// <param name="name">What to call the file.</param>
/// <param name="root">Where the report is in its JSON.</param>
/// <param name="what">What the file is.</param>
internal sealed class ReportCheck(string name, string root = "$", string what = "report")
{
    // Greatest that any time or count can be; beyond, axes and sums do not end.
    private const double MaxNumber = long.MaxValue;
    private const int MaxBins = 4_000_000;

    // The only lists with gaps in them: histograms of columns without requests, and of a comparison what a run does not have.
    private static bool MayHaveGaps(string path, string property) =>
        property == "counts" || (property == "runs" && path.StartsWith("$.distributions", StringComparison.Ordinal)) || (property == "durationNs" && path.StartsWith("$.bandwidth", StringComparison.Ordinal));


    // Times of a device that may lie before the zero of the clock; and -1, the number of an unknown process.
    private static readonly string[] s_signed = ["originNs", "firstNs", "lastNs", "firstBucketAboveNs", "pid", "strideBytes", "leastBytes", "greatestBytes", "correlation"];

    /// <summary>Checks the numbers of the JSON, whatever they are, and that no list has gaps.</summary>
    /// <exception cref="TraceException">A number is out of range, or a value is missing.</exception>
    public void CheckNumbers(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        CheckNumbers(document.RootElement);
    }

    /// <summary>The same for JSON that is parsed.</summary>
    /// <exception cref="TraceException">One is out of range.</exception>
    public void CheckNumbers(JsonElement json) => CheckNumbers(json, root, "", mayBeNegative: true);

    /// <summary>Checks what belongs together.</summary>
    /// <exception cref="TraceException">It does not.</exception>
    public void Check(TraceReport report)
    {
        Check(report.Time, root + ".time");
        for (int i = 0; i < report.Devices.Length; i++)
            Check(report.Devices[i], report.Time, Place(root + ".devices", i));
        if (report.Aggregate is { } aggregate)
            Check(aggregate, report, root + ".aggregate");
        if (report.Run?.Gpu is { } gpu)
        {
            CheckAscending(gpu.SampleNs, sample => sample, root + ".run.gpu.sampleNs", mayRepeat: true);
            CheckLength(gpu.SamplePercent.Length, gpu.SampleNs.Length, root + ".run.gpu.samplePercent");
        }
    }

    private void Check(AggregateReport aggregate, TraceReport report, string path)
    {
        Check(aggregate.Whole, report.Time, path + ".whole");
        CheckLength(aggregate.Balance.MaxOverMeanOverTime.Length, report.Time.Count, path + ".balance.maxOverMeanOverTime");
        CheckLength(aggregate.Balance.Parts.Length, aggregate.Devices.Length, path + ".balance.parts");
        CheckLength(report.Devices.Count(device => aggregate.Devices.Contains(device.Device)), aggregate.Devices.Length, path + ".devices");
        if (aggregate.Devices.Length < 2)
            throw Wrong(path + ".devices", "at least 2 devices", string.Create(CultureInfo.InvariantCulture, $"{aggregate.Devices.Length}"));
    }

    private void CheckNumbers(JsonElement element, string path, string property, bool mayBeNegative)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                    CheckNumbers(member.Value, $"{path}.{member.Name}", member.Name, mayBeNegative && !(path == root && member.Name is ("devices" or "aggregate")));
                break;
            case JsonValueKind.Array:
                int i = 0;
                foreach (JsonElement item in element.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.Null && !MayHaveGaps(path, property))
                        throw Wrong(Place(path, i), "a value", "null");
                    // A path for each number of a series would take long to make.
                    if (item.ValueKind == JsonValueKind.Number)
                        CheckNumber(item, path, property, mayBeNegative);
                    else
                        CheckNumbers(item, Place(path, i), property, mayBeNegative);
                    i++;
                }

                break;
            case JsonValueKind.Number:
                CheckNumber(element, path, property, mayBeNegative);
                break;
        }
    }

    private void CheckNumber(JsonElement element, string path, string property, bool mayBeNegative)
    {
        double number = element.GetDouble();
        if (!double.IsFinite(number) || Math.Abs(number) > MaxNumber)
            throw Wrong(path, "a number of at most 2^63", element.GetRawText());
        if (number < 0 && !mayBeNegative && !s_signed.Contains(property))
            throw Wrong(path, "a number that is not negative", element.GetRawText());
        bool isShare = property.EndsWith("Share", StringComparison.Ordinal) || property is "gini" or "relativeError";
        if (isShare && number is < 0 or > 1.000001)
            throw Wrong(path, "a share from 0 to 1", element.GetRawText());
    }

    // Bins must start within the clock; the last may end beyond, where a damaged time is the last that there is.
    private void Check(TimeBinning bins, string path)
    {
        if (bins.WidthNs < 1 || bins.Count is < 0 or > MaxBins || bins.OriginNs > long.MaxValue - (bins.WidthNs * Math.Max(0, bins.Count - 1.0)))
            throw Wrong(path, string.Create(CultureInfo.InvariantCulture, $"bins of at least 1 ns, at most {MaxBins}"), bins.ToString());
    }

    private void Check(DeviceReport device, TimeBinning time, string path)
    {
        if (device.Space is { } space)
        {
            if (space.RowSectors < 1)
                throw Wrong(path + ".space.rowSectors", "at least 1", space.RowSectors.ToString(CultureInfo.InvariantCulture));
            CheckAscending(space.RowStartSectors, start => start, path + ".space.rowStartSectors", mayRepeat: false);
        }

        int rows = device.Space?.RowStartSectors.Length ?? 0;
        for (int i = 0; i < device.Operations.Length; i++)
            Check(device.Operations[i], time, rows, Place(path + ".operations", i));
        for (int i = 0; i < device.SectorTime.Length; i++)
        {
            SectorTimeResult map = device.SectorTime[i];
            string place = Place(path + ".sectorTime", i);
            Check(map.Columns, place + ".columns");
            CheckLength(map.Rows.Length, rows, place + ".rows");
            if (Array.FindIndex(map.Rows, row => row is null || row.Length > map.Columns.Count) is >= 0 and var wrong)
                throw Wrong(Place(place + ".rows", wrong), "no more values than columns", "more");
        }

        if (device.TimeUse is { } use)
        {
            CheckAscending(use.Depths, depth => depth.FromDepth, path + ".timeUse.depths", mayRepeat: false);
            CheckSum([use.IdleNs, .. use.Depths.Select(depth => depth.TimeNs)], path + ".timeUse.depths");
        }

        if (device.QueueDepth is not { } depth)
            return;
        Check(depth.Columns, path + ".queueDepth.columns");
        CheckLength(depth.Mean.Length, depth.Columns.Count, path + ".queueDepth.mean");
        CheckLength(depth.Max.Length, depth.Columns.Count, path + ".queueDepth.max");
        CheckSum(depth.TimeAtDepthNs, path + ".queueDepth.timeAtDepthNs");
        CheckSum(depth.IssuedAtDepth, path + ".queueDepth.issuedAtDepth");
    }

    private void Check(OperationReport operation, TimeBinning time, int rows, string path)
    {
        if (operation.Class is null != (operation.Scope == OperationScope.Transfers))
            throw Wrong(path + ".class", operation.Class is null ? "a class of operations" : "transfers", operation.Class?.Name() ?? "transfers");
        CheckLength(operation.Throughput.Requests.Length, time.Count, path + ".throughput.requests");
        CheckLength(operation.Throughput.Bytes.Length, time.Count, path + ".throughput.bytes");
        CheckSum(operation.Throughput.Requests, path + ".throughput.requests");
        CheckSum(operation.Throughput.Bytes, path + ".throughput.bytes");
        CheckAscending(operation.Sizes.Sizes, size => size.SizeBytes, path + ".sizes.sizes", mayRepeat: false);
        CheckSum([.. operation.Sizes.Sizes.Select(size => size.Requests)], path + ".sizes.sizes");
        if (operation.SectorAccess is { } access)
            Check(access, rows, path + ".sectorAccess");
        if (operation.InterArrival is { } arrival)
            Check(arrival, path + ".interArrival");
        if (operation.Latency is not { } latency)
            return;
        foreach ((LatencyStatistics? times, string kind) in (ReadOnlySpan<(LatencyStatistics?, string)>)[(latency.Q2D, ".q2D"), (latency.D2C, ".d2C"), (latency.Q2C, ".q2C")])
        {
            if (times is not null)
                Check(times, path + ".latency" + kind);
        }

        for (int i = 0; i < latency.BySize.Length; i++)
            Check(latency.BySize[i].Statistics, Place(path + ".latency.bySize", i) + ".statistics");
        Check(latency.OverTime, path + ".latency.overTime");
    }

    private void Check(SectorAccessResult access, int rows, string path)
    {
        CheckAscending(access.Distribution, count => count.Accesses, path + ".distribution", mayRepeat: false);
        CheckSum([.. access.Distribution.Select(count => count.Sectors)], path + ".distribution");
        CheckAscending(access.Lorenz, point => point.SectorShare, path + ".lorenz", mayRepeat: true);
        CheckAscending(access.Lorenz, point => point.AccessShare, path + ".lorenz", mayRepeat: true);
        CheckLength(access.RowAccessedSectors?.Length ?? rows, rows, path + ".rowAccessedSectors");
        CheckLength(access.RowTouchedSectors?.Length ?? rows, rows, path + ".rowTouchedSectors");
        CheckLength(access.RowMaxAccesses?.Length ?? rows, rows, path + ".rowMaxAccesses");
    }

    private void Check(LatencyStatistics times, string path)
    {
        CheckAscending([times.P50Ns, times.P90Ns, times.P99Ns, times.P999Ns], percentile => percentile, path + ".p50Ns", mayRepeat: true);
        CheckAscending([times.MinNs, times.MaxNs], bound => bound, path + ".minNs", mayRepeat: true);
        CheckAscending(times.Buckets, bucket => bucket.UpToNs, path + ".buckets", mayRepeat: false);
        long count = CheckSum([.. times.Buckets.Select(bucket => bucket.Count)], path + ".buckets");
        if (count != times.Count)
            throw Wrong(path + ".count", "the sum of the buckets", times.Count.ToString(CultureInfo.InvariantCulture));
    }

    private void Check(LatencyOverTime times, string path)
    {
        Check(times.Columns, path + ".columns");
        CheckAscending(times.BucketUpToNs, bound => bound, path + ".bucketUpToNs", mayRepeat: false);
        CheckLength(times.Counts.Length, times.Columns.Count, path + ".counts");
        CheckLength(times.P50Ns.Length, times.Columns.Count, path + ".p50Ns");
        CheckLength(times.P99Ns.Length, times.Columns.Count, path + ".p99Ns");
        CheckLength(times.MaxNs.Length, times.Columns.Count, path + ".maxNs");
        for (int i = 0; i < times.Counts.Length; i++)
            CheckLength(times.Counts[i]?.Length ?? times.BucketUpToNs.Length, times.BucketUpToNs.Length, Place(path + ".counts", i));
    }

    private void CheckLength(int length, int expected, string path)
    {
        if (length != expected)
            throw Wrong(path, string.Create(CultureInfo.InvariantCulture, $"{expected} values"), string.Create(CultureInfo.InvariantCulture, $"{length}"));
    }

    private long CheckSum(long[] counts, string path)
    {
        Int128 sum = 0;
        foreach (long count in counts)
            sum += count;
        return sum <= long.MaxValue ? (long)sum : throw Wrong(path, "a sum of at most 2^63", sum.ToString(CultureInfo.InvariantCulture));
    }

    private void CheckAscending<T>(T[] values, Func<T, double> key, string path, bool mayRepeat)
    {
        for (int i = 1; i < values.Length; i++)
        {
            double before = key(values[i - 1]), after = key(values[i]);
            if (after < before || (after == before && !mayRepeat && before < 1L << 53))
                throw Wrong(Place(path, i), "values that ascend", string.Create(CultureInfo.InvariantCulture, $"{after} after {before}"));
        }
    }

    private static string Place(string path, int i) => string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");

    private TraceException Wrong(string path, string expected, string found) =>
        new($"{name} is not an intact {what} of this tool: {path}: expected {expected}, found {found}");
}

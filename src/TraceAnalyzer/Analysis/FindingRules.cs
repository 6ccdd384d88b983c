using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Analysis;

/// <summary>The rules that turn numbers into findings. Each looks at the busiest device only: adding up devices would count remapped I/O twice.</summary>
internal sealed class FindingRules
{
    private const string Shown = "shown";
    private const string NotShown = "not shown";
    private const string NotAnswerable = "not answerable";
    private const double GiB = 1L << 30;

    private readonly FindingOptions _options;
    private readonly TraceReport _report;
    private readonly DeviceReport? _device;
    private readonly OperationReport? _read;
    private readonly OperationReport? _write;
    private readonly QueueSettings? _queue;
    private readonly double? _sequentialReads;

    private FindingRules(FindingOptions options, TraceReport report, QueueSettings? queue, Func<string, double?> sequentialReadsOf)
    {
        _options = options;
        _report = report;
        _device = BusiestOf(report);
        _read = ClassOf("read");
        _write = ClassOf("write");
        _queue = queue;
        _sequentialReads = _device is null ? null : sequentialReadsOf(_device.Device);
    }

    /// <summary>All findings, in the order in which they are documented.</summary>
    /// <param name="options">Thresholds.</param>
    /// <param name="report">What was found in the trace and, if it is known, the run.</param>
    /// <param name="queue">Limits of the device's queue; null if they are not known.</param>
    /// <param name="sequentialReadsOf">For a device the share of reads that continue an earlier one.</param>
    public static Finding[] Of(FindingOptions options, TraceReport report, QueueSettings? queue, Func<string, double?> sequentialReadsOf)
    {
        var rules = new FindingRules(options, report, queue, sequentialReadsOf);
        return rules._device is null
            ? []
            :
            [
                rules.DominatingSize(), rules.SizeIsCap(), rules.ReadOnlyAfterWriteOut(), rules.Uniform(), rules.EarlierRows(),
                rules.Buffered(), rules.Sequential(), rules.Saturated(), rules.ReadFarAboveWrite(),
            ];
    }

    /// <summary>The device with most bytes read and written; null if none has any.</summary>
    public static DeviceReport? BusiestOf(TraceReport report) =>
        report.Devices.Where(device => BytesOf(device) > 0).MaxBy(BytesOf);

    private static long BytesOf(DeviceReport device) =>
        device.Operations.FirstOrDefault(operation => operation.Scope == OperationScope.Transfers)?.Overview.Bytes ?? 0;

    private OperationReport? ClassOf(string name) =>
        _device?.Operations.FirstOrDefault(operation => operation.Scope == OperationScope.Class && operation.Name == name);

    private OperationReport Main => (_read?.Overview.Bytes ?? 0) >= (_write?.Overview.Bytes ?? 0) ? _read! : _write!;

    private Finding DominatingSize()
    {
        RequestSizeResult sizes = Main.Sizes;
        bool dominates = sizes.DominatingShareOfRequests >= _options.DominatingShare;
        return new Finding("dominating-size", "One request size dominates", dominates ? Shown : NotShown,
            $"{Units.Share(sizes.DominatingShareOfRequests)} of the {Main.Name}s are of {Units.Bytes(sizes.DominatingSizeBytes)}.",
            [
                new Evidence("size", sizes.DominatingSizeBytes, "bytes", null),
                new Evidence("share of requests", sizes.DominatingShareOfRequests, "share", _options.DominatingShare),
                new Evidence("share of bytes", sizes.DominatingShareOfBytes, "share", null),
            ],
            "request-sizes");
    }

    private Finding SizeIsCap()
    {
        const string Id = "request-size-cap";
        const string Title = "The main request size is a limit of device or kernel";
        RequestSizeResult sizes = Main.Sizes;
        (string Name, int? KiB)[] limits =
            [("max_sectors_kb", _queue?.MaxRequestKiB), ("MDTS", _queue?.MaxDataTransferKiB), ("read_ahead_kb", ReferenceEquals(Main, _read) ? _queue?.ReadAheadKiB : null)];
        limits = [.. limits.Where(limit => limit.KiB is > 0)];
        if (limits.Length == 0)
            return new Finding(Id, Title, NotAnswerable, "Neither max_sectors_kb nor read_ahead_kb nor MDTS of the device is known.", [], "request-sizes");

        string[] equal = [.. limits.Where(limit => limit.KiB * 1024L == sizes.DominatingSizeBytes).Select(limit => limit.Name)];
        bool isCap = equal.Length > 0 && sizes.DominatingSizeBytes == Main.Overview.MaxSizeBytes;
        string sentence = isCap
            ? $"{Units.Bytes(sizes.DominatingSizeBytes)}, the most frequent and the largest size, equals {string.Join(", ", equal)}: it says more about the system than about the framework."
            : $"The most frequent size, {Units.Bytes(sizes.DominatingSizeBytes)}, is none of the limits that are known ({string.Join(", ", limits.Select(limit => FormattableString.Invariant($"{limit.Name} {limit.KiB}")))} KiB), or larger requests occur (up to {Units.Bytes(Main.Overview.MaxSizeBytes)}).";
        return new Finding(Id, Title, isCap ? Shown : NotShown, sentence,
            [
                new Evidence("size", sizes.DominatingSizeBytes, "bytes", null),
                new Evidence("largest size", Main.Overview.MaxSizeBytes, "bytes", null),
                .. limits.Select(limit => new Evidence(limit.Name, limit.KiB!.Value * 1024.0, "bytes", null)),
            ],
            "request-sizes");
    }

    private Finding ReadOnlyAfterWriteOut()
    {
        // The write-out is what comes before the first hundredth of the reads.
        long[] reads = _read?.Throughput.Bytes ?? [];
        long[] writes = _write?.Throughput.Bytes ?? [];
        double read = reads.Sum(static bytes => (double)bytes);
        int end = 0;
        for (double readSoFar = 0; end < reads.Length && readSoFar + reads[end] <= 0.01 * read; end++)
            readSoFar += reads[end];

        double readAfter = reads.Skip(end).Sum(static bytes => (double)bytes);
        double writtenAfter = writes.Skip(end).Sum(static bytes => (double)bytes);
        const string Id = "read-only-after-write-out";
        const string Title = "After the data is written out it is only read";
        if (readAfter == 0)
            return new Finding(Id, Title, NotAnswerable, "Nothing was read.", [], "bandwidth");
        double share = writtenAfter / (readAfter + writtenAfter);
        double seconds = end * (_report.Time.WidthNs / 1e9);
        double writtenBefore = writes.Take(end).Sum(static bytes => (double)bytes);
        string begin = $"{Units.Bytes(writtenBefore)} are written before the reading begins {Units.Duration(seconds * 1e9)} after the start; ";
        return new Finding(Id, Title, share <= _options.ReadOnlyWriteShare ? Shown : NotShown,
            begin + $"from then on {Units.Bytes(readAfter)} are read and {Units.Bytes(writtenAfter)} written.",
            [
                new Evidence("written before", writtenBefore, "bytes", null),
                new Evidence("share of writes in the bytes after it", share, "share", _options.ReadOnlyWriteShare),
            ],
            "bandwidth");
    }

    private Finding Uniform()
    {
        const string Id = "uniform-access";
        const string Title = "Sectors are read uniformly";
        if (_read?.SectorAccess is not { } access)
            return new Finding(Id, Title, NotAnswerable, "Nothing was read.", [], "lorenz");
        // The greatest distance between the Lorenz curve and that of uniform access (E. M. Hoover, 1936).
        double distance = access.Lorenz.Max(point => point.SectorShare - point.AccessShare);
        HotShare hottest = access.HotShares[1];
        bool isUniform = access.Gini <= _options.UniformGini;
        return new Finding(Id, Title, isUniform ? Shown : NotShown,
            $"The Gini coefficient of the access counts is {Units.Coefficient(access.Gini)} (0 is uniform); the hottest {Units.Share(hottest.HottestSectorShare)} of the sectors get {Units.Share(hottest.AccessShare)} of the reads; counts go up to {Units.Count(access.MaxAccesses)}, {Units.Count(access.MeanAccesses)} on average.",
            [
                new Evidence("Gini coefficient", access.Gini, "coefficient", _options.UniformGini),
                new Evidence("greatest distance of the CDF from a uniform one", distance, "coefficient", null),
                new Evidence("share of the hottest 10 %", hottest.AccessShare, "share", null),
            ],
            "lorenz");
    }

    private Finding EarlierRows()
    {
        const string Id = "earlier-rows-more-often";
        const string Title = "Earlier KV rows are read more often";
        if (_report.Run?.KvRows is not { } rows)
            return new Finding(Id, Title, NotAnswerable, "Nothing says which sectors hold which token position of a KV cache.", [], null);
        if (rows.RankCorrelation is not { } correlation)
            return new Finding(Id, Title, NotShown, "All token positions are read equally often.", [], "kv-rows");
        int half = rows.Reads.Length / 2;
        double early = rows.Reads.Take(half).DefaultIfEmpty().Average();
        double late = rows.Reads.Skip(half).Average();
        return new Finding(Id, Title, correlation <= _options.EarlierRowsCorrelation && early > late ? Shown : NotShown,
            $"The rank correlation of token position and reads is {Units.Coefficient(correlation)}; the earlier half of the positions is read {Units.Count(early)} times on average, the later half {Units.Count(late)} times.",
            [
                new Evidence("rank correlation", correlation, "coefficient", _options.EarlierRowsCorrelation),
                new Evidence("reads of the earlier half", early, "times", null),
                new Evidence("reads of the later half", late, "times", null),
            ],
            "kv-rows");
    }

    private Finding Buffered()
    {
        // Read-ahead only happens in the page cache. Without it a read of file data is direct.
        const string Id = "buffered";
        const string Title = "Data is read through the page cache";
        OperationReport[] reads = [.. _device!.Operations.Where(operation => operation.Scope == OperationScope.Rwbs && operation.Class == "read")];
        double all = reads.Sum(operation => (double)operation.Overview.Bytes);
        if (all == 0)
            return new Finding(Id, Title, NotAnswerable, "Nothing was read.", [], null);
        double ahead = reads.Where(operation => operation.Name.Contains('A', StringComparison.Ordinal)).Sum(operation => (double)operation.Overview.Bytes) / all;
        string verdict = ahead >= _options.BufferedShare ? Shown : NotShown;
        string kind = verdict == Shown ? "read-ahead of the page cache" : 1 - ahead >= _options.BufferedShare ? "not read-ahead: direct I/O, or buffered reads of single pages" : "read-ahead in part";
        string process = _device.Processes.Where(use => use.ReadBytes > 0).MaxBy(use => use.ReadBytes) is { Name: { } name } ? $" Most is read by '{name}'." : "";
        return new Finding(Id, Title, verdict, $"{Units.Share(ahead)} of the bytes read are marked as read-ahead (A in rwbs): {kind}.{process}",
            [new Evidence("share of read-ahead in the bytes read", ahead, "share", _options.BufferedShare)], null);
    }

    private Finding Sequential()
    {
        const string Id = "sequential";
        const string Title = "Reads are sequential";
        if (_sequentialReads is not { } share)
        {
            string why = _read is null ? "Nothing was read." : "The order of the requests is followed where a run folder is analysed, not for a trace alone.";
            return new Finding(Id, Title, NotAnswerable, why, [], "heatmap-read");
        }

        return new Finding(Id, Title, share >= _options.SequentialShare ? Shown : NotShown,
            $"{Units.Share(share)} of the reads begin where an earlier one ended.",
            [new Evidence("share of reads that continue an earlier one", share, "share", _options.SequentialShare)], "heatmap-read");
    }

    private Finding Saturated()
    {
        const string Id = "saturated";
        const string Title = "Reading saturates the device";
        if (_report.Run?.Facts.DeviceReadGiBPerSecond is not { } roofline)
            return new Finding(Id, Title, NotAnswerable, "What the device can read is neither given (device_read_gib_per_s in run.json, or --roofline) nor measured (a result of fio in JSON).", [], "bandwidth");
        if (_read?.Overview.MeanBytesPerSecond is not { } mean)
            return new Finding(Id, Title, NotAnswerable, "Nothing was read.", [], "bandwidth");
        double share = mean / GiB / roofline;
        return new Finding(Id, Title, share >= _options.SaturatedShare ? Shown : NotShown,
            $"On average {Units.Count(mean / GiB)} GiB/s are read, {Units.Share(share)} of the {Units.Count(roofline)} GiB/s that the device can do ({_report.Run.Facts.DeviceBandwidthSource}); at most {Units.Count(_read.Overview.PeakBytesPerSecond / GiB)} GiB/s.",
            [
                new Evidence("mean over device bandwidth", share, "share", _options.SaturatedShare),
                new Evidence("mean read bandwidth", mean / GiB, "GiB/s", null),
                new Evidence("device read bandwidth", roofline, "GiB/s", null),
            ],
            "bandwidth");
    }

    private Finding ReadFarAboveWrite()
    {
        // Both over the time from the first request to the last: else a short burst would count as much as a long run.
        const string Id = "read-above-write";
        const string Title = "Read bandwidth is far above write bandwidth";
        double seconds = _device!.Operations.First(operation => operation.Scope == OperationScope.Transfers).Overview.DurationNs / 1e9;
        if (seconds == 0)
            return new Finding(Id, Title, NotAnswerable, "All requests came at once.", [], "bandwidth");
        double read = (_read?.Overview.Bytes ?? 0) / seconds;
        double written = (_write?.Overview.Bytes ?? 0) / seconds;
        bool isFar = read >= _options.ReadWriteRatio * written;
        return new Finding(Id, Title, isFar ? Shown : NotShown,
            $"{Units.Rate(read)} are read and {Units.Rate(written)} written on average.",
            [
                .. written > 0 ? (Evidence[])[new Evidence("read over write bandwidth", read / written, "times", _options.ReadWriteRatio)] : [],
                new Evidence("read bandwidth", read, "B/s", null),
                new Evidence("write bandwidth", written, "B/s", null),
            ],
            "bandwidth");
    }
}

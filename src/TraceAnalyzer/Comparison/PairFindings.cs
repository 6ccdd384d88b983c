using System.Globalization;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Comparison;

/// <summary>
/// What changed between the first run and another, and what did not. Each finding says from where on a difference counts; a question that
/// a run has no numbers for is not asked.
/// </summary>
internal sealed class PairFindings
{
    private readonly RunView _first;
    private readonly RunView _other;
    private readonly int _run;
    private readonly ComparedSetting[] _settings;
    private readonly ComparedMetric[] _metrics;
    private readonly ComparedDistribution[] _distributions;
    private readonly AlignedBandwidth[] _bandwidth;
    private readonly ComparisonThresholds _thresholds;
    private readonly List<ComparisonFinding> _findings = [];

    public PairFindings(
        IReadOnlyList<RunView> runs, int run, ComparedSetting[] settings, ComparedMetric[] metrics, ComparedDistribution[] distributions,
        AlignedBandwidth[] bandwidth, ComparisonThresholds thresholds)
    {
        _first = runs[0];
        _other = runs[run];
        _run = run;
        _settings = settings;
        _metrics = metrics;
        _distributions = distributions;
        _bandwidth = bandwidth;
        _thresholds = thresholds;
    }

    /// <summary>The findings, cautions first.</summary>
    public ComparisonFinding[] All()
    {
        if (_first.Operation(RunView.Transfers) is null || _other.Operation(RunView.Transfers) is null)
        {
            string empty = _first.Operation(RunView.Transfers) is null ? _first.Label : _other.Label;
            Add("nothing-counted", ComparisonVerdict.Caution, $"{empty}: no reads or writes were counted, so there is nothing to compare", "needs reads or writes in both runs");
            return [.. _findings];
        }

        FindCautions();
        if (IsIdentical())
        {
            Add("identical", ComparisonVerdict.Same, $"no difference: every number, distribution and bin of {_other.Label} equals that of {_first.Label}",
                "all numbers equal, all distances 0");
            return [.. _findings];
        }

        foreach (string @class in RunView.DataClasses.Where(@class => Matters(_first, @class) || Matters(_other, @class)))
            FindBytes(@class);
        FindRate();
        FindReadShare();
        foreach (string @class in RunView.DataClasses.Where(@class => Matters(_first, @class) && Matters(_other, @class)))
            FindInClass(@class);
        FindQueueDepth();
        _findings.AddRange(new RunFindings(_first, _other, _run, _thresholds).All());
        return [.. _findings];
    }

    private void FindInClass(string @class)
    {
        FindPath(@class);
        FindDominatingSize(@class);
        FindFootprint(@class);
        FindReuse(@class);
        FindUniformity(@class);
        FindLatency(@class);
        FindArrivals(@class);
    }

    private void FindCautions()
    {
        foreach (ComparedSetting setting in _settings.Where(setting => setting.Values[0] != setting.Values[_run]))
        {
            string? consequence = setting.Name switch
            {
                "counted action" => "what counts as one request differs",
                "filters" => "different parts of the runs were counted",
                "bin width" => "peak bandwidths are means over bins of different widths",
                "losses" => "what is missing from the trace with losses is missing from its numbers",
                _ => null,
            };
            if (consequence is not null)
            {
                Add(setting.Name.Replace(' ', '-'), ComparisonVerdict.Caution,
                    $"{setting.Name} differs ({setting.Values[0]} against {setting.Values[_run]}): {consequence}", "any difference");
            }
        }
    }

    private bool IsIdentical() =>
        _metrics.All(metric => metric.Runs[0].Value == metric.Runs[_run].Value)
        && _distributions.All(distribution => distribution.Runs[_run] is null or { KolmogorovSmirnov: 0, EarthMover: 0 })
        && _bandwidth.All(bandwidth => bandwidth.BytesPerSecond[0].AsSpan().SequenceEqual(bandwidth.BytesPerSecond[_run]));

    private void FindBytes(string @class)
    {
        double first = _first.Bytes(@class);
        double other = _other.Bytes(@class);
        string rule = $"bytes differ by {Units.Share(_thresholds.SameBytesShare)} or more";
        bool same = IsWithin(first, other, _thresholds.SameBytesShare);
        string verb = @class == "read" ? "reads" : "writes";
        string statement = first == 0 || other == 0
            ? $"{(first == 0 ? _other.Label : _first.Label)} {verb} {Units.Bytes(Math.Max(first, other))}, the other run nothing"
            : same
                ? $"{_other.Label} {verb} as much as {_first.Label} ({Units.Bytes(other)}, {Units.Change(other / first, "more", "less", "much")}): what differs between the runs adds no {@class}s"
                : $"{_other.Label} {verb} {Units.Bytes(other)} against {Units.Bytes(first)}: {Units.Change(other / first, "more", "less", "much")}";
        Add($"{@class}-bytes", same, statement, rule, new FindingEvidence("bytes", Unit.Bytes, first, other));
    }

    private void FindRate()
    {
        OverviewResult first = _first.Operation(RunView.Transfers)!.Overview;
        OverviewResult other = _other.Operation(RunView.Transfers)!.Overview;
        if (first.MeanBytesPerSecond is not > 0 || other.MeanBytesPerSecond is not > 0)
            return;

        double ratio = other.MeanBytesPerSecond.Value / first.MeanBytesPerSecond.Value;
        bool same = Math.Max(ratio, 1 / ratio) < _thresholds.RateRatio;
        string rates = $"{Units.Rate(other.MeanBytesPerSecond.Value)} against {Units.Rate(first.MeanBytesPerSecond.Value)}";
        string statement = same
            ? $"{_other.Label} moves data as fast as {_first.Label} ({rates})"
            : $"{_other.Label} moves data {(ratio > 1 ? "faster" : "slower")} than {_first.Label}: {rates}, {Units.Of(ratio, Unit.Ratio)}";
        Add("bandwidth", same, statement, $"mean bandwidths differ by a factor of {Number(_thresholds.RateRatio)} or more",
            new FindingEvidence("mean bandwidth", Unit.BytesPerSecond, first.MeanBytesPerSecond, other.MeanBytesPerSecond),
            new FindingEvidence("time from first to last transfer", Unit.Nanoseconds, first.DurationNs, other.DurationNs));
    }

    private void FindReadShare()
    {
        if (_first.Device?.ReadShareOfBytes is not { } first || _other.Device?.ReadShareOfBytes is not { } other)
            return;
        bool same = Math.Abs(first - other) < _thresholds.ShareDifference;
        Add("read-share", same,
            same
                ? $"reads have about the same share of the bytes ({Units.Share(first)} and {Units.Share(other)})"
                : $"reads are {Units.Share(other)} of the bytes of {_other.Label}, {Units.Share(first)} of those of {_first.Label}",
            ShareRule("shares"), new FindingEvidence("reads' share of bytes", Unit.Share, first, other));
    }

    private void FindPath(string @class)
    {
        IoPath first = IoPath.Of(_first, @class);
        IoPath other = IoPath.Of(_other, @class);
        double difference = Math.Max(Math.Abs(first.ReadAhead - other.ReadAhead), Math.Abs(first.Synchronous - other.Synchronous));
        bool same = difference < _thresholds.ShareDifference;
        Add($"{@class}-path", same,
            same
                ? $"{@class}s are {first.Describe(@class)} in both runs"
                : $"{@class}s of {_other.Label} are {other.Describe(@class)}, those of {_first.Label} {first.Describe(@class)}",
            ShareRule("shares of bytes by rwbs letters"),
            new FindingEvidence("bytes marked A (read-ahead)", Unit.Share, first.ReadAhead, other.ReadAhead),
            new FindingEvidence("bytes marked S (synchronous) and not A", Unit.Share, first.Synchronous, other.Synchronous));
    }

    private void FindDominatingSize(string @class)
    {
        RequestSizeResult first = _first.Operation(@class)!.Sizes;
        RequestSizeResult other = _other.Operation(@class)!.Sizes;
        DistributionDistances? distances = Distances(Distributions.RequestSize, @class);
        bool same = first.DominatingSizeBytes == other.DominatingSizeBytes && (distances?.KolmogorovSmirnov ?? 0) < _thresholds.KolmogorovSmirnov;
        string statement = same
            ? $"{@class}s have the same dominating size in both runs: {Units.Bytes(first.DominatingSizeBytes)} ({Units.Share(first.DominatingShareOfRequests)} and {Units.Share(other.DominatingShareOfRequests)} of the requests)"
            : first.DominatingSizeBytes == other.DominatingSizeBytes
                ? $"{@class}s of both runs are mostly {Units.Bytes(first.DominatingSizeBytes)}, but the rest differs: {Units.Share(other.DominatingShareOfRequests)} of the requests of {_other.Label}, {Units.Share(first.DominatingShareOfRequests)} of those of {_first.Label}"
                : $"{@class}s of {_other.Label} are mostly {Size(other)}, those of {_first.Label} {Size(first)}";
        Add($"{@class}-size", same, statement, $"another dominating size, or a Kolmogorov-Smirnov distance of the sizes of {Number(_thresholds.KolmogorovSmirnov)} or more",
            [new FindingEvidence("dominating size", Unit.Bytes, first.DominatingSizeBytes, other.DominatingSizeBytes),
            new FindingEvidence("its share of requests", Unit.Share, first.DominatingShareOfRequests, other.DominatingShareOfRequests),
            .. EvidenceOf(distances, Unit.Bytes)]);

        static string Size(RequestSizeResult sizes) => $"{Units.Bytes(sizes.DominatingSizeBytes)} ({Units.Share(sizes.DominatingShareOfRequests)} of the requests)";
    }

    private void FindFootprint(string @class)
    {
        double first = _first.Operation(@class)!.Overview.FootprintBytes;
        double other = _other.Operation(@class)!.Overview.FootprintBytes;
        if (first == 0 || other == 0)
            return;
        bool same = IsWithin(first, other, _thresholds.SameBytesShare);
        Add($"{@class}-footprint", same,
            same
                ? $"{@class}s touch as much space in both runs ({Units.Bytes(first)} and {Units.Bytes(other)})"
                : $"{@class}s of {_other.Label} touch {Units.Bytes(other)}, those of {_first.Label} {Units.Bytes(first)}: {Units.Change(other / first, "more", "less", "much")}",
            $"footprints differ by {Units.Share(_thresholds.SameBytesShare)} or more", new FindingEvidence("footprint", Unit.Bytes, first, other));
    }

    private void FindReuse(string @class)
    {
        if (_first.Operation(@class)!.SectorAccess is not { } first || _other.Operation(@class)!.SectorAccess is not { } other)
            return;
        double ratio = other.MeanAccesses / first.MeanAccesses;
        bool same = Math.Max(ratio, 1 / ratio) < _thresholds.IntensityRatio;
        string verb = @class == "read" ? "reads" : "writes";
        Add($"{@class}-reuse", same,
            same
                ? $"a sector is {(@class == "read" ? "read" : "written")} about as often in both runs ({Units.Count(first.MeanAccesses)} and {Units.Count(other.MeanAccesses)} times on average)"
                : $"{_other.Label} {verb} a sector {Units.Count(other.MeanAccesses)} times on average, {_first.Label} {Units.Count(first.MeanAccesses)} times",
            $"mean accesses of a sector differ by a factor of {Number(_thresholds.IntensityRatio)} or more",
            [new FindingEvidence("accesses of a sector, mean", Unit.Count, first.MeanAccesses, other.MeanAccesses),
            .. EvidenceOf(Distances(Distributions.AccessCount, @class), Unit.Count)]);
    }

    private void FindUniformity(string @class)
    {
        if (_first.Operation(@class)!.SectorAccess is not { } first || _other.Operation(@class)!.SectorAccess is not { } other)
            return;

        // Not alone the words: 0.149 against 0.151 is no difference.
        string firstWord = Uniformity(first.Gini);
        string otherWord = Uniformity(other.Gini);
        bool same = firstWord == otherWord || Math.Abs(first.Gini - other.Gini) < _thresholds.NonUniformGini - _thresholds.UniformGini;
        string firstGini = Units.Of(first.Gini, Unit.Coefficient);
        string otherGini = Units.Of(other.Gini, Unit.Coefficient);
        string ginis = $"Gini {firstGini} and {otherGini}";
        string statement = same
            ? firstWord == otherWord
                ? $"{@class}s are {firstWord} in both runs ({ginis})"
                : $"{@class}s are about as uniform in both runs ({ginis})"
            : $"{@class}s of {_other.Label} are {otherWord} (Gini {otherGini}), those of {_first.Label} {firstWord} (Gini {firstGini})";
        Add($"{@class}-uniformity", same, statement,
            $"one uniform (Gini up to {Number(_thresholds.UniformGini)}), the other non-uniform ({Number(_thresholds.NonUniformGini)} or more), or between them with at least {Number(_thresholds.NonUniformGini - _thresholds.UniformGini)} apart",
            new FindingEvidence("Gini of accesses", Unit.Coefficient, first.Gini, other.Gini),
            new FindingEvidence("accesses to the hottest 10 %", Unit.Share, RunView.HottestShare(first), RunView.HottestShare(other)));
    }

    private string Uniformity(double gini) => gini <= _thresholds.UniformGini ? "uniform" : gini >= _thresholds.NonUniformGini ? "non-uniform" : "slightly non-uniform";

    private void FindLatency(string @class)
    {
        string kind = Distributions.LatencyKind([_first], @class);
        LatencyStatistics? first = Distributions.StatisticsOf(_first.Operation(@class), kind);
        LatencyStatistics? other = Distributions.StatisticsOf(_other.Operation(@class), kind);
        if (first is null || other is null || Distances(Distributions.Latency, @class) is not { } distances)
            return;

        bool same = distances.EarthMoverOctaves < _thresholds.LatencyOctaves || distances.KolmogorovSmirnov < _thresholds.KolmogorovSmirnov;
        string medians = $"p50 {Units.Duration(other.P50Ns)} against {Units.Duration(first.P50Ns)}, p99 {Units.Duration(other.P99Ns)} against {Units.Duration(first.P99Ns)}";
        string statement = same
            ? $"{kind} latencies of {@class}s are alike in both runs: {medians}"
            : other.P50Ns <= first.P50Ns && other.P99Ns <= first.P99Ns
                ? $"{@class}s of {_other.Label} complete faster: {kind} {medians}"
                : other.P50Ns >= first.P50Ns && other.P99Ns >= first.P99Ns
                    ? $"{@class}s of {_other.Label} complete slower: {kind} {medians}"
                    : $"{kind} latencies of {@class}s are distributed otherwise in {_other.Label}: {medians}";
        Add($"{@class}-latency", same, statement,
            $"earth mover's distance of {Number(_thresholds.LatencyOctaves)} octaves or more and Kolmogorov-Smirnov distance of {Number(_thresholds.KolmogorovSmirnov)} or more",
            [new FindingEvidence($"{kind} p50", Unit.Nanoseconds, first.P50Ns, other.P50Ns),
            new FindingEvidence($"{kind} p99", Unit.Nanoseconds, first.P99Ns, other.P99Ns),
            .. EvidenceOf(distances, Unit.Nanoseconds)]);
    }

    private void FindArrivals(string @class)
    {
        if (_first.Operation(@class)?.InterArrival is not { } first || _other.Operation(@class)?.InterArrival is not { } other
            || Distances(Distributions.InterArrival, @class) is not { } distances)
            return;

        double octaves = Math.Log2(_thresholds.IntensityRatio);
        bool same = distances.EarthMoverOctaves < octaves || distances.KolmogorovSmirnov < _thresholds.KolmogorovSmirnov;
        string medians = $"p50 {Units.Duration(other.P50Ns)} against {Units.Duration(first.P50Ns)}, p99 {Units.Duration(other.P99Ns)} against {Units.Duration(first.P99Ns)}";
        Add($"{@class}-arrivals", same,
            same ? $"{@class}s follow each other about as closely in both runs: {medians}" : $"{@class}s of {_other.Label} follow each other otherwise: {medians}",
            $"earth mover's distance of {Number(octaves)} octaves or more and Kolmogorov-Smirnov distance of {Number(_thresholds.KolmogorovSmirnov)} or more",
            [new FindingEvidence("time between arrivals, p50", Unit.Nanoseconds, first.P50Ns, other.P50Ns),
            new FindingEvidence("time between arrivals, p99", Unit.Nanoseconds, first.P99Ns, other.P99Ns),
            .. EvidenceOf(distances, Unit.Nanoseconds)]);
    }

    private void FindQueueDepth()
    {
        if (_first.Device?.QueueDepth?.MeanDepth is not > 0 || _other.Device?.QueueDepth?.MeanDepth is not > 0)
            return;
        double first = _first.Device.QueueDepth.MeanDepth;
        double other = _other.Device.QueueDepth.MeanDepth;
        bool same = Math.Max(first, other) / Math.Min(first, other) < _thresholds.IntensityRatio;
        Add("queue-depth", same,
            same
                ? $"about as many requests are in flight in both runs ({Units.Count(first)} and {Units.Count(other)} on average)"
                : $"{_other.Label} keeps {Units.Count(other)} requests in flight on average, {_first.Label} {Units.Count(first)}",
            $"means differ by a factor of {Number(_thresholds.IntensityRatio)} or more",
            new FindingEvidence("requests in flight, mean", Unit.Count, first, other),
            new FindingEvidence("requests in flight, at most", Unit.Count, _first.Device.QueueDepth.MaxDepth, _other.Device.QueueDepth.MaxDepth));
    }

    private bool Matters(RunView run, string @class) => run.ShareOfBytes(@class) >= _thresholds.NegligibleShare;

    private DistributionDistances? Distances(string name, string @class) =>
        _distributions.FirstOrDefault(distribution => distribution.Name == name && distribution.Class == @class)?.Runs[_run];

    private static IEnumerable<FindingEvidence> EvidenceOf(DistributionDistances? distances, Unit unit) => distances is null ? [] :
    [
        new FindingEvidence("Kolmogorov-Smirnov distance", Unit.Coefficient, null, distances.KolmogorovSmirnov),
        new FindingEvidence("earth mover's distance", unit, null, distances.EarthMover),
        new FindingEvidence("earth mover's distance", Unit.Octaves, null, distances.EarthMoverOctaves),
    ];

    private string ShareRule(string what) => $"{what} differ by {Units.Count(_thresholds.ShareDifference * 100)} percentage points or more";

    private static bool IsWithin(double first, double other, double share) => Math.Abs(first - other) < share * Math.Max(first, other);

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private void Add(string name, bool same, string statement, string rule, params FindingEvidence[] evidence) =>
        Add(name, same ? ComparisonVerdict.Same : ComparisonVerdict.Different, statement, rule, evidence);

    private void Add(string name, ComparisonVerdict verdict, string statement, string rule, params FindingEvidence[] evidence) =>
        _findings.Add(new ComparisonFinding(name, _run, verdict, statement, evidence, rule));

    /// <summary>
    /// By which way bytes came, from the letters of their rwbs strings (fill_rwbs in the kernel's kernel/trace/blktrace.c): <c>A</c> is set by
    /// read-ahead, which only buffered and mapped reads have; direct I/O is marked synchronous (<c>S</c>), writes always, reads on newer
    /// kernels (seen on 6.18) while older ones mark them with nothing.
    /// </summary>
    private readonly record struct IoPath(double ReadAhead, double Synchronous)
    {
        // Enough to name the whole after it.
        private const double Most = 0.9;

        public static IoPath Of(RunView run, string @class)
        {
            double all = 0;
            double readAhead = 0;
            double synchronous = 0;
            foreach (OperationReport operation in run.Device!.Operations.Where(operation => operation.Scope == OperationScope.Rwbs && operation.Class == @class))
            {
                double bytes = operation.Overview.Bytes;
                all += bytes;
                if (operation.Name.Contains('A', StringComparison.Ordinal))
                    readAhead += bytes;
                else if (operation.Name.Contains('S', StringComparison.Ordinal))
                    synchronous += bytes;
            }

            return all > 0 ? new IoPath(readAhead / all, synchronous / all) : default;
        }

        public string Describe(string @class)
        {
            double plain = 1 - ReadAhead - Synchronous;
            if (ReadAhead >= Most)
                return $"buffered ({Units.Share(ReadAhead)} by read-ahead)";
            if (Synchronous >= Most)
                return $"synchronous without read-ahead, as direct I/O is ({Units.Share(Synchronous)})";
            if (plain >= Most)
                return @class == "write" ? $"buffered write-back ({Units.Share(plain)} not marked synchronous)" : $"without mark ({Units.Share(plain)} neither read-ahead nor synchronous)";
            return $"mixed ({Units.Share(ReadAhead)} read-ahead, {Units.Share(Synchronous)} synchronous, {Units.Share(plain)} neither)";
        }
    }
}

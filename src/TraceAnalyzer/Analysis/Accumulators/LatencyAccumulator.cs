using System.Numerics;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Latencies of requests: queue to issue (Q2D), issue to completion (D2C), queue to completion (Q2C), as btt names them;
/// and, of D2C (Q2C on devices that never issue), by size and over time. Over time a request counts where it was issued.
/// </summary>
internal sealed class LatencyAccumulator(TimeScale columns) : IAccumulator<IoRequest, LatencyAccumulator>
{
    /// <summary>Most columns over time.</summary>
    public const int MaxColumns = 1024;

    // 2^7 buckets a power of two: percentiles to 0.4 %. By size and over time there are many histograms: 2^4, 3.1 %.
    private const int PrecisionBits = 7;
    private const int DetailPrecisionBits = 4;

    private readonly LogHistogram _q2d = new(PrecisionBits);
    private readonly LogHistogram _d2c = new(PrecisionBits);
    private readonly LogHistogram _q2c = new(PrecisionBits);
    // Q2D and D2C of the requests that have both.
    private Int128 _waitedNs;
    private Int128 _servedNs;
    private long _withoutQueue;
    private readonly LatencyDetail _d2cDetail = new(columns.Fresh(), DetailPrecisionBits);
    private readonly LatencyDetail _q2cDetail = new(columns.Fresh(), DetailPrecisionBits);

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<IoRequest> items)
    {
        foreach (ref readonly IoRequest request in items)
        {
            if (request.QueueTimeNs == IoRequest.NoTime)
                _withoutQueue++;
            bool waited = request.TryGetQ2D(out long q2d);
            if (waited)
                _q2d.Add(q2d);
            if (request.TryGetQ2C(out long q2c))
            {
                _q2c.Add(q2c);
                if (request.IssueTimeNs == IoRequest.NoTime)
                    _q2cDetail.Add(request.QueueTimeNs, request.LengthBytes, q2c);
            }

            if (request.TryGetD2C(out long d2c))
            {
                _d2c.Add(d2c);
                _d2cDetail.Add(request.IssueTimeNs, request.LengthBytes, d2c);
                if (waited)
                {
                    _waitedNs += q2d;
                    _servedNs += d2c;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Merge(LatencyAccumulator other)
    {
        _q2d.Merge(other._q2d);
        _d2c.Merge(other._d2c);
        _q2c.Merge(other._q2c);
        _waitedNs += other._waitedNs;
        _servedNs += other._servedNs;
        _withoutQueue += other._withoutQueue;
        _d2cDetail.Merge(other._d2cDetail);
        _q2cDetail.Merge(other._q2cDetail);
    }

    /// <summary>Share of Q2D in Q2C, of the requests that have both, 0 to 1; null if none has.</summary>
    public double? QueueShare => _waitedNs + _servedNs > 0 ? (double)_waitedNs / (double)(_waitedNs + _servedNs) : null;

    /// <summary>The result; null if no request has a latency up to its completion.</summary>
    /// <param name="lastNs">Time of the trace's last event.</param>
    /// <param name="hasQueue">True if the trace records when requests of the device were queued.</param>
    /// <param name="maxColumns">Most columns over time.</param>
    public LatencyResult? ToResult(long lastNs, bool hasQueue, int maxColumns = MaxColumns)
    {
        LatencyDetail detail = _d2c.Count > 0 ? _d2cDetail : _q2cDetail;
        if (detail.IsEmpty)
            return null;
        return new LatencyResult
        {
            Q2D = StatisticsOf(_q2d, PrecisionBits),
            D2C = StatisticsOf(_d2c, PrecisionBits),
            Q2C = StatisticsOf(_q2c, PrecisionBits),
            RequestsWithoutQueue = hasQueue ? _withoutQueue : null,
            DetailKind = _d2c.Count > 0 ? LatencyKind.D2C : LatencyKind.Q2C,
            BySize = detail.BySize(),
            OverTime = detail.OverTime(lastNs, maxColumns),
        };
    }

    /// <summary>Summary of a histogram; null if it is empty.</summary>
    public static LatencyStatistics? StatisticsOf(LogHistogram histogram, int precisionBits)
    {
        if (histogram.Count == 0)
            return null;
        var buckets = new List<LatencyBucket>();
        for (int i = histogram.Counts.First; i <= histogram.Counts.Last; i++)
        {
            if (histogram.Counts[i] > 0)
                buckets.Add(new LatencyBucket(LogHistogram.GreatestOf(i, precisionBits), histogram.Counts[i]));
        }

        return new LatencyStatistics
        {
            Count = histogram.Count,
            MinNs = histogram.Min,
            MeanNs = histogram.Mean,
            P50Ns = histogram.Quantile(0.5),
            P90Ns = histogram.Quantile(0.9),
            P99Ns = histogram.Quantile(0.99),
            P999Ns = histogram.Quantile(0.999),
            MaxNs = histogram.Max,
            RelativeError = histogram.RelativeError,
            Buckets = [.. buckets],
        };
    }
}

/// <summary>One kind of latency by size (ranges that double) and over time.</summary>
internal sealed class LatencyDetail(TimeScale columns, int precisionBits)
{
    private readonly LogHistogram?[] _bySize = new LogHistogram?[33];
    // Histograms that were joined into others, empty: every growth frees half of them, and as many are needed again.
    private readonly Stack<LogHistogram> _spare = [];
    private LogHistogram?[] _overTime = new LogHistogram?[16];

    /// <summary>True if nothing was added.</summary>
    public bool IsEmpty => Array.TrueForAll(_bySize, histogram => histogram is null);

    /// <summary>Adds a request.</summary>
    public void Add(long timeNs, uint lengthBytes, long latencyNs)
    {
        int size = lengthBytes <= 1 ? 0 : BitOperations.Log2(lengthBytes - 1) + 1;
        (_bySize[size] ??= new LogHistogram(precisionBits)).Add(latencyNs);

        int column;
        while (!columns.TryLocate(timeNs, out column))
            GrowColumns();
        if (column >= _overTime.Length)
            Array.Resize(ref _overTime, Math.Max(column + 1, _overTime.Length * 2));
        (_overTime[column] ??= _spare.TryPop(out LogHistogram? spare) ? spare : new LogHistogram(precisionBits)).Add(latencyNs);
    }

    /// <summary>Adds what another one saw.</summary>
    public void Merge(LatencyDetail other)
    {
        for (int i = 0; i < _bySize.Length; i++)
            _bySize[i] = Merged(_bySize[i], other._bySize[i]);
        while (columns.WidthNs < other.Columns.WidthNs)
            GrowColumns();
        while (other.Columns.WidthNs < columns.WidthNs)
            other.GrowColumns();
        if (other._overTime.Length > _overTime.Length)
            Array.Resize(ref _overTime, other._overTime.Length);
        for (int i = 0; i < other._overTime.Length; i++)
            _overTime[i] = Merged(_overTime[i], other._overTime[i]);
    }

    /// <summary>By size, ascending.</summary>
    public SizeLatency[] BySize()
    {
        var result = new List<SizeLatency>();
        for (int i = 0; i < _bySize.Length; i++)
        {
            if (_bySize[i] is { } histogram)
                result.Add(new SizeLatency(i == 0 ? 0 : 1L << (i - 1), 1L << i, LatencyAccumulator.StatisticsOf(histogram, precisionBits)!));
        }

        return [.. result];
    }

    /// <summary>Over time up to the trace's last event; columns are joined until there are no more than <paramref name="maxColumns"/>.</summary>
    public LatencyOverTime OverTime(long lastNs, int maxColumns)
    {
        int last;
        while (!columns.TryLocate(lastNs, out last) || last >= maxColumns)
            GrowColumns();
        int count = last + 1;
        LogHistogram?[] histograms = _overTime;
        Array.Resize(ref histograms, count);
        int firstBucket = int.MaxValue;
        int endBucket = 0;
        foreach (LogHistogram? histogram in histograms)
        {
            if (histogram is null)
                continue;
            firstBucket = Math.Min(firstBucket, histogram.Counts.First);
            endBucket = Math.Max(endBucket, histogram.Counts.Last + 1);
        }

        long[] upTo = new long[Math.Max(0, endBucket - firstBucket)];
        for (int i = 0; i < upTo.Length; i++)
            upTo[i] = LogHistogram.GreatestOf(firstBucket + i, precisionBits);
        return new LatencyOverTime(
            new TimeBinning(columns.OriginNs, columns.WidthNs, count),
            upTo,
            firstBucket == 0 ? -1 : LogHistogram.GreatestOf(firstBucket - 1, precisionBits),
            Array.ConvertAll(histograms, histogram => histogram is null ? null : Cut(histogram, firstBucket, upTo.Length)),
            Array.ConvertAll(histograms, histogram => histogram?.Quantile(0.5) ?? 0),
            Array.ConvertAll(histograms, histogram => histogram?.Quantile(0.99) ?? 0),
            Array.ConvertAll(histograms, histogram => histogram?.Max ?? 0),
            LogHistogram.RelativeErrorOf(precisionBits));
    }

    private TimeScale Columns => columns;

    private static long[] Cut(LogHistogram histogram, int firstBucket, int length)
    {
        long[] counts = new long[length];
        histogram.Counts.AddTo(counts, firstBucket);
        return counts;
    }

    private void GrowColumns()
    {
        int factor = columns.Grow();

        // Ascending, so that a place is empty or already holds its sum when something moves to it.
        for (int i = 1; i < _overTime.Length; i++)
        {
            if (_overTime[i] is not { } histogram)
                continue;
            _overTime[i] = null;
            if (_overTime[i / factor] is not { } sum)
            {
                _overTime[i / factor] = histogram;
                continue;
            }

            sum.Merge(histogram);
            histogram.Clear();
            _spare.Push(histogram);
        }
    }

    // Never hands out the right one: it belongs to another.
    private LogHistogram? Merged(LogHistogram? left, LogHistogram? right)
    {
        if (right is null)
            return left;
        left ??= new LogHistogram(precisionBits);
        left.Merge(right);
        return left;
    }
}

using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Times from each request to the next one. What is added at once is a piece of the trace, in order; between pieces stand their first and
/// last times, so that pieces merge in whatever order they were worked on. It keeps 16 bytes a piece.
/// </summary>
internal sealed class ArrivalAccumulator : IAccumulator<long, ArrivalAccumulator>
{
    // 2^5 buckets a power of two: percentiles to 1.6 %, which is less than clocks of tracers and schedulers scatter.
    private const int PrecisionBits = 5;

    private readonly LogHistogram _withinNs = new(PrecisionBits);
    private readonly List<(long FirstNs, long LastNs)> _pieces = [];

    /// <summary>Adds a piece: times in ascending order.</summary>
    public void Add(ReadOnlySpan<long> items)
    {
        if (items.IsEmpty)
            return;
        _withinNs.AddSteps(items);
        _pieces.Add((items[0], items[^1]));
    }

    /// <inheritdoc/>
    public void Merge(ArrivalAccumulator other)
    {
        _withinNs.Merge(other._withinNs);
        _pieces.AddRange(other._pieces);
    }

    /// <summary>The times between neighbors; null for fewer than two requests. Pieces that overlap in time, as those of a clock that ran back do, have 0 between them.</summary>
    public LatencyStatistics? ToResult()
    {
        var all = new LogHistogram(PrecisionBits);
        all.Merge(_withinNs);
        long lastNs = long.MaxValue;
        foreach ((long firstNs, long pieceLastNs) in _pieces.Order())
        {
            if (lastNs != long.MaxValue)
                all.Add(Math.Max(0, firstNs - lastNs));
            lastNs = lastNs == long.MaxValue ? pieceLastNs : Math.Max(lastNs, pieceLastNs);
        }

        return LatencyAccumulator.StatisticsOf(all, PrecisionBits);
    }
}

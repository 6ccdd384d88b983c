using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>Where the time bins of an analysis start and how wide they are, fixed once the first events are known.</summary>
/// <param name="OriginNs">Start of the first bin.</param>
/// <param name="BinWidthNs">Width of the bins of series, if it was asked for.</param>
/// <param name="IsFixed">True if bins must have that width, and not a multiple of it, however many there are.</param>
internal sealed record AnalysisClock(long OriginNs, long? BinWidthNs, bool IsFixed)
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>The clock of a trace whose first event is at <paramref name="firstNs"/>. The study's bins are whole seconds of the trace's own clock.</summary>
    public static AnalysisClock For(long firstNs, AnalysisOptions options) => options.Study
        ? new AnalysisClock(firstNs - (((firstNs % SecondNs) + SecondNs) % SecondNs), SecondNs, IsFixed: true)
        : new AnalysisClock(firstNs, options.BinWidthNs, IsFixed: false);

    /// <summary>A new scale for a series.</summary>
    public TimeScale SeriesScale() => BinWidthNs switch
    {
        null => TimeScale.Decimal(OriginNs, ThroughputAccumulator.MaxBins),
        { } width when IsFixed => TimeScale.Fixed(OriginNs, width),
        { } width => TimeScale.Decimal(OriginNs, ThroughputAccumulator.MaxAskedBins, width),
    };
}

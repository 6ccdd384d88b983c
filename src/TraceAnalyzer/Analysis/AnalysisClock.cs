using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>Where the time bins of an analysis start and how wide they are, fixed once the first events are known.</summary>
/// <param name="OriginNs">Start of the first bin.</param>
/// <param name="BinWidthNs">Width of the bins of series, if it was asked for.</param>
internal sealed record AnalysisClock(long OriginNs, long? BinWidthNs)
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>The clock of a trace whose first event is at <paramref name="firstNs"/>. The study's bins are whole seconds of the trace's own clock.</summary>
    public static AnalysisClock For(long firstNs, AnalysisOptions options) => options.Study
        ? new AnalysisClock(firstNs - (((firstNs % SecondNs) + SecondNs) % SecondNs), SecondNs)
        : new AnalysisClock(firstNs, options.BinWidthNs);

    /// <summary>A new scale for a series.</summary>
    public TimeScale SeriesScale() =>
        BinWidthNs is { } width ? TimeScale.Fixed(OriginNs, width) : TimeScale.Decimal(OriginNs, ThroughputAccumulator.MaxBins);
}

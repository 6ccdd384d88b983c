using System.Collections.Immutable;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Comparison;
using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Reporting.Sections;

/// <summary>The sections of a comparison that have figures. A new figure is a class of its own and a word here.</summary>
internal static class ComparisonSections
{
    /// <summary>All of them, in the order of the page.</summary>
    public static readonly ImmutableArray<Section<ComparisonFigureContext>> All =
    [
        new("tokens", "Tokens and GPU", [.. Both(operation => new ComparedTokensFigure(operation)), new ComparedTokensFigure(null), new ComparedGpuFigure()], [],
            "A request belongs to the token during which it was issued; token 0 is the prefill. Tokens come from the runs' logs, or were detected in the trace."),
        new("bandwidth", "Bandwidth over time",
            [
                .. Both(operation => new ComparedBandwidthFigure(operation, RunAlignment.Time)), .. Both(operation => new ComparedBandwidthFigure(operation, RunAlignment.Share)),
                .. Both(operation => new ComparedSpanBandwidthFigure(operation, RunAlignment.Phase)), .. Both(operation => new ComparedSpanBandwidthFigure(operation, RunAlignment.Token)),
            ],
            [],
            "The bytes of a bin of a report are spread evenly over it, so that no byte is lost and nothing finer than the reports' own bins is shown. By phase and by token each is as wide as the next, however long it takes in a run."),
        new("sizes", "Request sizes", [.. Both(operation => new ComparedSizesFigure(operation))], [],
            "Shares of each run's own requests; sizes are exact."),
        new("latency", "Latency", [.. Both(operation => new ComparedLatencyFigure(operation))], [],
            "D2C is from issue to completion, the time of driver and device; Q2C from queueing, where a device has no issue events. The tail is magnified."),
        new("arrivals", "Inter-arrival times", [.. Both(operation => new ComparedArrivalsFigure(operation))], [],
            "Times from each counted request of a class to the next one, of whatever process. Percentiles come from a histogram whose buckets are at most 1/32 of their values wide."),
        new("access", "Accesses of sectors",
            [.. Both(operation => new ComparedAccessCdfFigure(operation)), .. Both(operation => new ComparedLorenzFigure(operation)), .. Both(operation => new ComparedHeatmapFigure(operation))],
            [],
            "Each request adds one access to each 512-byte sector it covers. The heatmaps of all runs share one color scale, accesses per sector and second, as their columns differ in width."),
    ];

    /// <summary>Every figure of a comparison, in the order of the page.</summary>
    public static readonly ImmutableArray<Figure<ComparisonFigureContext>> Figures = [.. All.SelectMany(section => section.Figures)];

    private static Figure<ComparisonFigureContext>[] Both(Func<OperationClass, Figure<ComparisonFigureContext>> figure) => [.. OperationClasses.MovingData.Select(figure)];
}

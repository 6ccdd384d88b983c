namespace TraceAnalyzer.Reporting;

/// <summary>The table of figures of a comparison. A new figure is a class of its own and a line here.</summary>
internal static class ComparisonFigures
{
    /// <summary>Every figure, in the order in which a reader meets them.</summary>
    public static IReadOnlyList<IComparisonFigure> All { get; } =
    [
        .. ((string[])["read", "write"]).SelectMany(operation => (IComparisonFigure[])
        [
            new ComparedSizesFigure(operation),
            new ComparedBandwidthFigure(operation, "time"),
            new ComparedBandwidthFigure(operation, "share"),
            new ComparedSpanBandwidthFigure(operation, "phase"),
            new ComparedSpanBandwidthFigure(operation, "token"),
            new ComparedLatencyFigure(operation),
            new ComparedArrivalsFigure(operation),
            new ComparedAccessCdfFigure(operation),
            new ComparedLorenzFigure(operation),
            new ComparedHeatmapFigure(operation),
        ]),
        new ComparedTokensFigure("read"),
        new ComparedTokensFigure("write"),
        new ComparedTokensFigure("time"),
        new ComparedGpuFigure(),
    ];
}

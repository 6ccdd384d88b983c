using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>The table of figures. A new figure is a class of its own and a line here.</summary>
internal static class Figures
{
    /// <summary>Every figure, in the order in which a reader meets them.</summary>
    public static IReadOnlyList<IFigure> All { get; } =
    [
        new RequestSizesFigure(),
        new BandwidthFigure(),
        new IopsFigure(),
        new HeatmapFigure("heatmap-read", "read"),
        new HeatmapFigure("heatmap-write", "write"),
        new AccessMapFigure(),
        new AccessCdfFigure(),
        new LorenzFigure(),
        new LatencyPercentilesFigure(),
        new LatencyHeatmapFigure(),
        new LatencyBySizeFigure(),
        new QueueDepthFigure(),
    ];

    /// <summary>Those that need to know the run; they are drawn for its device only.</summary>
    public static IReadOnlyList<IFigure> OfRun { get; } =
    [
        new RunTimelineFigure(),
        new LayerHeatmapFigure(),
        new LayerStallFigure(),
        new TensorsFigure(),
        new KvRowsFigure(),
        new KvRowsTimeFigure(),
        new TokensFigure(),
    ];

    /// <summary>Those of a run without a trace.</summary>
    public static IReadOnlyList<(string Name, Func<RunReport, FigureResult> Draw)> OfLogs { get; } =
    [
        (GpuTimelineFigure.Name, GpuTimelineFigure.Draw),
        (TokenTimesFigure.Name, TokenTimesFigure.Draw),
    ];
}

using System.Collections.Immutable;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Run;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Sections;

/// <summary>The sections of a run without a trace.</summary>
internal static class LogSections
{
    /// <summary>All of them, in the order of the page.</summary>
    public static readonly ImmutableArray<Section<TraceReport>> All =
    [
        new("logs", "GPU and phases", [new GpuTimelineFigure(), new TokenTimesFigure()],
            [report => GpuTables.LoggedPhases.Of(report).Select("phase", "token", "duration_ns", "gpu_mean_percent", "gpu_idle_share").WithoutEmptyColumns()],
            "Phases of the framework's log are placed in the GPU log by its utilization.")
        {
            Note = report => report.Run?.Logged is not { } logged ? null
                : $"Phases of {logged.File}, placed in the GPU log: {logged.Anchor}{(logged.UncertaintyNs is { } ns ? $", to within {Units.Duration(ns)}" : "")}.",
        },
    ];

    /// <summary>Every figure of a run without a trace.</summary>
    public static readonly ImmutableArray<Figure<TraceReport>> Figures = [.. All.SelectMany(section => section.Figures)];
}

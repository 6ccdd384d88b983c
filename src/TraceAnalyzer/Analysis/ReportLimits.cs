using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// How large the parts of a report may be, for all devices together: a report of few devices has what figures can show, one of thousands is not thousands of times as large.
/// </summary>
/// <param name="devices">Devices, at least 1.</param>
/// <param name="series">Series over <see cref="TraceReport.Time"/>: operations that are reported, twice each.</param>
/// <param name="heatmaps">Heatmaps of sectors over time.</param>
/// <param name="requests">Counted requests.</param>
internal sealed class ReportLimits(int devices, long series, int heatmaps, long requests)
{
    // A trace of many requests may have many bins; a few requests far apart need not.
    private const long LeastSeriesCells = 1 << 20;
    private const long MostSeriesCells = 1 << 24;
    private const long SeriesCellsPerRequest = 8;

    private const int LeastOfAxis = 8;
    private const int AxisOfAll = 1 << 16;
    private const int HeatmapCellsOfAll = 1 << 23;
    private const int ProcessesOfAll = 1 << 16;

    /// <summary>Most bins of a series.</summary>
    public long SeriesBins { get; } = Math.Max(1, Math.Clamp(requests * SeriesCellsPerRequest, LeastSeriesCells, MostSeriesCells) / Math.Max(1, series));

    /// <summary>Most columns of what a device has over time: queue depth, latency.</summary>
    public int Columns { get; } = Math.Clamp(AxisOfAll / Math.Max(1, devices), LeastOfAxis, SectorTimeAccumulator.MaxColumns);

    /// <summary>Most rows of a device's space.</summary>
    public int Rows { get; } = Math.Clamp(Math.Min(AxisOfAll / Math.Max(1, devices), (int)Math.Sqrt(HeatmapCellsOfAll / Math.Max(1, heatmaps))), LeastOfAxis, SpaceRows.MaxRows);

    /// <summary>Most columns of a heatmap.</summary>
    public int HeatmapColumns { get; } = Math.Clamp((int)Math.Sqrt(HeatmapCellsOfAll / Math.Max(1, heatmaps)), LeastOfAxis, SectorTimeAccumulator.MaxColumns);

    /// <summary>Most windows of a device's working set.</summary>
    public int Windows { get; } = Math.Clamp(AxisOfAll / Math.Max(1, devices), LeastOfAxis, ReuseSummary.MostWindows);

    /// <summary>Most processes listed for a device.</summary>
    public int Processes { get; } = Math.Max(LeastOfAxis, ProcessesOfAll / Math.Max(1, devices));
}

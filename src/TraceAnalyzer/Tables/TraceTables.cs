using System.Collections.Immutable;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Tables.OfTrace;

namespace TraceAnalyzer.Tables;

/// <summary>
/// The list of tables of a <see cref="TraceReport"/>. A new table is a file in <c>Tables/OfTrace</c> or <c>Tables/OfRun</c> and a line here; its CSV file
/// and its section in docs/report-schema.md follow. Seconds count from the start of <see cref="TraceReport.Time"/>, nanoseconds are those of the trace's clock.
/// </summary>
public static class TraceTables
{
    /// <summary>Every table there can be, in the order in which the documentation has them.</summary>
    public static readonly ImmutableArray<TableOf<TraceReport>> All =
    [
        OverviewTable.Overview,
        RequestSizesTable.Sizes,
        ThroughputTable.Throughput,
        SectorAccessTables.Access,
        SectorAccessTables.Distribution,
        SectorAccessTables.Lorenz,
        SectorAccessTables.HotShares,
        SectorAccessTables.Map,
        SectorAccessTables.OverTime,
        SequenceTable.Sequences,
        SequenceTable.Jumps,
        SequenceTable.Processes,
        SequenceTable.Phases,
        SequenceTable.Seeks,
        StepTables.Steps,
        StepTables.Processes,
        StepTables.Cpus,
        StepTables.Merges,
        ReuseTables.Reuse,
        ReuseTables.Memory,
        ReuseTables.WorkingSet,
        ReuseTables.Tokens,
        ReuseTables.Groups,
        LogicalReuseTable.Memory,
        WearTables.Wear,
        WearTables.Partial,
        WearTables.Counters,
        LatencyTables.Latency,
        LatencyTables.BySize,
        LatencyTables.OverTime,
        LatencyTables.Histogram,
        TailTables.Windows,
        TailTables.Stretches,
        TailTables.Interference,
        InterArrivalTables.InterArrival,
        InterArrivalTables.Histogram,
        QueueDepthTables.Summary,
        QueueDepthTables.OverTime,
        QueueDepthTables.Distribution,
        BalanceTable.Balance,
        BalanceTable.OverTime,
        LimitTables.Limits,
        LimitTables.Bounds,
        LimitTables.OtherDevices,
        TimeUseTables.Summary,
        TimeUseTables.ByDepth,
        ReissueTable.Reissues,
        UseTables.Processes,
        UseTables.Paths,
        UseTables.Cpus,
        IntegrityTable.Integrity,
        StudyTables.Bandwidth,
        StudyTables.Sizes,
        StudyTables.Access,
        FindingTables.Findings,
        FindingTables.Evidence,
        RunTables.Settings,
        RunTables.Frameworks,
        RunTables.Files,
        RunTables.Problems,
        SpanTables.Phases,
        SpanTables.Tokens,
        TensorTable.Tensors,
        ModelUseTables.Roles,
        ModelUseTables.TokenRoles,
        ModelUseTables.PhaseRoles,
        ModelUseTables.Experts,
        ModelUseTables.ExpertSummary,
        ModelUseTables.ExpertTokens,
        AccessOrderTables.Steps,
        AccessOrderTables.Layouts,
        KvRowTables.Summary,
        KvRowTables.Rows,
        LayerTables.OverTime,
        KvRowTables.OverTime,
        LayerTables.Io,
        LayerTables.Turns,
        PhaseLimitTable.Limits,
        RealityTable.Reality,
        MovementTables.Movement,
        MovementTables.Reads,
        GpuTables.Use,
        GpuTables.Each,
        GpuTables.LoggedPhases,
        GpuTables.Samples,
    ];

    /// <summary>Writes every table that has rows as a CSV file into an existing folder, which has no such files yet.</summary>
    /// <exception cref="IOException">A file exists or cannot be written.</exception>
    public static void WriteCsv(TraceReport report, string folder)
    {
        ArgumentNullException.ThrowIfNull(report);
        CsvWriter.WriteAll(All, report with { Devices = report.ReportedDevices }, folder);
    }
}

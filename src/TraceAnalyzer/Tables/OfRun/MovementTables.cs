using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>Data movement: predicted, by the framework, in the trace (docs/analyses/movement.md).</summary>
public static class MovementTables
{
    /// <summary>A row for reads and one for writes.</summary>
    public static readonly TableOf<TraceReport> Movement = new("movement", "Data movement: predicted, framework, traced",
        [Column.Text("operation", "Bytes"), Column.Bytes("predicted_bytes", "Predicted"), Column.Bytes("framework_bytes", "Framework"), Column.Bytes("trace_bytes", "Traced")],
        (report, rows) =>
        {
            if (report.Run?.Movement is not { } movement)
                return;
            rows.Add("read", movement.PredictedReadBytes, movement.FrameworkReadBytes, movement.TraceReadBytes);
            rows.Add("written", movement.PredictedWriteBytes, movement.FrameworkWriteBytes, movement.TraceWriteBytes);
        });

    /// <summary>Why the reads of framework and trace differ.</summary>
    public static readonly TableOf<TraceReport> Reads = new("movement_reads", "Why traced reads differ from the framework's",
        [Column.Text("part", "Part"), Column.Bytes("bytes", "Bytes"), Column.Share("share_of_framework_reads", "Of the framework's reads")],
        (report, rows) =>
        {
            if (report.Run?.Movement is not { CacheHitBytes: not null } movement)
                return;
            Add("page-cache hits, at least", movement.CacheHitBytes);
            Add("read and not logged by the framework, at least", movement.ExcessReadBytes);
            Add("unmapped", movement.UnmappedReadBytes);
            Add("of files without extents", movement.FrameworkElsewhereReadBytes);
            Add("unexplained", movement.UnexplainedReadBytes);

            void Add(string part, long? bytes) => rows.Add(part, bytes, movement.FrameworkReadBytes is > 0 and { } all && bytes is { } known ? (double)known / all : default(Value));
        });
}

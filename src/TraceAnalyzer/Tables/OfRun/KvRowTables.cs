using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>Token positions of the KV cache (docs/analyses/tensors-and-layers.md).</summary>
public static class KvRowTables
{
    /// <summary>A row per position.</summary>
    public static readonly TableOf<TraceReport> Rows = new("kv_rows", "Reads of each token position",
        [Column.Id("position", "Position"), Column.Count("reads", "Reads"), Column.Count("predicted_reads", "Predicted")],
        (report, rows) =>
        {
            if (report.Run?.KvRows is not { } kv)
                return;
            for (int i = 0; i < kv.Reads.Length; i++)
                rows.Add(i, kv.Reads[i], kv.PredictedReads?[i]);
        });

    /// <summary>A row per group of positions and time column with bytes.</summary>
    public static readonly TableOf<TraceReport> OverTime = new("kv_rows_time", "Reads of token positions over time",
        [Column.Id("first_position", "From position"), Column.Id("column_start_ns", "From, trace clock"), Column.Bytes("read_bytes", "Read")],
        (report, rows) =>
        {
            if (report.Run?.KvRows is not { } kv)
                return;
            for (int group = 0; group < kv.ReadBytes.Length; group++)
            {
                for (int column = 0; column < kv.ReadBytes[group].Length; column++)
                {
                    if (kv.ReadBytes[group][column] > 0)
                        rows.Add(group * kv.PositionsPerRow, kv.Columns.OriginNs + (column * kv.Columns.WidthNs), kv.ReadBytes[group][column]);
                }
            }
        })
    {
        Note = "cells without bytes are left out",
    };

    /// <summary>The positions in a few numbers.</summary>
    public static readonly TableOf<TraceReport> Summary = new("kv_row_summary", "Reads of token positions",
        [Column.Text("measure", "Measure"), Column.Count("traced", "Traced"), Column.Count("predicted", "Predicted")],
        (report, rows) =>
        {
            if (report.Run?.KvRows is not { Reads.Length: > 0 } kv)
                return;
            int half = kv.Reads.Length / 2;
            Add("earlier half, mean", positions => positions.Take(Math.Max(1, half)).Average());
            Add("later half, mean", positions => positions.Skip(half).Average());
            Add("max", positions => positions.Max());
            Add("min", positions => positions.Min());
            rows.Add("rank correlation of position and reads", Value.Of(kv.RankCorrelation, Unit.Coefficient), default);
            rows.Add("bytes per position", Value.Of(kv.PositionBytes, Unit.Bytes), default);

            void Add(string measure, Func<IEnumerable<double>, double> of) =>
                rows.Add(measure, of(kv.Reads), kv.PredictedReads is { Length: > 0 } predicted ? of(predicted.Select(reads => (double)reads)) : default(Value));
        })
    {
        Note = "a count of reads, a coefficient or bytes",
    };
}

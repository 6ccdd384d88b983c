using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>Layers of the model (docs/analyses/tensors-and-layers.md) and of the framework (docs/analyses/stalls.md).</summary>
public static class LayerTables
{
    private static readonly Column[] s_counts =
        [Column.Count("read_requests", "Reads"), Column.Bytes("read_bytes", "Read"), Column.Count("write_requests", "Writes"), Column.Bytes("write_bytes", "Written")];

    /// <summary>A row per layer and time column with bytes.</summary>
    public static readonly TableOf<TraceReport> OverTime = new("layer_time", "Bytes of each layer over time",
        [Column.Id("layer", "Layer"), Column.Id("column_start_ns", "From, trace clock"), Column.Bytes("read_bytes", "Read"), Column.Bytes("write_bytes", "Written")],
        (report, rows) =>
        {
            if (report.Run?.Layers is not { } layers)
                return;
            for (int layer = 0; layer < layers.ReadBytes.Length; layer++)
            {
                long[] read = layers.ReadBytes[layer];
                long[] written = layers.WriteBytes[layer];
                for (int column = 0; column < Math.Max(read.Length, written.Length); column++)
                {
                    long readBytes = column < read.Length ? read[column] : 0;
                    long writtenBytes = column < written.Length ? written[column] : 0;
                    if (readBytes + writtenBytes > 0)
                        rows.Add(layer, layers.Columns.OriginNs + (column * layers.Columns.WidthNs), readBytes, writtenBytes);
                }
            }
        })
    {
        Note = "cells without bytes are left out",
    };

    /// <summary>A row per layer of the model.</summary>
    public static readonly TableOf<TraceReport> Io = new("layers", "Reads and writes of each layer",
        [Column.Id("layer", "Layer"), .. s_counts, Column.Ns("io_busy_ns", "I/O busy"), Column.Rate("bytes_per_second", "Bandwidth while busy")],
        (report, rows) =>
        {
            foreach (LayerIo layer in report.Run?.LayerIo ?? [])
                rows.Add(layer.Layer, layer.ReadRequests, layer.ReadBytes, layer.WriteRequests, layer.WriteBytes, layer.IoBusyNs, layer.BytesPerSecond);
        });

    /// <summary>A row per layer of the framework, over all tokens.</summary>
    public static readonly TableOf<TraceReport> Turns = new("layer_turns", "Time of each framework layer, over all tokens",
        [
            Column.Id("number", "Framework layer"), Column.Id("layer", "Model layer"), Column.Count("turns", "Computed"), Column.Ns("time_ns", "Time"), .. s_counts, Column.Ns("io_busy_ns", "I/O busy"),
            Column.Ns("compute_ns", "Computing, host time"), Column.Ns("overlap_ns", "Computing with I/O, host time"), Column.Ns("stall_ns", "Stalled on I/O"), Column.Ns("idle_ns", "Idle"),
        ],
        (report, rows) =>
        {
            foreach (LayerTurn turn in report.Run?.LayerTurns ?? [])
            {
                rows.Add(turn.Number, turn.Layer, turn.Turns, turn.TimeNs, turn.ReadRequests, turn.ReadBytes, turn.WriteRequests, turn.WriteBytes,
                    turn.IoBusyNs, turn.ComputeNs, turn.OverlapNs, turn.StallNs, turn.IdleNs);
            }
        });
}

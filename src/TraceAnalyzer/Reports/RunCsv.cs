using System.Collections.Immutable;

namespace TraceAnalyzer.Reports;

/// <summary>The CSV files of a <see cref="RunReport"/>.</summary>
internal static class RunCsv
{
    private const string SpanColumns = "start_ns,end_ns,read_requests,read_bytes,write_requests,write_bytes,first_ns,last_ns,io_busy_ns,"
        + "read_bytes_per_second,write_bytes_per_second,gpu_mean_percent,compute_ns,overlap_ns,stall_ns,idle_ns";

    private const string TurnColumns =
        "number,layer,turns,time_ns,read_requests,read_bytes,write_requests,write_bytes,io_busy_ns,compute_ns,overlap_ns,stall_ns,idle_ns";

    /// <summary>Every file there can be.</summary>
    public static readonly ImmutableArray<CsvTable> Tables =
    [
        new("phases.csv", "phase," + SpanColumns + ",source,uncertainty_ns,confidence", (report, csv) => WriteSpans(report.Run?.Phases, csv, isToken: false)),
        new("tokens.csv", "token,step," + SpanColumns + ",predicted_read_bytes,predicted_write_bytes", (report, csv) => WriteSpans(report.Run?.Tokens, csv, isToken: true)),
        new("tensors.csv",
            "file,tensor,layer,role,length_bytes,reads,read_requests,read_bytes,write_requests,write_bytes,framework_read_bytes,framework_write_bytes",
            Tensors),
        new("kv_rows.csv", "position,reads,predicted_reads", KvRows),
        new("layer_time.csv", "layer,column_start_ns,read_bytes,write_bytes", LayerTime),
        new("kv_rows_time.csv", "first_position,column_start_ns,read_bytes", KvRowsTime),
        new("layers.csv", "layer,read_requests,read_bytes,write_requests,write_bytes,io_busy_ns,bytes_per_second", LayerIo),
        new("layer_turns.csv", TurnColumns, LayerTurns),
        new("logged_phases.csv", "phase,token,start_ns,end_ns,gpu_mean_percent,gpu_idle_share", Logged),
        new("gpu.csv", "sample_ns,utilization_percent,gpu", Gpu),
    ];

    private static void WriteSpans(SpanUseReport[]? spans, CsvWriter csv, bool isToken)
    {
        foreach (SpanUseReport span in spans ?? [])
        {
            if (isToken)
            {
                csv.Row(Number(span.Index), span.Name, span.StartNs, span.EndNs, span.ReadRequests, span.ReadBytes, span.WriteRequests, span.WriteBytes,
                    Number(span.FirstNs), Number(span.LastNs), Number(span.IoBusyNs), Number(span.ReadBytesPerSecond), Number(span.WriteBytesPerSecond),
                    Number(span.GpuMeanPercent), Number(span.ComputeNs), Number(span.OverlapNs), Number(span.StallNs), Number(span.IdleNs),
                    Number(span.PredictedReadBytes), Number(span.PredictedWriteBytes));
            }
            else
            {
                csv.Row(span.Name, span.StartNs, span.EndNs, span.ReadRequests, span.ReadBytes, span.WriteRequests, span.WriteBytes,
                    Number(span.FirstNs), Number(span.LastNs), Number(span.IoBusyNs), Number(span.ReadBytesPerSecond), Number(span.WriteBytesPerSecond),
                    Number(span.GpuMeanPercent), Number(span.ComputeNs), Number(span.OverlapNs), Number(span.StallNs), Number(span.IdleNs),
                    span.Source, Number(span.UncertaintyNs), Number(span.Confidence));
            }
        }
    }

    private static void Tensors(TraceReport report, CsvWriter csv)
    {
        IEnumerable<TensorUse> all = report.Run is { } run ? run.Unmapped is null ? run.Tensors : run.Tensors.Append(run.Unmapped) : [];
        foreach (TensorUse tensor in all)
        {
            csv.Row(tensor.File, tensor.Tensor, Number(tensor.Layer), tensor.Role, Number(tensor.LengthBytes), Number(tensor.Reads), tensor.ReadRequests, tensor.ReadBytes, tensor.WriteRequests, tensor.WriteBytes,
                Number(tensor.FrameworkReadBytes), Number(tensor.FrameworkWriteBytes));
        }
    }

    private static void KvRows(TraceReport report, CsvWriter csv)
    {
        if (report.Run?.KvRows is not { } rows)
            return;
        for (int i = 0; i < rows.Reads.Length; i++)
            csv.Row(i, rows.Reads[i], rows.PredictedReads is { } predicted ? Number(predicted[i]) : default);
    }

    // Cells without bytes are left out.
    private static void LayerTime(TraceReport report, CsvWriter csv)
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
                    csv.Row(layer, layers.Columns.OriginNs + (column * layers.Columns.WidthNs), readBytes, writtenBytes);
            }
        }
    }

    private static void KvRowsTime(TraceReport report, CsvWriter csv)
    {
        if (report.Run?.KvRows is not { } rows)
            return;
        for (int group = 0; group < rows.ReadBytes.Length; group++)
        {
            for (int column = 0; column < rows.ReadBytes[group].Length; column++)
            {
                if (rows.ReadBytes[group][column] > 0)
                    csv.Row(group * rows.PositionsPerRow, rows.Columns.OriginNs + (column * rows.Columns.WidthNs), rows.ReadBytes[group][column]);
            }
        }
    }

    private static void LayerIo(TraceReport report, CsvWriter csv)
    {
        foreach (LayerIo layer in report.Run?.LayerIo ?? [])
            csv.Row(layer.Layer, layer.ReadRequests, layer.ReadBytes, layer.WriteRequests, layer.WriteBytes, Number(layer.IoBusyNs), Number(layer.BytesPerSecond));
    }

    private static void LayerTurns(TraceReport report, CsvWriter csv)
    {
        foreach (LayerTurn turn in report.Run?.LayerTurns ?? [])
        {
            csv.Row(turn.Number, Number(turn.Layer), turn.Turns, turn.TimeNs, turn.ReadRequests, turn.ReadBytes, turn.WriteRequests, turn.WriteBytes,
                Number(turn.IoBusyNs), Number(turn.ComputeNs), Number(turn.OverlapNs), Number(turn.StallNs), Number(turn.IdleNs));
        }
    }

    private static void Logged(TraceReport report, CsvWriter csv)
    {
        foreach (LoggedPhase phase in report.Run?.Logged?.Phases ?? [])
            csv.Row(phase.Name, Number(phase.Index), phase.StartNs, phase.EndNs, Number(phase.GpuMeanPercent), Number(phase.GpuIdleShare));
    }

    private static void Gpu(TraceReport report, CsvWriter csv)
    {
        if (report.Run?.Gpu is not { } gpu)
            return;
        if (gpu.Gpus.Length == 0)
            WriteSamples(gpu.SampleNs, gpu.SamplePercent, "", csv);
        foreach (GpuSeriesUse one in gpu.Gpus)
            WriteSamples(one.SampleNs, one.SamplePercent, one.Name, csv);
    }

    private static void WriteSamples(long[] ns, double[] percent, string gpu, CsvWriter csv)
    {
        for (int i = 0; i < ns.Length; i++)
            csv.Row(ns[i], percent[i], gpu);
    }

    private static CsvValue Number(double? number) => number is { } value ? value : default(CsvValue);

    private static CsvValue Number(long? number) => number is { } value ? value : default(CsvValue);
}

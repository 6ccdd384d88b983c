using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>The GPU log (docs/analyses/clock-and-gpu.md).</summary>
public static class GpuTables
{
    /// <summary>How much GPU and I/O were used.</summary>
    public static readonly TableOf<TraceReport> Use = new("gpu_use", "Use of GPU and I/O",
        [Column.Text("measure", "Measure"), Column.Count("value", "Value")],
        (report, rows) =>
        {
            if (report.Run is not { } run)
                return;
            if (run.Gpu is { } gpu)
            {
                if (gpu.Gpus.Length > 0)
                    rows.Add("GPUs, of which these are the figures together", gpu.Gpus.Length);
                if (gpu.TraceMeanPercent is { } inTrace)
                    rows.Add("mean weighted by time, over the time of the trace", Value.Of(inTrace, Unit.Percent));
                rows.Add("mean of all samples of the log", Value.Of(gpu.MeanPercent, Unit.Percent));
                rows.Add("mean weighted by time, over the whole log", Value.Of(gpu.TimeWeightedMeanPercent, Unit.Percent));
                rows.Add("samples", gpu.Samples);
                rows.Add("longest gap between samples", Value.Of(gpu.LongestGapNs, Unit.Nanoseconds));
                if (gpu.Shares is { } shares)
                {
                    string which = gpu.Gpus.Length == 0 ? "the GPU" : "any GPU";
                    rows.Add($"time with {which} and I/O busy", Value.Of(shares.Both, Unit.Share));
                    rows.Add($"time with {which} busy alone", Value.Of(shares.GpuOnly, Unit.Share));
                    rows.Add("time with I/O busy alone", Value.Of(shares.IoOnly, Unit.Share));
                    rows.Add("time with neither busy", Value.Of(shares.Neither, Unit.Share));
                }
            }

            if (run.IoBusyShare is { } busy)
                rows.Add("I/O busy, share of the trace's time", Value.Of(busy, Unit.Share));
        })
    {
        Note = "each value in its own base unit: percent, count, nanoseconds or a share of 0 to 1",
    };

    /// <summary>A row per GPU, if there are several.</summary>
    public static readonly TableOf<TraceReport> Each = new("gpus", "Each GPU",
        [
            Column.Text("gpu", "GPU"), Column.Count("samples", "Samples"), new("mean_percent", "Mean", Unit.Percent), new("time_weighted_mean_percent", "Mean by time", Unit.Percent),
            Column.Share("both_share", "Busy with I/O"), Column.Share("gpu_only_share", "Busy alone"), Column.Share("io_only_share", "I/O alone"), Column.Share("neither_share", "Neither"),
        ],
        (report, rows) =>
        {
            foreach (GpuSeriesUse gpu in report.Run?.Gpu?.Gpus ?? [])
                rows.Add(gpu.Name, gpu.SampleNs.Length, gpu.MeanPercent, gpu.TimeWeightedMeanPercent, gpu.Shares?.Both, gpu.Shares?.GpuOnly, gpu.Shares?.IoOnly, gpu.Shares?.Neither);
        });

    /// <summary>A row per phase or token of a log, on the clock of the GPU samples.</summary>
    public static readonly TableOf<TraceReport> LoggedPhases = new("logged_phases", "GPU utilization by phase of the log",
        [
            Column.Text("phase", "Phase"), Column.Id("token", "Token"), Column.Id("start_ns", "Start, GPU clock"), Column.Id("end_ns", "End, GPU clock"), new("gpu_mean_percent", "GPU mean", Unit.Percent),
            Column.Share("gpu_idle_share", "GPU idle"), Column.Ns("duration_ns", "Time"),
        ],
        (report, rows) =>
        {
            foreach (LoggedPhase phase in report.Run?.Logged?.Phases ?? [])
                rows.Add(phase.Kind.Name(), phase.Index, phase.StartNs, phase.EndNs, phase.GpuMeanPercent, phase.GpuIdleShare, phase.EndNs - phase.StartNs);
        });

    /// <summary>A row per sample.</summary>
    public static readonly TableOf<TraceReport> Samples = new("gpu", "GPU utilization over time",
        [Column.Id("sample_ns", "Sampled at"), new("utilization_percent", "Utilization", Unit.Percent), Column.Text("gpu", "GPU")],
        (report, rows) =>
        {
            if (report.Run?.Gpu is not { } gpu)
                return;
            if (gpu.Gpus.Length == 0)
                AddSamples(gpu.SampleNs, gpu.SamplePercent, "", rows);
            foreach (GpuSeriesUse one in gpu.Gpus)
                AddSamples(one.SampleNs, one.SamplePercent, one.Name, rows);
        })
    {
        Note = "`gpu` is empty where the log has one",
    };

    private static void AddSamples(long[] ns, double[] percent, string gpu, IRows rows)
    {
        for (int i = 0; i < ns.Length; i++)
            rows.Add(ns[i], percent[i], gpu);
    }
}

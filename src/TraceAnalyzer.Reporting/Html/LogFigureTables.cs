using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>The data behind the figures of a run without a trace as CSV text.</summary>
internal static class LogFigureTables
{
    /// <summary>The table of the figure called <paramref name="figure"/>.</summary>
    public static string Of(string figure, RunReport run) => figure == GpuTimelineFigure.Name ? Gpu(run) : TokenTimes(run);

    private static string Gpu(RunReport run) => FigureTables.Csv(
        "start_seconds,end_seconds,gpu_percent,gpu",
        from log in run.Gpu is { } known ? [known] : Array.Empty<GpuUse>()
        from gpu in GpuCurve.Of(log)
        let name = log.Gpus.Length == 0 ? "" : RunFigureTables.Field(gpu.Name)
        from i in Enumerable.Range(0, Math.Max(0, gpu.SampleNs.Length - 1))
        select (FormattableString)$"{(gpu.SampleNs[i] - log.SampleNs[0]) / 1e9},{(gpu.SampleNs[i + 1] - log.SampleNs[0]) / 1e9},{gpu.SamplePercent[i]},{name}");

    private static string TokenTimes(RunReport run)
    {
        double[] seconds = run.Frameworks.FirstOrDefault(log => log.TokenSeconds.Length > 0)?.TokenSeconds ?? [];
        double?[] gpu = [.. (run.Logged?.Phases ?? []).Where(phase => phase.Index is not null).Select(phase => phase.GpuMeanPercent)];
        return FigureTables.Csv("token,seconds,gpu_percent", seconds.Select((time, token) => (FormattableString)$"{token},{time},{(gpu.Length == seconds.Length ? gpu[token] : null)}"));
    }
}

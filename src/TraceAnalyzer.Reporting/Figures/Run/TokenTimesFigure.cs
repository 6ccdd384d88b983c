using System.Globalization;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Time of each token as the framework's log has it, and the GPU's utilization in it.</summary>
internal sealed class TokenTimesFigure() : Figure<TraceReport>("token-times", "Time of each token")
{
    /// <inheritdoc/>
    public override string Describe(TraceReport report) => "Time of each token as the framework's log has it.";

    /// <inheritdoc/>
    public override Table? Data(TraceReport report) => new("token_times", Caption, [Column.Id("token", "Token"), Column.Seconds("seconds", "Time"), new("gpu_percent", "GPU", Unit.Percent)], Rows(report.Run!));

    /// <inheritdoc/>
    public override FigureResult Draw(TraceReport report)
    {
        RunReport run = report.Run!;
        if (run.Frameworks.FirstOrDefault(log => log.TokenSeconds.Length > 0) is not { TokenSeconds: var seconds })
            return FigureResult.None("no log records the time per token");
        var panels = new List<PlotPanel>
        {
            new()
            {
                Name = "Time",
                NameColor = FigureColors.Third,
                Summary = string.Create(CultureInfo.InvariantCulture, $"{seconds.Sum():F1} s in total, first {seconds[0]:F2} s, median {seconds.Order().ElementAt(seconds.Length / 2):F2} s"),
                Y = LinearScale.FromZero(seconds.Max(), TickText.Number, about: 4),
                YLabel = "s",
                Height = 110,
                Layers = [Sticks(seconds)],
            },
        };
        double[] gpu = [.. (run.Logged?.Phases ?? []).Where(phase => phase.Index is not null).Select(phase => phase.GpuMeanPercent ?? 0)];
        if (gpu.Length == seconds.Length)
        {
            panels.Add(new PlotPanel
            {
                Name = "GPU",
                NameColor = FigureColors.Third,
                Summary = "mean in the token's time",
                Y = LinearScale.FromZero(100, TickText.Number, about: 4),
                YLabel = "Busy %",
                Height = 110,
                Layers = [Sticks(gpu)],
            });
        }

        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Printable(run.Folder) + " · no trace",
            X = WholeNumbers.Axis(seconds.Length, about: 8),
            XLabel = "Token (0 is the prefill)",
            Panels = [.. panels],
        });
    }

    private static StickLayer Sticks(double[] values) => new([.. Enumerable.Range(0, values.Length).Select(i => (double)i)], values) { Color = FigureColors.Third };

    private static Value[][] Rows(RunReport run)
    {
        double[] seconds = run.Frameworks.FirstOrDefault(log => log.TokenSeconds.Length > 0)?.TokenSeconds ?? [];
        double?[] gpu = [.. (run.Logged?.Phases ?? []).Where(phase => phase.Index is not null).Select(phase => phase.GpuMeanPercent)];
        return [.. seconds.Select((time, token) => (Value[])[token, time, gpu.Length == seconds.Length ? gpu[token] : null])];
    }
}

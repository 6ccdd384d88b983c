using System.Globalization;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>Time of each token as the framework's log has it, and the GPU's utilisation in it.</summary>
internal static class TokenTimesFigure
{
    /// <summary>Stable name.</summary>
    public const string Name = "token-times";

    /// <summary>Draws it, or says why not.</summary>
    public static FigureResult Draw(RunReport run)
    {
        if (run.Frameworks.FirstOrDefault(log => log.TokenSeconds.Length > 0) is not { TokenSeconds: var seconds })
            return FigureResult.None("no log says how long each token took");
        var panels = new List<PlotPanel>
        {
            new()
            {
                Name = "Time",
                NameColor = Palette.Third,
                Summary = string.Create(CultureInfo.InvariantCulture, $"{seconds.Sum():F1} s in all, first {seconds[0]:F2} s, median {seconds.Order().ElementAt(seconds.Length / 2):F2} s"),
                Y = LinearScale.FromZero(seconds.Max(), Quantity.Number, about: 4),
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
                NameColor = Palette.Third,
                Summary = "mean in the token's time",
                Y = LinearScale.FromZero(100, Quantity.Number, about: 4),
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

    private static StickLayer Sticks(double[] values) => new([.. Enumerable.Range(0, values.Length).Select(i => (double)i)], values) { Color = Palette.Third };
}

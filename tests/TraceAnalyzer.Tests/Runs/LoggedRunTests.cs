using System.Globalization;
using System.Text;
using SkiaSharp;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Html;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Runs of which there are logs and no trace.</summary>
public sealed class LoggedRunTests
{
    [Fact]
    public void Phases_are_placed_where_the_GPU_works_and_not_where_it_is_torn_down()
    {
        // A warm-up of 4 s, a pause of 2 s, prefill and decode of 1 and 5 s, and a last twitch 3 s later.
        LoggedRun logged = Of(WithLogs([(10, 0), (4, 30), (2, 0), (1, 50), (5, 20), (3, 0), (0.2, 10), (2, 0)], "prefill latency: 1.000 s\ndecode latency: 5.000 s\n"));

        Assert.Equal(["before", "prefill", "decode"], logged.Phases.Select(phase => phase.Kind.Name()));
        Assert.Equal([16.0, 17, 22], logged.Phases.Select(phase => Math.Round(phase.EndNs / 1e9, 1)));
        Assert.Equal(1.2, logged.UncertaintyNs!.Value / 1e9, 1e-6);
        Assert.Equal((50, 0), (logged.Phases[1].GpuMeanPercent!.Value, logged.Phases[1].GpuIdleShare!.Value));
        Assert.Equal(20, logged.Phases[2].GpuMeanPercent!.Value, 1e-9);
        Assert.Equal(4 * 30 / 16.0, logged.Phases[0].GpuMeanPercent!.Value, 1e-6);
        Assert.Equal(12 / 16.0, logged.Phases[0].GpuIdleShare!.Value, 1e-6);
    }

    [Fact]
    public void Each_token_is_placed_where_the_log_has_their_times()
    {
        LoggedRun logged = Of(WithLogs([(5, 0), (2, 50), (1, 20), (1, 40), (4, 0)], "deepspeed\ntoken_latency=[2.0, 1.0, 1.0]\n"));

        Assert.Equal([null, 0, 1, 2], logged.Phases.Select(phase => phase.Index));
        Assert.Equal([50.0, 20, 40], logged.Phases.Skip(1).Select(phase => phase.GpuMeanPercent!.Value));
    }

    [Fact]
    public void Of_a_log_that_ends_with_the_GPU_at_work_no_uncertainty_is_stated()
    {
        LoggedRun logged = Of(WithLogs([(5, 0), (6, 20)], "prefill latency: 1.000 s\ndecode latency: 5.000 s\n"));

        Assert.Null(logged.UncertaintyNs);
        Assert.Contains("may have gone on", logged.Anchor, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_the_logs_and_claims_nothing_of_a_trace()
    {
        string folder = RunCaptures.NewFolder();
        TraceReport report = RunAnalysis.Of(WithLogs([(5, 0), (2, 50), (1, 20), (1, 40), (4, 0)], "deepspeed\ntoken_latency=[2.0, 1.0, 1.0]\n"));
        using var page = new MemoryStream();
        HtmlReport.Write(report, FigureWriter.WriteAll(report, folder, new FigureOptions(), TestContext.Current.CancellationToken), folder, page);
        string html = Encoding.UTF8.GetString(page.ToArray());

        Assert.Contains("id=\"figure-gpu-timeline-0\"", html, StringComparison.Ordinal);
        Assert.Contains("id=\"figure-token-times-0\"", html, StringComparison.Ordinal);
        Assert.Contains("<bdi>prefill</bdi></th>\n<td data-exact=\"0\">0</td>\n<td data-exact=\"2000000000\">2 s</td>\n<td data-exact=\"50\">50 %</td>", html, StringComparison.Ordinal);
        Assert.Contains("No trace was read.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was lost", html, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StudyRun.Names), MemberType = typeof(StudyRun))]
    public void A_run_of_the_study_gives_figures_and_phases(string name)
    {
        StudyRun run = StudyRun.Named(name);
        AssertHasPhasesAndFigures(run, run.Write());
    }

    /// <summary>The logs in a folder give a run's phases, and figures of them.</summary>
    internal static void AssertHasPhasesAndFigures(StudyRun run, string logs)
    {
        (int phases, int figures) = run.Framework == TraceAnalyzer.Runs.Logs.Framework.DeepSpeed ? (33, 2) : (3, 1);
        TraceReport report = RunAnalysis.Of(logs);
        LoggedRun logged = report.Run!.Logged!;
        string folder = RunCaptures.NewFolder();
        FigureFile[] drawn = [.. FigureWriter.WriteAll(report, folder, new FigureOptions(), TestContext.Current.CancellationToken).Where(figure => figure.FileName is not null)];

        Assert.Equal(phases, logged.Phases.Length);
        Assert.Equal(report.Run.Frameworks[0].TotalSeconds!.Value, logged.Phases.Skip(1).Sum(phase => (phase.EndNs - phase.StartNs) / 1e9), 0.3);
        // The GPU works throughout the decode steps of model runs, but waits for data now and then.
        Assert.All(logged.Phases.Where(phase => phase.Kind == SpanKind.Decode), phase => Assert.InRange(phase.GpuIdleShare!.Value, 0, 0.05));
        Assert.Equal(figures, drawn.Length);
        Assert.All(drawn, figure =>
        {
            using SKBitmap? picture = SKBitmap.Decode(Path.Combine(folder, figure.FileName!));
            Assert.Equal(1200, picture?.Width);
        });
    }

    private static LoggedRun Of(string folder) => RunAnalysis.Of(folder).Run!.Logged!;

    /// <summary>A folder with a GPU log, a sample each 200 ms, and a framework's log.</summary>
    internal static string WithLogs((double Seconds, int Percent)[] gpu, string log)
    {
        string folder = RunCaptures.NewFolder();
        var text = new StringBuilder("timestamp, utilization.gpu [%]\n");
        var time = new DateTime(2025, 1, 16, 13, 0, 0, DateTimeKind.Unspecified);
        foreach ((double seconds, int percent) in gpu.Append((0.2, 0)))
        {
            for (int i = 0; i < (int)Math.Round(seconds * 5); i++, time = time.AddMilliseconds(200))
                text.Append(CultureInfo.InvariantCulture, $"{time:yyyy/MM/dd HH:mm:ss.fff}, {percent} %\n");
        }

        // Where the GPU is at work to the end, no sample follows.
        File.WriteAllText(Path.Combine(folder, "gpu.csv"), gpu[^1].Percent > 0 ? text.ToString()[..(text.ToString().TrimEnd('\n').LastIndexOf('\n') + 1)] : text.ToString());
        File.WriteAllText(Path.Combine(folder, "log.txt"), "flexgen\n" + log);
        return folder;
    }
}

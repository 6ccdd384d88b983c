using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>What is known of a run besides its trace: what was run, where that is known from, and what cannot be said.</summary>
internal static class RunSection
{
    private const int MostFiles = 100;

    /// <summary>Writes the section.</summary>
    public static void Write(HtmlBuilder html, TraceReport report)
    {
        RunReport run = report.Run!;
        html.Add($"""<section id="run" aria-labelledby="run-title"><h2 id="run-title">The run</h2>""");
        HtmlTable.Write(html, RunTables.Settings.Of(report));
        HtmlTable.Write(html, RunTables.Frameworks.Of(report));
        HtmlTable.Write(html, RunTables.Problems.Of(report));
        Table files = RunTables.Files.Of(report);
        HtmlTable.Write(html, files.Where("kind", RunFile.NotUnderstood).First(MostFiles).Select("file", "reason") with { Name = "run_not_understood", Title = "Files that are not understood" });
        html.Add($"<details><summary>Files of the run's folder</summary>");
        HtmlTable.Write(html, files.WithoutEmptyColumns());
        html.Add($"</details>");
        foreach (string line in run.NotAnswerable)
            html.Add($"""<p class="missing">Not answerable. <bdi>{line}</bdi></p>""");
        html.Add($"""<p class="how"><strong>How this was computed.</strong> Settings, clocks and times are read from the files of the run's folder; what no file says is left open. Figures of the frameworks are theirs, not measured here.</p></section>""");
    }
}

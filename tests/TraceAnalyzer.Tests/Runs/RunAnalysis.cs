using System.Collections.Concurrent;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using Library = TraceAnalyzer.Analysis.OfRun.RunAnalysis;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Analyses runs as the command line does.</summary>
internal static class RunAnalysis
{
    // Many tests ask different things of the same run. Nobody changes a report.
    private static readonly ConcurrentDictionary<(string Folder, string? Trace, double? Roofline), Lazy<TraceReport>> s_captures = new();

    public static TraceReport Of(string folder, string? trace = null, int workers = 2, Thresholds? thresholds = null, double? roofline = null) =>
        workers == 2 && thresholds is null && folder.StartsWith(Repository.Path("traces"), StringComparison.Ordinal)
            ? s_captures.GetOrAdd((folder, trace, roofline), run => new Lazy<TraceReport>(() => Analyse(run.Folder, run.Trace, 2, null, run.Roofline))).Value
            : Analyse(folder, trace, workers, thresholds, roofline);

    public static string VerdictOf(TraceReport report, string id) => report.Findings.Single(finding => finding.Id == id).Verdict.Name();

    private static TraceReport Analyse(string folder, string? trace, int workers, Thresholds? thresholds, double? roofline)
    {
        var analysis = new AnalysisOptions { Workers = workers, Thresholds = thresholds ?? new Thresholds() };
        return Library.Run(folder, analysis, new RunOptions { Trace = trace, RooflineGiBPerSecond = roofline }, cancellation: TestContext.Current.CancellationToken);
    }
}

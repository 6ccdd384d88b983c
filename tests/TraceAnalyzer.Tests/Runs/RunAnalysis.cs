using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Analyses runs as the command line does.</summary>
internal static class RunAnalysis
{
    public static TraceReport Of(string folder, string? trace = null, int workers = 2, FindingOptions? findings = null, double? roofline = null)
    {
        using var parts = RunFolder.Open(folder);
        var run = RunContext.Of(parts, trace, rooflineGiBPerSecond: roofline);
        var options = new AnalysisOptions { Workers = workers, Run = run, Findings = findings ?? new FindingOptions() };
        if (run.Trace is null)
            return RunWithoutTrace.Report(run, options);
        using ITraceReader reader = run.Trace.Open();
        return TraceAnalysis.Run(reader, options, cancellation: TestContext.Current.CancellationToken);
    }

    public static string VerdictOf(TraceReport report, string id) => report.Findings.Single(finding => finding.Id == id).Verdict;
}

using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>The report of a run whose trace is missing: what logs and model say.</summary>
public static class RunWithoutTrace
{
    /// <summary>Makes it.</summary>
    public static TraceReport Report(RunContext run, AnalysisOptions options)
    {
        RunReport part = RunReportBuilder.Build(run, trace: null);
        return new TraceReport
        {
            Source = new ReportSource(part.Folder, "no trace", [], 0),
            Settings = new ReportSettings(options.CountedAction.Name(), options.Filter.Describe(), options.Study),
            Integrity = [],
            Events = 0,
            Actions = [],
            FirstEventNs = 0,
            LastEventNs = 0,
            Time = new TimeBinning(0, 1, 0),
            Devices = [],
            Run = part,
        };
    }
}

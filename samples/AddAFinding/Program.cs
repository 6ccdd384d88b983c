// A finding of one's own: is a request longer in the queue than in the device? One class is all it takes; in the library it would be a file
// in src/TraceAnalyzer/Findings and a line in RunFindings.
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Findings;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

string trace = args.Length > 0 ? args[0] : Path.Combine("traces", "nvmevirt", "c-kvcache");
using ITraceReader reader = TraceFormats.Open([trace]);
TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions { Rules = [.. RunFindings.All, new WaitsInTheQueue()] });
foreach (Finding finding in report.Findings)
    Console.WriteLine($"{finding.Verdict.Name() + ":",-16}{finding.Title}. {finding.Sentence}");
return report.Findings.Any(finding => finding.Id == "waits-in-the-queue") ? 0 : 1;

/// <summary>A device that is asked for more than it can do makes requests wait for it.</summary>
internal sealed class WaitsInTheQueue() : FindingRule<TraceFacts>("waits-in-the-queue", "Reads wait in the queue longer than the device takes", "latency-percentiles")
{
    public override string Criterion(Thresholds thresholds) => "shown if the median time from queueing to issue is longer than that from issue to completion";

    public override Finding Judge(TraceFacts facts, Thresholds thresholds)
    {
        // Without Q, D and C of the same requests it could not come out either way.
        if (facts.Read?.Latency is not { Q2D: { } queued, D2C: { } served })
            return NotAnswerable("The trace does not have both times of any read.");
        return Answer(
            queued.P50Ns > served.P50Ns ? Verdict.Shown : Verdict.NotShown,
            $"The median read waits {Units.Duration(queued.P50Ns)} in the queue and takes {Units.Duration(served.P50Ns)} in the device.",
            new Evidence("median time from queueing to issue", queued.P50Ns, Unit.Nanoseconds, served.P50Ns),
            new Evidence("median time from issue to completion", served.P50Ns, Unit.Nanoseconds));
    }
}

using TraceAnalyzer.Analysis;
using TraceAnalyzer.Findings;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Oracles;

namespace TraceAnalyzer.Tests.Findings;

/// <summary>Traces of a few requests, analyzed as any other, to judge findings by.</summary>
internal static class SmallRun
{
    public const long Ms = 1_000_000;

    public static BlockEvent Read(long timeNs, ulong sector, uint sectors = 256, string rwbs = "RA") => Request(timeNs, sector, sectors, rwbs);

    public static BlockEvent Write(long timeNs, ulong sector, uint sectors = 256) => Request(timeNs, sector, sectors, "WS");

    public static BlockEvent Request(long timeNs, ulong sector, uint sectors, string rwbs) => new()
    {
        TimeNs = timeNs,
        Sector = sector,
        LengthSectors = sectors,
        LengthBytes = sectors * BlockEvent.SectorBytes,
        Action = BlockAction.Issue,
        Device = DeviceId.Of(259, 0),
        Rwbs = Rwbs.Of(rwbs),
        Class = Rwbs.Of(rwbs).Class,
        Pid = 1,
    };

    /// <summary>The report of events, which are put in the order of their times.</summary>
    public static TraceReport Report(IEnumerable<BlockEvent> events, AnalysisOptions? options = null)
    {
        using ITraceReader reader = new EventListReader([.. events.OrderBy(e => e.TimeNs)], 7);
        return TraceAnalysis.Run(reader, options ?? new AnalysisOptions(), cancellation: TestContext.Current.CancellationToken);
    }

    public static Finding Finding(TraceReport report, string id) => report.Findings.Single(finding => finding.Id == id);

    /// <summary>What a rule says of facts that are given.</summary>
    public static Finding Judge(FindingRule<TraceFacts> rule, TraceFacts facts, Thresholds? thresholds = null) => rule.Judge(facts, thresholds ?? new Thresholds())!;

    public static TraceFacts Facts(TraceReport report) => new(report, report.BusiestDevice!);
}

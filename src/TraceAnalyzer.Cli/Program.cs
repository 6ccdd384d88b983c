using System.Diagnostics;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;

var sw = Stopwatch.StartNew();
using ITraceReader reader = TraceFormats.Open(args);
TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions());
Console.WriteLine($"{sw.Elapsed.TotalSeconds:F3} s, {report.Events} events, {report.Time}");
foreach (IntegrityCounter c in report.Integrity)
    if (c.Count > 0) Console.WriteLine(c);
foreach (DeviceReport d in report.Devices)
{
    Console.WriteLine($"{d.Device} {string.Join(" ", d.Actions.Select(a => a.Letter + ":" + a.Count))}");
    foreach (OperationReport o in d.Operations)
        Console.WriteLine($"  {o.Scope} {o.Name}: {o.Overview.Requests} {o.Overview.Bytes} dom {o.Sizes.DominatingSizeBytes} {o.Sizes.DominatingShareOfRequests:F3} foot {o.Overview.FootprintBytes} gini {o.SectorAccess?.Gini:F4} max {o.SectorAccess?.MaxAccesses} D2C {o.Latency?.D2C?.P50Ns} {o.Latency?.D2C?.Count} Q2D {o.Latency?.Q2D?.P50Ns} {o.Latency?.Q2D?.Count}");
    Console.WriteLine($"  QD max {d.QueueDepth?.MaxDepth} mean {d.QueueDepth?.MeanDepth} rows {d.Space?.RowStartSectors.Length} x {d.Space?.RowSectors}");
}

return 0;

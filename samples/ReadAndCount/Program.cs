// Counts the issued requests of a trace by rwbs string, in two ways: event by event, and with the library's own analysis.
using TraceAnalyzer;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

string trace = args.Length > 0 ? args[0] : Path.Combine("traces", "nvmevirt", "c-kvcache");

// Event by event: chunks are cut off in order, and decoded, perhaps by several threads.
var requests = new SortedDictionary<Rwbs, long>();
using (ITraceReader reader = TraceFormats.Open([trace]))
{
    Console.WriteLine($"{reader.Source.Name}, {reader.Source.Format}");
    var chunk = new TraceChunk();
    var batch = new EventBatch();
    while (reader.ReadChunk(chunk))
    {
        reader.Decode(chunk, batch);
        foreach (BlockEvent e in batch.Events)
        {
            if (e.Action == BlockAction.Issue)
                requests[e.Rwbs] = requests.GetValueOrDefault(e.Rwbs) + 1;
        }
    }
}

foreach ((Rwbs rwbs, long count) in requests)
    Console.WriteLine($"{rwbs,-4} {count,9:N0}");

// With the library's analysis: everything that report.json holds.
TraceReport report = RunAnalysis.Run(trace, new AnalysisOptions { CountedAction = BlockAction.Issue });
foreach (OperationReport operation in report.Devices.SelectMany(device => device.Operations).Where(operation => operation.Scope == OperationScope.Rwbs))
{
    Console.WriteLine(
        $"{operation.Name,-4} {operation.Overview.Requests,9:N0} requests, {Units.Bytes(operation.Overview.Bytes)}, "
        + $"mostly {Units.Bytes(operation.Sizes.DominatingSizeBytes)}");
}

return report.HasLosses ? 4 : 0;

using System.Diagnostics;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;

var sw = Stopwatch.StartNew();
using ITraceReader reader = TraceFormats.Open(args);
TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions());
Console.Error.WriteLine($"{sw.Elapsed.TotalSeconds:F3} s, {report.Events} events, {report.Time}");
ConsoleSummary.Write(report, Console.Out);
return 0;

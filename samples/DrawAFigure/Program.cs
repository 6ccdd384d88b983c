// A figure of one's own, from the numbers of a report: bytes read and written since the start. The slope is the bandwidth, a step is a burst.
// A report may also come from a file: ReportJson.Read.
using ScottPlot;
using TraceAnalyzer;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

string output = args.Length > 1 ? args[1] : Path.Combine("out", "cumulative-bytes.png");
string trace = args.Length > 0 ? args[0] : Path.Combine("traces", "nvmevirt", "c-kvcache");
TraceReport report = RunAnalysis.Run(trace);
DeviceReport device = report.BusiestDevice!;

// The embedded font: on a machine without fonts a plot would have no text.
FigureFont.UseEverywhere();
using var plot = new Plot();
foreach (OperationClass operation in OperationClasses.MovingData)
{
    if (device.OfClass(operation) is not { } found)
        continue;
    double[] gibSoFar = new double[found.Throughput.Bytes.Length];
    double sum = 0;
    for (int bin = 0; bin < gibSoFar.Length; bin++)
        gibSoFar[bin] = (sum += found.Throughput.Bytes[bin]) / (1L << 30);
    plot.Add.Signal(gibSoFar, period: report.Time.WidthNs / 1e9).LegendText = $"{operation.Name()}: {Units.Bytes(found.Overview.Bytes)}";
}

plot.Title($"{report.Source.Name}, device {device.Device}");
plot.XLabel("time (s)");
plot.YLabel("bytes since the start (GiB)");
plot.Axes.Margins(left: 0, right: 0.02, bottom: 0, top: 0.05);
plot.ShowLegend(Alignment.UpperLeft);
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
plot.SavePng(output, 1200, 700);
Console.WriteLine($"written: {output}");

using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reporting;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Tests.Html;

/// <summary>Makes pages as <c>compare</c> does.</summary>
internal static class ComparisonPages
{
    /// <summary>Compares, draws and writes the page into <paramref name="folder"/>.</summary>
    public static string Write(string folder, params TraceReport[] reports)
    {
        ComparisonReport comparison = ReportComparison.Compare(reports, new ComparisonOptions());
        IReadOnlyList<FigureFile> figures = ComparisonFigureWriter.WriteAll(reports, comparison, folder, new FigureOptions { Dpi = FigureOptions.MinDpi }, TestContext.Current.CancellationToken);
        string path = Path.Combine(folder, HtmlComparison.FileName);
        using FileStream page = File.Create(path);
        HtmlComparison.Write(reports, comparison, figures, folder, page);
        return path;
    }
}

using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Html;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Html;

/// <summary>Makes pages as <c>compare</c> does.</summary>
internal static class ComparisonPages
{
    /// <summary>Compares, draws and writes the page into <paramref name="folder"/>.</summary>
    public static string Write(string folder, params TraceReport[] reports) => Write(folder, reports, new FigureOptions { Dpi = FigureOptions.MinDpi });

    /// <summary>The same with figures of another size.</summary>
    public static string Write(string folder, TraceReport[] reports, FigureOptions options)
    {
        ComparisonReport comparison = ReportComparison.Compare(reports, new ComparisonOptions());
        IReadOnlyList<FigureFile> figures = FigureWriter.WriteAll(comparison, folder, options, TestContext.Current.CancellationToken);
        string path = Path.Combine(folder, HtmlComparison.FileName);
        using FileStream page = File.Create(path);
        HtmlComparison.Write(comparison, figures, folder, page);
        return path;
    }
}

using System.Globalization;
using System.Text;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Summaries;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Comparison;

/// <summary>A comparison in each of its texts.</summary>
internal static class ComparisonFiles
{
    public static string Json(ComparisonReport comparison)
    {
        using var stream = new MemoryStream();
        ComparisonJson.Write(comparison, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static string Console(ComparisonReport comparison)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        ComparisonSummary.Write(comparison, writer);
        return writer.ToString();
    }

    public static string All(ComparisonReport comparison)
    {
        using var folder = new TemporaryFolder();
        ComparisonTables.WriteCsv(comparison, folder.Path);
        return Json(comparison) + Console(comparison) + string.Concat(Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(File.ReadAllText));
    }
}

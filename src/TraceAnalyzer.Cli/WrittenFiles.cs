using System.Globalization;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Cli;

/// <summary>The lines that say what was written and which figures were not drawn.</summary>
internal static class WrittenFiles
{
    /// <summary>Writes them.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="page">Name of the report page.</param>
    /// <param name="json">Name of the JSON file.</param>
    /// <param name="figures">Every figure that was asked for.</param>
    /// <param name="output">Takes the lines.</param>
    public static void Write(string folder, string page, string json, IReadOnlyList<FigureFile> figures, TextWriter output)
    {
        int drawn = figures.Count(figure => figure.FileName is not null);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Written to {PrintableText.Of(folder)}: {page}, {json}, CSV files, {drawn} {(drawn == 1 ? "figure" : "figures")}"));
        foreach (IGrouping<(string Device, string? Reason), FigureFile> missing in figures.Where(figure => figure.FileName is null).GroupBy(figure => (figure.Device, figure.Reason)))
        {
            string device = missing.Key.Device.Length == 0 ? "" : $" of {missing.Key.Device}";
            output.WriteLine($"Not drawn{device}: {string.Join(", ", missing.Select(figure => figure.Figure))}: {missing.Key.Reason}");
        }
    }
}

using System.Globalization;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Text;

/// <summary>How numbers are to be written: <c>units.csv</c>, which the library and the page's script are both tested against.</summary>
internal static class UnitCases
{
    /// <summary>The file's text.</summary>
    public static string Csv { get; } = Repository.Text("tests", "TraceAnalyzer.Tests", "Text", "units.csv");

    /// <summary>Its rows.</summary>
    public static IReadOnlyList<(Unit Unit, double Value, string Text)> All { get; } =
    [
        .. Csv.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split(',', 3)).Select(fields => (
            Enum.Parse<Unit>(fields[0], ignoreCase: true), double.Parse(fields[1], CultureInfo.InvariantCulture), fields[2].Trim('"'))),
    ];
}

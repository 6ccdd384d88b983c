using System.Globalization;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

// phase,token,layer,row,experts
// bench,0,0,0,4 1
namespace TraceAnalyzer.Runs.Tensors;

/// <summary>Which experts a router chose (<c>experts.csv</c>): a row for each token, layer and row of the batch.</summary>
/// <param name="Choices">Token, 0 being the prefill, layer and expert; each once.</param>
/// <param name="SkippedLines">Lines that make no sense.</param>
public sealed record ExpertRouting(IReadOnlySet<(int Token, int Layer, int Expert)> Choices, int SkippedLines)
{
    /// <summary>Values out of range and rows left out, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    internal static bool IsHeader(string line) =>
        DelimitedTable.Columns(line, ',') is var columns && columns.Contains("token") && columns.Contains("layer") && columns.Contains("experts");

    /// <summary>Reads the file from its header on.</summary>
    public static ExpertRouting Read(TextReader text)
    {
        var table = new DelimitedTable(text, ',');
        (int tokenColumn, int layerColumn, int expertsColumn) = (table.Column("token"), table.Column("layer"), table.Column("experts"));
        var choices = new HashSet<(int Token, int Layer, int Expert)>();
        while (table.Next())
        {
            if (!table.TryNumber(tokenColumn, SideRanges.Index, out int token) || !table.TryNumber(layerColumn, SideRanges.Index, out int layer))
            {
                table.Skip();
                continue;
            }

            foreach (string word in table.Text(expertsColumn).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int expert) && choices.Count < SideRanges.MostRows)
                    choices.Add((token, layer, expert));
            }
        }

        return new ExpertRouting(choices, table.SkippedLines) { Remarks = table.Remarks };
    }
}

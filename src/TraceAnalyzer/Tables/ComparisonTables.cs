using System.Collections.Immutable;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Tables.OfComparison;

namespace TraceAnalyzer.Tables;

/// <summary>The list of tables of a <see cref="ComparisonReport"/> (docs/comparison-schema.md). A new table is a file in <c>Tables/OfComparison</c> and a line here.</summary>
public static class ComparisonTables
{
    /// <summary>Every table there can be.</summary>
    public static readonly ImmutableArray<TableOf<ComparisonReport>> All =
    [
        SettingsTable.Settings,
        MetricsTable.Metrics,
        DistributionsTable.Distributions,
        ComparedFindingsTable.Findings,
        BandwidthTable.Bandwidth,
        ComparedTokensTable.Tokens,
    ];

    /// <summary>Writes every table that has rows as a CSV file into an existing folder, which has no such files yet.</summary>
    /// <exception cref="IOException">A file exists or cannot be written.</exception>
    public static void WriteCsv(ComparisonReport comparison, string folder) => CsvWriter.WriteAll(All, comparison, folder);
}

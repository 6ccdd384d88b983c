using TraceAnalyzer.Tables;

namespace TraceAnalyzer.Tests.Tables;

/// <summary>
/// The lists of tables in the documents are the tables' own. Set <c>TRACEANALYZER_UPDATE_DOCUMENTS=1</c> to write them anew.
/// </summary>
public sealed class TableDocumentTests
{
    [Fact]
    public void Report_schema_lists_every_table() => Check("report-schema.md", TraceTables.All.Select(table => table.Describe()));

    [Fact]
    public void Comparison_schema_lists_every_table() => Check("comparison-schema.md", ComparisonTables.All.Select(table => table.Describe()));

    [Fact]
    public void Names_of_files_and_columns_are_unique()
    {
        Assert.Distinct(TraceTables.All.Select(table => table.Name));
        Assert.All(TraceTables.All, table => Assert.Distinct(table.Columns.Select(column => column.Name)));
        Assert.All(ComparisonTables.All, table => Assert.Distinct(table.Columns.Select(column => column.Name)));
    }

    private static void Check(string name, IEnumerable<string> lines) =>
        Golden.EqualInDocument(name, "<!-- tables: written by the tests, see CONTRIBUTING.md -->\n", "<!-- /tables -->\n", string.Concat(lines.Select(line => line + "\n")));
}

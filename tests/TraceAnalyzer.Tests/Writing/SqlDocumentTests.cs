using System.Globalization;
using System.Text.RegularExpressions;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>The queries of docs/sql.md, run by DuckDB over a set of two runs, against what <c>analyze</c> computes of the same runs.</summary>
[Trait("Kind", "capture")]
public sealed partial class SqlDocumentTests(SqlDocumentTests.TwoRuns runs) : IClassFixture<SqlDocumentTests.TwoRuns>
{
    /// <summary>Two runs as a set of Parquet files, and their reports.</summary>
    public sealed class TwoRuns : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public TwoRuns()
        {
            string[] traces = [Repository.Path("traces", "flexgen", "kv-offload-omp1"), Repository.KvCache];
            Conversions.Convert(traces, _folder["runs/"]);
            Reports = [.. traces.Select((trace, i) => Tool.Analyze(_folder[$"report{i}"], 0, trace, "--bin", "1s"))];
            View = Statements("-- duckdb").Single().Replace("out/runs", _folder["runs"], StringComparison.Ordinal);
        }

        internal TraceReport[] Reports { get; }

        internal string View { get; }

        internal string Folder => _folder["runs"];

        public void Dispose() => _folder.Dispose();
    }

    public static TheoryData<string> Sections => [.. QuerySections()];

    [Theory]
    [MemberData(nameof(Sections))]
    public void Query_Runs(string section)
    {
        List<string[]> rows = DuckDb.Query(runs.View, QueryOf(section));

        // Every question has an answer in these runs: one tells its tensors and tokens, the other was traced around the 400th second.
        Assert.NotEmpty(rows);
    }

    [Fact]
    public void Request_sizes_are_those_of_the_report()
    {
        string[] expected =
        [
            .. Classes().SelectMany(of => of.Operation.Sizes.Sizes.Select(size => Row(of.Run, of.Device, of.Operation.Name, size.SizeBytes, size.Requests))),
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), Rows("Request sizes").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bandwidth_over_time_is_that_of_the_report()
    {
        string[] expected =
        [
            .. Classes().Where(of => of.Operation.Name is "read" or "write").SelectMany(of => of.Operation.Throughput.Bytes
                .Select((bytes, second) => (bytes, second)).Where(bin => bin.bytes > 0).Select(bin => Row(of.Run, of.Device, of.Operation.Name, bin.second, bin.bytes))),
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), Rows("Bandwidth over time").Order(StringComparer.Ordinal));
        Assert.True(expected.Length > 50);
    }

    [Fact]
    public void Sector_accesses_are_those_of_the_report()
    {
        string[] expected =
        [
            .. Classes().Where(of => of.Operation.Name is "read" or "write").SelectMany(of => of.Operation.SectorAccess!.Distribution
                .Select(count => Row(of.Run, of.Device, of.Operation.Name, count.Accesses, count.Sectors))),
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), Rows("Sector accesses").Order(StringComparer.Ordinal));
        Assert.True(expected.Length > 10);
    }

    [Fact]
    public void Filters_reach_the_row_groups_and_the_folders()
    {
        string plan = string.Join('\n', DuckDb.Query(
            runs.View,
            "EXPLAIN ANALYZE SELECT COUNT(*) FROM requests WHERE run = 'c-kvcache' AND issue_time_ns < 400000000000").SelectMany(row => row));

        Assert.True(plan.Contains("Scanning Files: 1/", StringComparison.Ordinal), plan);
        Assert.Contains("issue_time_ns<400000000000", plan.Replace(" ", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal));

        // Beyond the least value of all row groups it reads nothing at all.
        string nothing = string.Join('\n', DuckDb.Query(
            runs.View,
            "EXPLAIN ANALYZE SELECT COUNT(*) FROM requests WHERE run = 'c-kvcache' AND issue_time_ns < 0").SelectMany(row => row));
        Assert.Contains("EMPTY_RESULT", nothing);
        Assert.Contains("Scanning Files: 1/", plan);

        // Of the row groups of the run, only those that hold the time are read at all.
        string[][] groups = [.. DuckDb.Query(
            $"SELECT row_group_id, stats_min_value, stats_max_value, row_group_num_rows FROM parquet_metadata('{runs.Folder}/run=kv-offload-omp1-bench/*/*.parquet') WHERE path_in_schema = 'issue_time_ns' ORDER BY row_group_id")];
        Assert.Equal(Rows(runs.Reports[0]), groups.Sum(group => long.Parse(group[3], CultureInfo.InvariantCulture)));
        Assert.All(groups, group => Assert.InRange(long.Parse(group[3], CultureInfo.InvariantCulture), 1, 250_000));
        for (int i = 1; i < groups.Length; i++)
            Assert.True(long.Parse(groups[i][1], CultureInfo.InvariantCulture) >= long.Parse(groups[i - 1][2], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Time_filters_do_not_lose_rows()
    {
        // Wrong statistics would make an engine leave out row groups that it needs.
        List<string[]> rows = DuckDb.Query(
            runs.View,
            """
            SELECT (SELECT COUNT(*) FROM requests WHERE issue_time_ns >= m.at), (SELECT COUNT(*) FROM requests WHERE issue_time_ns < m.at), (SELECT COUNT(*) FROM requests),
              (SELECT COUNT(*) FROM requests WHERE complete_time_ns >= m.at) + (SELECT COUNT(*) FROM requests WHERE complete_time_ns < m.at), (SELECT COUNT(complete_time_ns) FROM requests),
              (SELECT COUNT(*) FROM requests WHERE token >= 1) + (SELECT COUNT(*) FROM requests WHERE token < 1), (SELECT COUNT(token) FROM requests)
            FROM (SELECT CAST(MEDIAN(issue_time_ns) AS BIGINT) AS at FROM requests) AS m
            """);
        long[] counts = [.. rows.Single().Select(field => long.Parse(field, CultureInfo.InvariantCulture))];

        Assert.Equal(counts[2], counts[0] + counts[1]);
        Assert.Equal(counts[4], counts[3]);
        Assert.Equal(counts[6], counts[5]);
        Assert.True(counts[0] > 0 && counts[1] > 0 && counts[5] > 0);
    }

    private IEnumerable<(string Run, string Device, OperationReport Operation)> Classes() =>
        runs.Reports.SelectMany(report => report.Devices.SelectMany(device => device.Operations
            .Where(operation => operation.Scope == OperationScope.Class).Select(operation => (report.Source.Name, device.Device, operation))));

    private static long Rows(TraceReport report) => report.Actions.Single(action => action.Action == "issue").Count;

    private IEnumerable<string> Rows(string section) => DuckDb.Query(runs.View, QueryOf(section)).Select(row => string.Join(' ', row));

    private static string Row(string run, string device, string @class, long first, long second) =>
        string.Create(CultureInfo.InvariantCulture, $"{run} {device} {@class} {first} {second}");

    private static IEnumerable<string> QuerySections() =>
        SectionPattern().Matches(Page()).Where(match => match.Groups["sql"].Value.Contains("FROM requests", StringComparison.Ordinal)).Select(match => match.Groups["name"].Value);

    private static string QueryOf(string section) => SectionPattern().Matches(Page()).Single(match => match.Groups["name"].Value == section).Groups["sql"].Value;

    private static IEnumerable<string> Statements(string mark) =>
        BlockPattern().Matches(Page()).Select(match => match.Groups["sql"].Value).Where(sql => sql.StartsWith(mark, StringComparison.Ordinal));

    private static string Page() => Repository.Text("docs", "sql.md").ReplaceLineEndings("\n");

    [GeneratedRegex(@"^## (?<name>[^\n]+)\n(?:(?!## |```).*\n)*```sql\n(?<sql>(?:(?!```).*\n)+)```", RegexOptions.Multiline)]
    private static partial Regex SectionPattern();

    [GeneratedRegex(@"```sql\n(?<sql>(?:(?!```).*\n)+)```")]
    private static partial Regex BlockPattern();
}

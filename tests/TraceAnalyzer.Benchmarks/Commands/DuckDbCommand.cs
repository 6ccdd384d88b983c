using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;

namespace TraceAnalyzer.Benchmarks.Commands;

/// <summary>
/// The rival for the study's CSV: DuckDB loads it into a table and answers the three questions that the study's figures ask.
/// A verb of its own, so that it runs in a process of its own like every other contestant.
/// </summary>
internal static class DuckDbCommand
{
    private static readonly (string Name, string Sql)[] Questions =
    [
        ("size histogram", "SELECT rwbs, bytes, count(*) FROM trace GROUP BY ALL"),
        ("bandwidth per second", "SELECT rwbs, nsecs // 1000000000 AS second, sum(bytes) FROM trace GROUP BY ALL"),
        // By each request's first sector, kinder to DuckDB than each sector that it covers, which the tool counts.
        ("sector x second", "SELECT rwbs, sector, nsecs // 1000000000 AS second, count(*) FROM trace GROUP BY ALL"),
    ];

    private static int Analyze(string path, TextWriter output)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        long start = Stopwatch.GetTimestamp();
        command.CommandText = "CREATE TABLE trace AS SELECT * FROM read_csv('" + path.Replace("'", "''", StringComparison.Ordinal) + "', skip = 1, header = false, delim = ', ', auto_detect = false, "
            + "columns = {'nsecs': 'BIGINT', 'rwbs': 'VARCHAR', 'bytes': 'BIGINT', 'sector': 'BIGINT', 'nr_sector': 'INTEGER'})";
        command.ExecuteNonQuery();
        Report("load", -1);
        foreach ((string name, string sql) in Questions)
        {
            start = Stopwatch.GetTimestamp();
            command.CommandText = sql;
            long rows = 0;
            using (DuckDBDataReader reader = command.ExecuteReader())
            {
                while (reader.Read())
                {
                    rows++;
                    if (reader.FieldCount == 3 && name == "size histogram")
                        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {reader.GetString(0)} {reader.GetInt64(1)} bytes x {reader.GetInt64(2)}"));
                }
            }

            Report(name, rows);
        }

        return 0;

        void Report(string name, long rows) => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F3} s{(rows < 0 ? "" : $", {rows} rows")}"));
    }

    public static Command Create()
    {
        var path = new Argument<string>("csv");
        var command = new Command("duckdb", "Load a CSV of the study's format into DuckDB and ask it three group-bys.") { path };
        command.SetAction(result => Analyze(result.GetValue(path)!, Console.Out));
        return command;
    }
}

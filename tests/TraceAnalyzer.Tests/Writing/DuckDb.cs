using System.Globalization;
using DuckDB.NET.Data;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>An SQL engine that no one here wrote.</summary>
internal static class DuckDb
{
    /// <summary>Runs statements.</summary>
    public static void Execute(params string[] statements) => Query([.. statements, "SELECT 1"]);

    /// <summary>Runs statements and returns the rows of the last, fields as text, null as an empty one.</summary>
    public static List<string[]> Query(params string[] statements)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        foreach (string statement in statements[..^1])
        {
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }

        command.CommandText = statements[^1];
        using DuckDBDataReader reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : System.Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!)]);
        return rows;
    }
}

using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>The tokens of each run.</summary>
public static class ComparedTokensTable
{
    /// <summary>A row per run and token.</summary>
    public static readonly TableOf<ComparisonReport> Tokens = new("compare_tokens", "Tokens",
        [
            ComparisonColumns.Run, Column.Id("token", "Token"), Column.Text("step", "Step"), Column.Ns("duration_ns", "Time"), Column.Bytes("read_bytes", "Read"), Column.Bytes("write_bytes", "Written"),
            Column.Ns("io_busy_ns", "I/O busy"),
        ],
        (comparison, rows) =>
        {
            for (int run = 0; run < comparison.Tokens.Length; run++)
            {
                foreach (ComparedToken token in comparison.Tokens[run])
                    rows.Add(comparison.Runs[run].Label, token.Index, token.Kind.Name(), token.DurationNs, token.ReadBytes, token.WriteBytes, token.IoBusyNs);
            }
        });
}

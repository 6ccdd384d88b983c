using TraceAnalyzer.Runs.Texts;

// phase,start_mono_ns,end_mono_ns
// bench,66189107269,66824855474
namespace TraceAnalyzer.Runs.Logs;

/// <summary>Start and end of each generated token, as the framework's driver noted them (<c>tokens.csv</c>).</summary>
/// <param name="Tokens">The tokens, in the file's order.</param>
/// <param name="SkippedLines">Lines that are not a token.</param>
public sealed record TokenTimes(IReadOnlyList<TokenTime> Tokens, int SkippedLines)
{
    /// <summary>Values out of range and rows left out, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    internal static bool IsHeader(string line) =>
        DelimitedTable.Columns(line, ',') is var columns
        && columns.Contains("start_mono_ns") && columns.Contains("end_mono_ns")
        && !columns.Contains("layer") && !columns.Contains("file")
        // Operations of a storage benchmark have starts and ends too.
        && !columns.Contains("op") && !columns.Contains("key");

    /// <summary>Reads the file from its header on.</summary>
    public static TokenTimes Read(TextReader text)
    {
        var table = new DelimitedTable(text, ',');
        (int phase, int start, int end) = (table.Column("phase"), table.Column("start_mono_ns"), table.Column("end_mono_ns"));
        var tokens = new List<TokenTime>();
        var countOfPhase = new Dictionary<string, int>();
        while (table.Next())
        {
            // Whatever its times, it is a token of its phase: those after it keep their numbers.
            string name = table.Text(phase);
            int index = countOfPhase.GetValueOrDefault(name);
            countOfPhase[name] = index + 1;
            if (!table.TrySpan(start, end, out long startNs, out long endNs) || startNs == endNs)
            {
                table.Skip();
                continue;
            }

            tokens.Add(new TokenTime(name, index, startNs, endNs));
        }

        return new TokenTimes(tokens, table.SkippedLines) { Remarks = table.Remarks };
    }
}

/// <summary>One generated token.</summary>
/// <param name="Phase">The phase, such as <c>bench</c>.</param>
/// <param name="Index">Number within the phase; 0 is the prefill.</param>
/// <param name="StartMonotonicNs">Start on the monotonic clock, in nanoseconds.</param>
/// <param name="EndMonotonicNs">End.</param>
public readonly record struct TokenTime(string Phase, int Index, long StartMonotonicNs, long EndMonotonicNs);

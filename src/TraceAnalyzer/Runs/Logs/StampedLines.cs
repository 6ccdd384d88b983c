using System.Globalization;
using TraceAnalyzer.SideFiles;

// # output of a command: CLOCK_MONOTONIC in ns, stream (1 output, 2 error), line
// 36522102485123 1 warmup - generate
namespace TraceAnalyzer.Runs.Logs;

/// <summary>A program's output whose lines carry the time at which they arrived, as <c>traceanalyzer capture</c> writes it.</summary>
internal static class StampedLines
{
    /// <summary>The first line of such a file.</summary>
    public const string Header = "# output of a command: CLOCK_MONOTONIC in ns, stream (1 output, 2 error), line";

    /// <summary>True if a file begins like it.</summary>
    public static bool IsHeader(string firstLine) => firstLine == Header;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ns">When it arrived, on the monotonic clock, in nanoseconds.</param>
    /// <param name="text">What was printed.</param>
    public static bool TryParse(string line, out long ns, out string text)
    {
        (ns, text) = (0, "");
        int stream = line.IndexOf(' ', StringComparison.Ordinal);
        if (stream <= 0 || stream + 3 > line.Length || line[stream + 1] is not ('1' or '2') || line[stream + 2] != ' '
            || !long.TryParse(line.AsSpan(0, stream), NumberStyles.None, CultureInfo.InvariantCulture, out ns) || ns > SideRanges.TimeNs.Most)
        {
            return false;
        }

        text = line[(stream + 3)..];
        return true;
    }
}

using TraceAnalyzer.SideFiles;

// llama_perf_context_print: prompt eval time =    1234.56 ms /    16 tokens (   77.16 ms per token,    12.96 tokens per second)
// llama_perf_context_print:        eval time =    5678.90 ms /    11 runs   (  516.26 ms per token,     1.94 tokens per second)
// llama_perf_context_print:       total time =    7000.00 ms /    27 tokens
namespace TraceAnalyzer.Runs.Logs;

/// <summary>What llama.cpp prints at its end; older versions begin the lines with <c>llama_print_timings</c>.</summary>
internal static class LlamaTimings
{
    /// <summary>How the lines begin.</summary>
    public const string Sign = "llama_perf_context_print:";

    private const string OldSign = "llama_print_timings:";
    private const string TokensPerSecond = " tokens per second";
    private const double MsPerSecond = 1000;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line; a program may print something before.</param>
    /// <param name="name">What was timed: <c>load time</c>, <c>prompt eval time</c>, <c>eval time</c>, <c>total time</c> and others.</param>
    /// <param name="seconds">How long it took, in seconds.</param>
    public static bool TryRead(string line, out string name, out double seconds)
    {
        (name, seconds) = ("", 0);
        int sign = line.IndexOf(Sign, StringComparison.Ordinal);
        int start = sign >= 0 ? sign + Sign.Length : line.IndexOf(OldSign, StringComparison.Ordinal) is >= 0 and var old ? old + OldSign.Length : -1;
        int equals = start < 0 ? -1 : line.IndexOf('=', start);
        int unit = equals < 0 ? -1 : line.IndexOf(" ms", equals, StringComparison.Ordinal);
        if (unit < 0 || SideRanges.Seconds.Parse(line.AsSpan(equals + 1, unit - equals - 1).Trim()) is not { } milliseconds)
            return false;
        name = line[start..equals].Trim();
        seconds = milliseconds / MsPerSecond;
        return true;
    }

    /// <summary>The summary with what a line says; the same if it says nothing of it.</summary>
    public static InferenceSummary With(InferenceSummary summary, string line) => TryRead(line, out string name, out double seconds)
        ? name switch
        {
            "prompt eval time" => summary with { PrefillSeconds = seconds, PrefillTokensPerSecond = RateIn(line) },
            "eval time" => summary with { DecodeSeconds = seconds, DecodeTokensPerSecond = RateIn(line) },
            "total time" => summary with { TotalSeconds = seconds },
            _ => summary,
        }
        : summary;

    private static double? RateIn(string line)
    {
        int end = line.LastIndexOf(TokensPerSecond, StringComparison.Ordinal);
        int comma = end < 0 ? -1 : line.LastIndexOf(',', end);
        return comma < 0 ? null : SideRanges.TokensPerSecond.Parse(line.AsSpan(comma + 1, end - comma - 1).Trim());
    }
}

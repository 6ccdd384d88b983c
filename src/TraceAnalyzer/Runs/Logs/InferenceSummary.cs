using System.Buffers;
using TraceAnalyzer.SideFiles;
// model size: 23.921 GB	cache size: 3.516 GB	hidden size (p): 0.044 GB
// peak gpu mem: 7.489 GB	prefill latency: 5.685 s	prefill throughput: 720.514 token/s

namespace TraceAnalyzer.Runs.Logs;

/// <summary>The figures that FlexGen and DeepSpeed's ZeRO-Inference benchmark print at the end. What they call GB is GiB. Null is what was not printed.</summary>
public sealed record InferenceSummary
{
    /// <summary>Size of the weights, in GiB.</summary>
    public double? ModelGiB { get; init; }

    /// <summary>Size of the KV cache at full length, in GiB.</summary>
    public double? CacheGiB { get; init; }

    /// <summary>Size of the hidden states, in GiB.</summary>
    public double? HiddenGiB { get; init; }

    /// <summary>Greatest use of GPU memory, in GiB.</summary>
    public double? PeakGpuMemoryGiB { get; init; }

    /// <summary>Time of the prefill, in seconds.</summary>
    public double? PrefillSeconds { get; init; }

    /// <summary>Prompt tokens per second.</summary>
    public double? PrefillTokensPerSecond { get; init; }

    /// <summary>Time of all decode steps, in seconds.</summary>
    public double? DecodeSeconds { get; init; }

    /// <summary>Tokens a second of the decode steps.</summary>
    public double? DecodeTokensPerSecond { get; init; }

    /// <summary>Time of prefill and decode, in seconds.</summary>
    public double? TotalSeconds { get; init; }

    /// <summary>Generated tokens per second over the total time.</summary>
    public double? TotalTokensPerSecond { get; init; }

    private static readonly SearchValues<char> s_numberLetters = SearchValues.Create("0123456789.");

    // What stands before ": " in the summary, the unit behind it and the property it sets.
    private static readonly (string Name, string Unit, NumberRange<double> Range, Func<InferenceSummary, double, InferenceSummary> Set)[] s_figures =
    [
        ("model size", "GB", SideRanges.GiB, (summary, value) => summary with { ModelGiB = value }),
        ("cache size", "GB", SideRanges.GiB, (summary, value) => summary with { CacheGiB = value }),
        ("hidden size (p)", "GB", SideRanges.GiB, (summary, value) => summary with { HiddenGiB = value }),
        ("hidden size (prefill)", "GB", SideRanges.GiB, (summary, value) => summary with { HiddenGiB = value }),
        ("peak gpu mem", "GB", SideRanges.GiB, (summary, value) => summary with { PeakGpuMemoryGiB = value }),
        ("prefill latency", "s", SideRanges.Seconds, (summary, value) => summary with { PrefillSeconds = value }),
        ("prefill throughput", "token/s", SideRanges.TokensPerSecond, (summary, value) => summary with { PrefillTokensPerSecond = value }),
        ("decode latency", "s", SideRanges.Seconds, (summary, value) => summary with { DecodeSeconds = value }),
        ("decode throughput", "token/s", SideRanges.TokensPerSecond, (summary, value) => summary with { DecodeTokensPerSecond = value }),
        ("total latency", "s", SideRanges.Seconds, (summary, value) => summary with { TotalSeconds = value }),
        ("total throughput", "token/s", SideRanges.TokensPerSecond, (summary, value) => summary with { TotalTokensPerSecond = value }),
    ];

    /// <summary>Takes what <paramref name="line"/> says; returns the same object if that is nothing. A later line overrules an earlier one.</summary>
    public InferenceSummary With(string line)
    {
        InferenceSummary summary = this;
        for (int colon = line.IndexOf(": ", StringComparison.Ordinal); colon >= 0; colon = line.IndexOf(": ", colon + 1, StringComparison.Ordinal))
        {
            ReadOnlySpan<char> before = line.AsSpan(0, colon);
            foreach ((string name, string unit, NumberRange<double> range, Func<InferenceSummary, double, InferenceSummary> set) in s_figures)
            {
                if (EndsWithName(before, name) && ValueIn(line.AsSpan(colon + 2), unit, range) is { } value)
                    summary = set(summary, value);
            }
        }

        return summary;
    }

    // The name is all the words there are: "kv cache size" is not "cache size".
    private static bool EndsWithName(ReadOnlySpan<char> text, string name)
    {
        if (!text.EndsWith(name))
            return false;
        ReadOnlySpan<char> before = text[..^name.Length];
        return before.IsEmpty || (!char.IsAsciiLetterLower(before[^1]) && (before[^1] != ' ' || before.Length == 1 || !char.IsAsciiLetterLower(before[^2])));
    }

    private static double? ValueIn(ReadOnlySpan<char> text, string unit, NumberRange<double> range)
    {
        int end = text.IndexOf(' ');
        if (end <= 0 || text[..end].IndexOfAnyExcept(s_numberLetters) >= 0 || !text[(end + 1)..].StartsWith(unit))
            return null;
        ReadOnlySpan<char> behind = text[(end + 1 + unit.Length)..];
        return behind.IsEmpty || behind[0] is ',' or ' ' or '\t' or '\r' or '\n' ? range.Parse(text[..end]) : null;
    }
}

// model size: 23.921 GB	cache size: 3.516 GB	hidden size (p): 0.044 GB
// peak gpu mem: 7.489 GB	prefill latency: 5.685 s	prefill throughput: 720.514 token/s
using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceAnalyzer.Runs;

/// <summary>The figures that FlexGen and DeepSpeed's ZeRO-Inference benchmark print at the end. What they call GB is GiB. Null is what was not printed.</summary>
public sealed partial record InferenceSummary
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

    /// <summary>Prompt tokens a second.</summary>
    public double? PrefillTokensPerSecond { get; init; }

    /// <summary>Time of all decode steps, in seconds.</summary>
    public double? DecodeSeconds { get; init; }

    /// <summary>Tokens a second of the decode steps.</summary>
    public double? DecodeTokensPerSecond { get; init; }

    /// <summary>Time of prefill and decode, in seconds.</summary>
    public double? TotalSeconds { get; init; }

    /// <summary>Generated tokens a second over the total time.</summary>
    public double? TotalTokensPerSecond { get; init; }

    /// <summary>Takes what <paramref name="line"/> says; returns the same object if that is nothing. A later line overrules an earlier one.</summary>
    public InferenceSummary With(string line)
    {
        InferenceSummary summary = this;
        foreach (Match match in Figure().Matches(line))
        {
            double value = double.Parse(match.Groups["value"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            summary = (match.Groups["name"].Value, match.Groups["unit"].Value) switch
            {
                ("model size", "GB") => summary with { ModelGiB = value },
                ("cache size", "GB") => summary with { CacheGiB = value },
                ("hidden size (p)" or "hidden size (prefill)", "GB") => summary with { HiddenGiB = value },
                ("peak gpu mem", "GB") => summary with { PeakGpuMemoryGiB = value },
                ("prefill latency", "s") => summary with { PrefillSeconds = value },
                ("prefill throughput", "token/s") => summary with { PrefillTokensPerSecond = value },
                ("decode latency", "s") => summary with { DecodeSeconds = value },
                ("decode throughput", "token/s") => summary with { DecodeTokensPerSecond = value },
                ("total latency", "s") => summary with { TotalSeconds = value },
                ("total throughput", "token/s") => summary with { TotalTokensPerSecond = value },
                _ => summary,
            };
        }

        return summary;
    }

    [GeneratedRegex(@"(?<name>[a-z][a-z ]*[a-z](?: \([a-z]+\))?): (?<value>\d+(?:\.\d+)?) (?<unit>GB|s|token/s)(?=[\s,]|$)")]
    private static partial Regex Figure();
}

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>The figures at the end of a framework's log; null is what was not printed.</summary>
public sealed record FrameworkFigures
{
    /// <summary>The log.</summary>
    public required string File { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string Framework { get; init; }

    /// <summary>Size of the weights, in GiB.</summary>
    public double? ModelGiB { get; init; }

    /// <summary>Size of the KV cache, in GiB.</summary>
    public double? CacheGiB { get; init; }

    /// <summary>Time of the prefill, in seconds.</summary>
    public double? PrefillSeconds { get; init; }

    /// <summary>Time of all decode steps, in seconds.</summary>
    public double? DecodeSeconds { get; init; }

    /// <summary>Time of both, in seconds.</summary>
    public double? TotalSeconds { get; init; }

    /// <summary>Time of each token, in seconds; empty if it was not printed.</summary>
    public required double[] TokenSeconds { get; init; }
}

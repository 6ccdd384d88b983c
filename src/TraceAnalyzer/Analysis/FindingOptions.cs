namespace TraceAnalyzer.Analysis;

/// <summary>Thresholds of the findings (docs/analyses/findings.md). All are shares from 0 to 1 unless they say otherwise.</summary>
public sealed record FindingOptions
{
    /// <summary>One request size dominates if at least this share of the requests has it: more than all others together.</summary>
    public double DominatingShare { get; init; } = 0.5;

    /// <summary>Reading is all there is after a write-out if at most this share of the bytes moved after it are writes: below what a KV cache grows by, a row in some hundreds.</summary>
    public double ReadOnlyWriteShare { get; init; } = 0.001;

    /// <summary>Sectors are accessed uniformly if the Gini coefficient of their access counts is at most this. Uneven read-ahead at the ends of extents alone gives some hundredths.</summary>
    public double UniformGini { get; init; } = 0.1;

    /// <summary>Earlier token positions are read more often if the rank correlation of position and reads is at most this (-1 to 0).</summary>
    public double EarlierRowsCorrelation { get; init; } = -0.3;

    /// <summary>I/O is buffered, or direct, if at least this share of the bytes is.</summary>
    public double BufferedShare { get; init; } = 0.9;

    /// <summary>Reads are sequential if at least this share of them continues an earlier one.</summary>
    public double SequentialShare { get; init; } = 0.9;

    /// <summary>The device is saturated if the mean bandwidth is at least this share of what it can do.</summary>
    public double SaturatedShare { get; init; } = 0.9;

    /// <summary>Read bandwidth is far above write bandwidth if it is at least this many times as high.</summary>
    public double ReadWriteRatio { get; init; } = 10;
}

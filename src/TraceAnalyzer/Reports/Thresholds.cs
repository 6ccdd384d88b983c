namespace TraceAnalyzer.Reports;

/// <summary>
/// What decides findings, of one run and of pairs alike. All are effect sizes, not significance: with a million requests any difference is significant.
/// Shares are 0 to 1, coefficients -1 to 1, ratios 1 or more. Docs/analyses/findings.md argues for each default.
/// </summary>
public sealed record Thresholds
{
    /// <summary>One request size dominates if at least this share of the requests has it: more than all others together.</summary>
    public double DominatingShare { get; init; } = 0.5;

    /// <summary>Only reading follows a write-out if at most this share of the bytes moved after it are writes: below what a KV cache grows by, a row in some hundreds.</summary>
    public double ReadOnlyWriteShare { get; init; } = 0.001;

    /// <summary>Accesses are uniform if the Gini coefficient of the sectors' access counts is at most this: then the hottest tenth gets at most a fifth of the accesses.</summary>
    public double UniformGini { get; init; } = 0.1;

    /// <summary>Accesses are non-uniform if that coefficient is at least this; slightly non-uniform in between.</summary>
    public double NonUniformGini { get; init; } = 0.15;

    /// <summary>Gini coefficients of two runs that are less than this apart are the same.</summary>
    public double GiniDifference { get; init; } = 0.1;

    /// <summary>Earlier token positions are read more often if the rank correlation of position and reads is at most this (-1 to 0).</summary>
    public double EarlierRowsCorrelation { get; init; } = -0.3;

    /// <summary>... and the earlier half of the positions is read at least this many times as often as the later half: ranks alone would call any order a trend.</summary>
    public double EarlierRowsRatio { get; init; } = 1.05;

    /// <summary>Reads of experts are skewed if at most this share of the experts has half of the bytes read of all.</summary>
    public double SkewedExpertShare { get; init; } = 0.25;

    /// <summary>Pinning is worth it if it saves this share of the bytes read beyond what LRU saves: a tenth is what repeated runs differ by anyway.</summary>
    public double PinningShare { get; init; } = 0.1;

    /// <summary>A drive wears out early if it reaches its rated bytes in fewer years: what data-center drives are guaranteed for.</summary>
    public double DriveYears { get; init; } = 5;

    /// <summary>... or if its capacity is written more often per day: what read-intensive drives are rated for.</summary>
    public double DriveWritesPerDay { get; init; } = 1;

    /// <summary>I/O is buffered if at least this share of the bytes is marked as read-ahead.</summary>
    public double BufferedShare { get; init; } = 0.9;

    /// <summary>Reads are sequential if at least this share of them continues one of the last streams.</summary>
    public double SequentialShare { get; init; } = 0.9;

    /// <summary>The device is saturated if the mean bandwidth is at least this share of what it can do.</summary>
    public double SaturatedShare { get; init; } = 0.9;

    /// <summary>The device serves what a workload reports if it moved at least this share of it: a tenth is what a page cache of usual size holds of a few passes.</summary>
    public double ServedShare { get; init; } = 0.9;

    /// <summary>Reads dominate if read bandwidth is at least this many times the write bandwidth.</summary>
    public double ReadWriteRatio { get; init; } = 10;

    /// <summary>What has less than this share of the bytes (a class of operations, a write-out of the data that is read) is left out.</summary>
    public double NegligibleShare { get; init; } = 0.01;

    /// <summary>Bytes, footprints, and the reads' share of the bytes that differ by less than this are the same: journals and read-ahead at file ends add that much.</summary>
    public double SameBytesShare { get; init; } = 0.02;

    /// <summary>Mean bandwidths and times per token below this ratio are the same: repeated runs on one machine scatter by a few percent.</summary>
    public double RateRatio { get; init; } = 1.1;

    /// <summary>Shares of requests and bytes (of an I/O path, of the GPU's time) that differ by less than this are the same.</summary>
    public double ShareDifference { get; init; } = 0.1;

    /// <summary>Latency distributions closer than this (a fifth on average) have the same body.</summary>
    public double LatencyOctaves { get; init; } = 0.26;

    /// <summary>Distributions of inter-arrival times closer than this (half as much again on average) have the same body: bursts scatter more than latencies.</summary>
    public double ArrivalOctaves { get; init; } = 0.58;

    /// <summary>Distributions whose cumulative shares differ by less than this everywhere have the same body.</summary>
    public double KolmogorovSmirnov { get; init; } = 0.1;

    /// <summary>99th percentiles from this ratio on are different tails, however alike the bodies are.</summary>
    public double TailRatio { get; init; } = 1.5;

    /// <summary>The 99th percentile has a cliff if it is at least this many times as high in one stretch of time as outside of it: what a queue of twice the depth does at the same rate.</summary>
    public double CliffRatio { get; init; } = 2;

    /// <summary>Mean accesses per sector below this ratio are the same.</summary>
    public double ReuseRatio { get; init; } = 1.1;

    /// <summary>Mean queue depths below this ratio are the same.</summary>
    public double IntensityRatio { get; init; } = 1.25;

    /// <summary>Mean GPU utilizations below this ratio are the same, and so are those less than a percentage point apart.</summary>
    public double GpuRatio { get; init; } = 1.5;
}

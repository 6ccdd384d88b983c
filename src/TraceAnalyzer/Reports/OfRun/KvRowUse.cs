using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Reads of token positions of a KV cache, over all layers, keys and values.</summary>
public sealed record KvRowUse
{
    /// <summary>Bytes of a token position over all files.</summary>
    public required long PositionBytes { get; init; }

    /// <summary>For each position how often it was read: bytes read over its bytes.</summary>
    public required double[] Reads { get; init; }

    /// <summary>For each position how often the closed form says it is read; null if the run's sizes are not known.</summary>
    public int[]? PredictedReads { get; init; }

    /// <summary>Spearman's rank correlation of position and reads, -1 to 1; null with fewer than two positions or without any difference.</summary>
    public double? RankCorrelation { get; init; }

    /// <summary>The time axis of <see cref="ReadBytes"/>.</summary>
    public required TimeBinning Columns { get; init; }

    /// <summary>Positions in each row of <see cref="ReadBytes"/>.</summary>
    public required int PositionsPerRow { get; init; }

    /// <summary>Bytes read of each group of positions in each column; rows that end in zeros are cut short.</summary>
    public required long[][] ReadBytes { get; init; }
}

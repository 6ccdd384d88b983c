using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What was run; null is what nothing says.</summary>
public sealed record RunFacts
{
    /// <summary>The framework.</summary>
    public string? Framework { get; init; }

    /// <summary>The model's name.</summary>
    public string? Model { get; init; }

    /// <summary>Element type of weights and cache.</summary>
    public string? Dtype { get; init; }

    /// <summary>Sequences generated together.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>Generated tokens.</summary>
    public int? GeneratedTokens { get; init; }

    /// <summary>Share of the weights on disk, in percent.</summary>
    public int? WeightsOnDiskPercent { get; init; }

    /// <summary>Share of the KV cache on disk, in percent.</summary>
    public int? CacheOnDiskPercent { get; init; }

    /// <summary>What the device can read, in GiB/s.</summary>
    public double? DeviceReadGiBPerSecond { get; init; }

    /// <summary>What the device can write, in GiB/s.</summary>
    public double? DeviceWriteGiBPerSecond { get; init; }

    /// <summary>Where the device's bandwidth comes from: <c>--roofline</c>, <c>run.json</c>, or the file of the fio run that measured it; null if it is not known.</summary>
    public string? DeviceBandwidthSource { get; init; }

    /// <summary>True if that bandwidth was measured through the page cache, so that no verdict rests on it; else null.</summary>
    public bool? IsDeviceBandwidthBuffered { get; init; }

    /// <summary>What fio measured on the device, by request size and depth; empty if nothing was measured so, or if the device's bandwidth is stated.</summary>
    public DevicePoint[] DevicePoints { get; init; } = [];
}

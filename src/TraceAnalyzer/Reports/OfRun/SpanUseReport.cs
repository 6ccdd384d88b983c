using System.Text.Json.Serialization;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>A span of time and what was read and written in it.</summary>
public sealed record SpanUseReport
{
    /// <summary>The <see cref="Source"/> of phases that no file tells.</summary>
    public const string FoundInTrace = "found in the trace";

    /// <summary>Name: of a phase, <c>prefill</c> or <c>decode</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, by its name.</summary>
    [JsonIgnore]
    public SpanKind Kind => SpanKinds.Of(Name);

    /// <summary>Number of the token, 0 for the prefill; null for phases.</summary>
    public int? Index { get; init; }

    /// <summary>Start on the trace's clock.</summary>
    public required long StartNs { get; init; }

    /// <summary>End.</summary>
    public required long EndNs { get; init; }

    /// <summary>Reads.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes read.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Writes.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes written.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Time of the first request; null if there is none.</summary>
    public long? FirstNs { get; init; }

    /// <summary>Time of the last request; null if there is none.</summary>
    public long? LastNs { get; init; }

    /// <summary>Time with requests in flight, in nanoseconds; null if the trace does not say.</summary>
    public long? IoBusyNs { get; init; }

    /// <summary>Bytes read over the span's time; null if it has none.</summary>
    public double? ReadBytesPerSecond { get; init; }

    /// <summary>Bytes written over the span's time.</summary>
    public double? WriteBytesPerSecond { get; init; }

    /// <summary>Mean utilization of the GPU, in percent, each sample counting until the next; null if its log is not on the trace's clock.</summary>
    public double? GpuMeanPercent { get; init; }

    /// <summary>Time that was computed, in nanoseconds; null, as the next three, if nothing tells it.</summary>
    public long? ComputeNs { get; init; }

    /// <summary>Of that, the time with requests in flight: I/O that costs nothing.</summary>
    public long? OverlapNs { get; init; }

    /// <summary>Time with requests in flight in which nothing was computed: what I/O costs at most.</summary>
    public long? StallNs { get; init; }

    /// <summary>Time in which neither was computed nor were requests in flight: copies, page-cache hits, the framework itself.</summary>
    public long? IdleNs { get; init; }

    /// <summary>
    /// Time in calls of layers that read their own data, in nanoseconds, where that is all that is known: what of it is computing cannot be told. Null where
    /// <see cref="ComputeNs"/> is known, or no calls are.
    /// </summary>
    public long? InCallsNs { get; init; }

    /// <summary>Of that, the time with requests in flight.</summary>
    public long? InCallsIoNs { get; init; }

    /// <summary>Of a phase what tells its times: a file, <c>FILE, placed by the passes in the trace</c>, or <see cref="FoundInTrace"/>; null of what is not a phase.</summary>
    public string? Source { get; init; }

    /// <summary>How far off a phase's times may be, in nanoseconds, where they are a log's, placed in the trace; else null.</summary>
    public long? UncertaintyNs { get; init; }

    /// <summary>How certain a phase is that was found in the trace itself, 0 to 1; else null.</summary>
    public double? Confidence { get; init; }

    /// <summary>Bytes that a token must read by closed form; null if the run's sizes are not known, and of what is not a token.</summary>
    public long? PredictedReadBytes { get; init; }

    /// <summary>Bytes that a token must write by closed form, without what is written before the first.</summary>
    public long? PredictedWriteBytes { get; init; }

    /// <summary><see cref="Source"/> in words, with how certain it is; empty of what is not a phase.</summary>
    public string DescribeSource() => PrintableText.Of(Source ?? "")
        + (UncertaintyNs is { } off ? $", to within {Units.Duration(off)}" : "")
        + (Confidence is { } confidence ? FormattableString.Invariant($", confidence {confidence:F2}") : "");
}

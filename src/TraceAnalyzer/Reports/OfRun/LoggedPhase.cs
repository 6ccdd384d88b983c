using System.Text.Json.Serialization;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>A phase of which a log only says how long it took.</summary>
/// <param name="Kind">Before the run, prefill or decode; <c>name</c> in JSON.</param>
/// <param name="Index">Number of the token, 0 for the prefill; null for all decode steps together.</param>
/// <param name="StartNs">Start, on the clock of the GPU samples.</param>
/// <param name="EndNs">End.</param>
/// <param name="GpuMeanPercent">Mean utilization in it, in percent, each sample counting until the next; null without samples there.</param>
/// <param name="GpuIdleShare">Share of its time in samples of 0, 0 to 1; null without samples there.</param>
public sealed record LoggedPhase([property: JsonPropertyName("name")] SpanKind Kind, int? Index, long StartNs, long EndNs, double? GpuMeanPercent, double? GpuIdleShare);

using System.Text.Json.Serialization;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reports.OfComparison;

/// <summary>
/// What two to twelve runs have in common and what they do not, as plain data: what <c>compare.json</c>, the CSV files, the console and the
/// figures of a comparison show. Arrays named by run have one entry per run, in the order of <see cref="Runs"/>; everything is compared
/// with the first. The schema is described in docs/comparison-schema.md.
/// </summary>
public sealed record ComparisonReport
{
    /// <summary>Version of the schema this build writes. Raised when a field changes its meaning or goes away.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>Fewest runs.</summary>
    public const int MinRuns = 2;

    /// <summary>Most runs: more do not fit on a page.</summary>
    public const int MaxRuns = 12;

    /// <summary>Version of the schema of this comparison.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>The runs, in the order they were named.</summary>
    public required ComparedRun[] Runs { get; init; }

    /// <summary>How each run was recorded and counted.</summary>
    public required ComparedSetting[] Settings { get; init; }

    /// <summary>What decided the findings.</summary>
    public required Thresholds Thresholds { get; init; }

    /// <summary>What changed and what did not, run by run.</summary>
    public required Finding[] Findings { get; init; }

    /// <summary>The headline numbers side by side.</summary>
    public required ComparedMetric[] Metrics { get; init; }

    /// <summary>Distances of the distributions.</summary>
    public required ComparedDistribution[] Distributions { get; init; }

    /// <summary>Bandwidth over time, on common axes.</summary>
    public required AlignedBandwidth[] Bandwidth { get; init; }

    /// <summary>For each run its tokens; empty if they are known of none.</summary>
    public ComparedToken[][] Tokens { get; init; } = [];

    /// <summary>What the figures are drawn from besides: by run its report, reduced to the compared device, its reads and writes, the run's facts and its GPU.</summary>
    public TraceReport[] Reports { get; init; } = [];
}

/// <summary>A run that is compared.</summary>
/// <param name="Label">What figures and tables call it: the report's name, with a number behind it if several have the same.</param>
/// <param name="Name">Name of the report.</param>
/// <param name="Device">The device that is compared; null if nothing was counted.</param>
/// <param name="OtherDevices">Devices of the run that are not compared.</param>
/// <param name="FirstNs">Time of its first counted read or write, on its own clock: 0 of the aligned time.</param>
/// <param name="DurationNs">From there to its last one.</param>
/// <param name="HasLosses">True if its trace has losses or damage.</param>
public sealed record ComparedRun(string Label, string Name, string? Device, string[] OtherDevices, long FirstNs, long DurationNs, bool HasLosses)
{
    /// <summary>What limits it, such as <c>device-bound</c>; null in comparisons of versions that did not say.</summary>
    public string? Limit { get; init; }
}

/// <summary>A setting of each run.</summary>
/// <param name="Name">What it is, e.g. <c>counted action</c>.</param>
/// <param name="Values">Its value in each run.</param>
/// <param name="Differs">True if the values are not all the same.</param>
public sealed record ComparedSetting(string Name, string[] Values, bool Differs)
{
    /// <summary>The value in a run that does not record it.</summary>
    public const string Unknown = "unknown";

    /// <summary>True if it is of what was run; false if it is of how the trace was recorded and counted.</summary>
    public bool IsOfRun { get; init; }
}

/// <summary>What a number is about.</summary>
public enum MetricClass
{
    /// <summary>Reads.</summary>
    Read,

    /// <summary>Writes.</summary>
    Write,

    /// <summary>Reads and writes together.</summary>
    Transfers,

    /// <summary>What is known of a run besides its requests: tokens, GPU.</summary>
    Run,
}

/// <summary>Which direction of a number is welcome.</summary>
public enum MetricPreference
{
    /// <summary>Neither: it describes the load.</summary>
    Neither,

    /// <summary>More is better.</summary>
    Higher,

    /// <summary>Less is better.</summary>
    Lower,
}

/// <summary>A number of each run, side by side.</summary>
/// <param name="Name">Stable name, e.g. <c>meanBandwidth</c>.</param>
/// <param name="Class">What it is about.</param>
/// <param name="Label">What it is, for people.</param>
/// <param name="Unit">Unit of the values and differences.</param>
/// <param name="Preference">Which direction is welcome.</param>
/// <param name="Runs">One entry a run.</param>
public sealed record ComparedMetric(string Name, MetricClass Class, string Label, Unit Unit, MetricPreference Preference, MetricValue[] Runs);

/// <summary>A number of one run beside that of the first.</summary>
/// <param name="Value">The number; null if the run has none.</param>
/// <param name="Difference">Minus that of the first; null for the first itself and where one is missing.</param>
/// <param name="Ratio">Divided by that of the first; null also where that is 0, and for coefficients.</param>
/// <param name="Direction">In a word, e.g. <c>higher</c>, <c>slower</c>, <c>equal</c>, <c>about equal</c>; null like <paramref name="Difference"/>.</param>
public sealed record MetricValue(double? Value, double? Difference, double? Ratio, string? Direction);

/// <summary>How far a distribution of each run is from that of the first.</summary>
/// <param name="Name"><c>requestSize</c>, <c>latency</c>, <c>interArrival</c> or <c>accessCount</c>.</param>
/// <param name="Class">Read or write.</param>
/// <param name="Label">What it is, for people; names the kind of latency.</param>
/// <param name="Unit">Unit of <see cref="DistributionDistances.EarthMover"/>.</param>
/// <param name="Runs">One entry a run; null for the first and for runs without such a distribution.</param>
public sealed record ComparedDistribution(string Name, OperationClass Class, string Label, Unit Unit, DistributionDistances?[] Runs);

/// <summary>Distances of two distributions.</summary>
/// <param name="KolmogorovSmirnov">Greatest difference of the cumulative shares, 0 to 1.</param>
/// <param name="EarthMover">Earth mover's distance in the distribution's unit.</param>
/// <param name="EarthMoverOctaves">Earth mover's distance of the binary logarithms: 1 means apart by a factor of 2 on average.</param>
public sealed record DistributionDistances(double KolmogorovSmirnov, double EarthMover, double EarthMoverOctaves);

/// <summary>What runs are put on a common axis by.</summary>
public enum RunAlignment
{
    /// <summary>Bins of equal width from each run's first transfer on.</summary>
    Time,

    /// <summary>Equal shares of each run.</summary>
    Share,

    /// <summary>Equal shares of each phase; what lies in none is left out.</summary>
    Phase,

    /// <summary>Equal shares of each token; what lies in none is left out.</summary>
    Token,
}

/// <summary>
/// Bandwidth over time with all runs on one axis. Bytes of a report's bin are spread evenly over the part of it that lies between the run's
/// first and last counted transfer, so no byte is lost.
/// </summary>
/// <param name="Class">Read or write.</param>
/// <param name="Alignment">What the axis is.</param>
/// <param name="BinWidthNs">Width of a bin of each run; by <c>time</c> they are the same. Empty where it changes from span to span.</param>
/// <param name="BytesPerSecond">For each run the mean rate in each bin, up to its last; empty for a run that has none.</param>
public sealed record AlignedBandwidth(OperationClass Class, RunAlignment Alignment, double[] BinWidthNs, double[][] BytesPerSecond)
{
    /// <summary>The phases or tokens along the axis; null by time and by share.</summary>
    public AlignedSpan[]? Spans { get; init; }
}

/// <summary>A phase or token along a common axis.</summary>
/// <param name="Name"><c>prefill</c>, <c>decoding</c> or the name of a phase; of a token its number, from 0.</param>
/// <param name="Bins">Bins that it is cut into, in every run.</param>
/// <param name="DurationNs">How long it takes in each run; null in a run that has none.</param>
public sealed record AlignedSpan(string Name, int Bins, double?[] DurationNs);

/// <summary>A token of a run.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Kind">Prefill, decode or pass; <c>name</c> in JSON.</param>
/// <param name="DurationNs">Its time.</param>
/// <param name="ReadBytes">Bytes read in it.</param>
/// <param name="WriteBytes">Bytes written in it.</param>
/// <param name="IoBusyNs">Time with requests in flight; null if the trace does not say.</param>
public sealed record ComparedToken(int Index, [property: JsonPropertyName("name")] SpanKind Kind, long DurationNs, long ReadBytes, long WriteBytes, long? IoBusyNs);

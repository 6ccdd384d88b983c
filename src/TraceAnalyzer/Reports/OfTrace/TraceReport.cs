using System.Text.Json.Serialization;
using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>
/// Everything an analysis found, as plain data: what figures, <c>report.json</c>, CSV files and the console are made of.
/// Nothing after this opens a trace. Times are nanoseconds on the trace's clock unless a name says otherwise;
/// sectors are 512 bytes. The schema is described in docs/report-schema.md.
/// </summary>
public sealed record TraceReport
{
    /// <summary>Version of the schema this build writes. Raised when a field changes its meaning or goes away.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>Version of the schema of this report.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>What was read.</summary>
    public required ReportSource Source { get; init; }

    /// <summary>What was asked.</summary>
    public required ReportSettings Settings { get; init; }

    /// <summary>What went wrong while reading, counter by counter; all of them, zero or not.</summary>
    public required IntegrityCounter[] Integrity { get; init; }

    /// <summary>Events in the trace, before any filter.</summary>
    public required long Events { get; init; }

    /// <summary>Events by action, before any filter; actions that occur, in the order of <see cref="BlockAction"/>.</summary>
    public required ActionCount[] Actions { get; init; }

    /// <summary>Time of the first event (the least time), before any filter; 0 if there is none.</summary>
    public required long FirstEventNs { get; init; }

    /// <summary>Time of the last event (the greatest time), before any filter.</summary>
    public required long LastEventNs { get; init; }

    /// <summary>Wall-clock time of the trace's start in nanoseconds since 1970 UTC, where the trace says so (blktrace's timestamp record).</summary>
    public long? WallClockStartUnixNs { get; init; }

    /// <summary>The time axis that every series and heatmap column refers to.</summary>
    public required TimeBinning Time { get; init; }

    /// <summary>One report a device, in the order of the device numbers. A remapped I/O shows at two devices: never add them up.</summary>
    public required DeviceReport[] Devices { get; init; }

    /// <summary>The devices that served the I/O, added up; null unless at least two of them moved a tenth of what the busiest did.</summary>
    public AggregateReport? Aggregate { get; init; }

    /// <summary>The study's own numbers, where <c>--study</c> asked for them.</summary>
    public StudyReport? Study { get; init; }

    /// <summary>What is known of the run; null if the trace was analyzed alone.</summary>
    public RunReport? Run { get; init; }

    /// <summary>What was done otherwise than asked, or not exactly, so that memory and files stay within bounds: one sentence each.</summary>
    public string[] Notes { get; init; } = [];

    /// <summary>What limits the run: of the device that moves most, unless the run's data lies on several. Null if nothing was moved.</summary>
    public LimitVerdict? Limit { get; init; }

    /// <summary>What the numbers show, and what they do not.</summary>
    public Finding[] Findings { get; init; } = [];

    /// <summary>What decided the findings; null in reports of versions that did not write it, and without findings.</summary>
    public Thresholds? Thresholds { get; init; }

    /// <summary>True if anything was lost or did not fit: any counter of losses of <see cref="Integrity"/> is above zero.</summary>
    public bool HasLosses => Integrity.Any(counter => counter is { Count: > 0, IsLoss: true });

    /// <summary>False for a run whose logs alone were read: then there are no counters of reading.</summary>
    [JsonIgnore]
    public bool HasTrace => Integrity.Length > 0;

    /// <summary>The device with the most bytes read and written, the first of several; null if none has any.</summary>
    [JsonIgnore]
    public DeviceReport? BusiestDevice => Devices.Where(device => device.TransferredBytes > 0).MaxBy(device => device.TransferredBytes);

    /// <summary>What the verdict, the findings and the first numbers are about: the devices that served the I/O added up, or the busiest if it is the only one. Null if nothing was moved.</summary>
    [JsonIgnore]
    public DeviceReport? MainDevice => Aggregate?.Whole ?? BusiestDevice;

    /// <summary>What is reported one by one: the devices that served the I/O added up, if there are several, then each device.</summary>
    [JsonIgnore]
    public DeviceReport[] ReportedDevices => Aggregate is { } aggregate ? [aggregate.Whole, .. Devices] : Devices;

    /// <summary>The device that the run's data (phases, tokens, tensors, findings) is about; null without a run.</summary>
    [JsonIgnore]
    public DeviceReport? RunDevice => Run is null ? null : MainDevice;
}

using System.Globalization;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Analysis;

/// <summary>What of a trace is counted. Every part that is null lets everything pass; a request must pass all parts.</summary>
public sealed record EventFilter
{
    /// <summary>Lets everything pass.</summary>
    public static EventFilter None { get; } = new();

    /// <summary>Only this device.</summary>
    public DeviceId? Device { get; init; }

    /// <summary>The device's name, such as <c>nvme0n1</c>; where <see cref="Device"/> is null, the device is found by it when a trace is opened.</summary>
    public string? DeviceName { get; init; }

    /// <summary>Only this class of operations.</summary>
    public OperationClass? Class { get; init; }

    /// <summary>Only this exact rwbs string.</summary>
    public Rwbs? Rwbs { get; init; }

    /// <summary>Only the process with this number.</summary>
    public int? Pid { get; init; }

    /// <summary>Only processes with exactly this command name.</summary>
    public string? ProcessName { get; init; }

    /// <summary>Only from this time on, in nanoseconds after the trace's first event.</summary>
    public long? FromNs { get; init; }

    /// <summary>Only before this time, in nanoseconds after the trace's first event.</summary>
    public long? ToNs { get; init; }

    /// <summary>Only requests that reach beyond this sector ...</summary>
    public ulong? FirstSector { get; init; }

    /// <summary>... and start before or at this one. A request that overlaps the range counts whole.</summary>
    public ulong? LastSector { get; init; }

    /// <summary>True if everything passes.</summary>
    public bool IsNone => this == None;

    /// <summary>This, with the number of the device that it names.</summary>
    /// <exception cref="TraceException">Nothing names it.</exception>
    internal EventFilter For(ITraceReader reader, RunContext? run)
    {
        if (DeviceName is null || Device is not null)
            return this;
        return this with { Device = run?.Environment?.Devices.FirstOrDefault(device => device.Name == DeviceName)?.Device ?? DeviceChoice.Find(reader, DeviceName) };
    }

    /// <summary>Each part that is set, in words.</summary>
    public string[] Describe()
    {
        var parts = new List<string>();
        if (Device is { } device)
            parts.Add(DeviceName is null ? $"device {device}" : $"device {DeviceName} ({device})");
        if (Class is { } @class)
            parts.Add($"operation {@class.Name()}");
        if (Rwbs is { } rwbs)
            parts.Add($"rwbs {rwbs}");
        if (Pid is { } pid)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"pid {pid}"));
        if (ProcessName is { } name)
            parts.Add($"process {name}");
        if (FromNs is { } from)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"from {from / 1e9} s"));
        if (ToNs is { } to)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"to {to / 1e9} s"));
        if (FirstSector is { } first)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"from sector {first}"));
        if (LastSector is { } last)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"to sector {last}"));
        return [.. parts];
    }

    /// <summary>True if a request passes. Process names are judged by <paramref name="pidsOfName"/>, the processes called <see cref="ProcessName"/>.</summary>
    internal bool Passes(DeviceId device, OperationClass @class, Rwbs rwbs, int pid, long sinceStartNs, ulong sector, uint sectors, IReadOnlySet<int>? pidsOfName) =>
        (Device is null || Device == device)
        && (Class is null || Class == @class)
        && (Rwbs is null || Rwbs == rwbs)
        && (Pid is null || Pid == pid)
        && (ProcessName is null || (pidsOfName is not null && pidsOfName.Contains(pid)))
        && (FromNs is null || sinceStartNs >= FromNs)
        && (ToNs is null || sinceStartNs < ToNs)
        && (FirstSector is null || sector + Math.Max(1, sectors) > FirstSector)
        && (LastSector is null || sector <= LastSector);
}

using System.Globalization;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Which devices are analyzed: all, unless a trace claims more than any machine has; then those that appear first, and the events of the others are counted. Sees the
/// events in the order of the trace, so that it does not depend on how the trace is shared out.
/// </summary>
/// <param name="filter">What is counted; a device that it does not let pass takes no place.</param>
internal sealed class DeviceLimit(EventFilter filter)
{
    /// <summary>Most devices that are analyzed.</summary>
    public const int Most = 4096;

    // So many are told apart to be counted.
    private const int MostCounted = 1 << 20;

    private readonly HashSet<DeviceId> _analyzed = [];
    private readonly HashSet<DeviceId> _others = [];

    /// <summary>Events of the devices that are not analyzed, by action.</summary>
    public long[] OtherActions { get; } = new long[BlockActions.Count];

    /// <summary>What is left out, in a sentence; null if nothing is.</summary>
    public string? Sentence => _others.Count == 0 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"Of {(_others.Count == MostCounted ? "more than " : "")}{Units.Count(_analyzed.Count + _others.Count)} devices the {Units.Count(_analyzed.Count)} that appear first are analyzed; {Units.Count(OtherActions.Sum())} events of the others are counted among the trace's events only (--device chooses one).");

    /// <summary>Takes the events of devices that are not analyzed out of a batch and counts them.</summary>
    /// <returns>How many were taken out.</returns>
    public int Apply(EventBatch batch)
    {
        // Of most traces: a look at each event would take as long as much of its analysis.
        if (batch.OnlyDevice is { } only && IsAnalyzed(only))
            return 0;
        Span<BlockEvent> events = batch.Events;
        int kept = 0;
        int i = 0;
        while (i < events.Length)
        {
            // A run of events of one device.
            DeviceId device = events[i].Device;
            int start = i;
            while (++i < events.Length && events[i].Device == device)
            {
            }

            Span<BlockEvent> run = events[start..i];
            if (!IsAnalyzed(device))
            {
                Count(device, run);
                continue;
            }

            if (kept != start)
                run.CopyTo(events[kept..]);
            kept += run.Length;
        }

        int taken = events.Length - kept;
        if (taken > 0)
            batch.Keep(events[..kept]);
        return taken;
    }

    private bool IsAnalyzed(DeviceId device)
    {
        if (_analyzed.Contains(device))
            return true;
        // What the filter leaves out is counted by action alone, as always, if there is room.
        if (filter.Device is { } wanted && wanted != device && _analyzed.Count >= Most - 1)
            return false;
        return _analyzed.Count < Most && _analyzed.Add(device);
    }

    private void Count(DeviceId device, ReadOnlySpan<BlockEvent> events)
    {
        if (_others.Count < MostCounted)
            _others.Add(device);
        foreach (ref readonly BlockEvent e in events)
            OtherActions[(int)e.Action]++;
    }
}

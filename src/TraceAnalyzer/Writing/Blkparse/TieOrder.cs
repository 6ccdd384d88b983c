namespace TraceAnalyzer.Writing.Blkparse;

/// <summary>
/// The order in which blkparse prints events of the same time from several files of a set. It keeps the files in a queue by the time of their next
/// event, and a file whose turn is over goes in front of those that wait for the same time: the file that was printed last comes first.
/// </summary>
internal sealed class TieOrder
{
    private readonly Dictionary<(DeviceId Device, ushort Cpu), long> _lastPrinted = [];
    private long _printed;

    /// <summary>Takes note of an event that is printed next, alone in its time.</summary>
    public void Print(in BlockEvent e) => _lastPrinted[(e.Device, e.Cpu)] = _printed++;

    /// <summary>Puts events of one time in the order in which they are printed next. Those of a file stay in theirs.</summary>
    public BlockEvent[] InOrder(ReadOnlySpan<BlockEvent> events)
    {
        BlockEvent[] ordered = [.. events.ToArray().OrderByDescending(e => _lastPrinted.GetValueOrDefault((e.Device, e.Cpu), -1))];
        foreach (ref readonly BlockEvent e in ordered.AsSpan())
            Print(e);
        return ordered;
    }
}

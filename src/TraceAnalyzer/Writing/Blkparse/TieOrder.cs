namespace TraceAnalyzer.Writing.Blkparse;

/// <summary>
/// The order in which blkparse prints events of the same time from several files of a set. It keeps the files in a queue by the time of their next
/// event, and a file whose turn is over goes in front of those that wait for the same time: the file that was printed last comes first.
/// </summary>
internal sealed class TieOrder
{
    private readonly Dictionary<(DeviceId Device, ushort Cpu), long> _lastPrinted = [];
    private long _printed;

    /// <summary>Puts events of one time in order. Those of a file stay in theirs.</summary>
    public BlockEvent[] InOrder(ReadOnlySpan<BlockEvent> events)
    {
        BlockEvent[] ordered = events.ToArray();
        if (ordered.Length > 1)
            ordered = [.. ordered.OrderByDescending(e => _lastPrinted.GetValueOrDefault((e.Device, e.Cpu), -1))];
        foreach (ref readonly BlockEvent e in ordered.AsSpan())
            _lastPrinted[(e.Device, e.Cpu)] = _printed++;
        return ordered;
    }
}

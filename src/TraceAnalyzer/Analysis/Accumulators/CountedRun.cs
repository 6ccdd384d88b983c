namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Counted requests that follow each other in a span of time.</summary>
/// <param name="Count">How many.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="FirstNs">Least time.</param>
/// <param name="LastNs">Greatest time.</param>
internal readonly record struct CountedRun(int Count, long Bytes, long FirstNs, long LastNs)
{
    /// <summary>The first request, whatever its time, and those behind it up to one that is not in the span.</summary>
    /// <param name="items">Requests; at least one.</param>
    /// <param name="startNs">Start of the span.</param>
    /// <param name="endNs">Its end, which is not in it.</param>
    public static CountedRun Of(ReadOnlySpan<CountedIo> items, long startNs, long endNs)
    {
        // Unsigned, one comparison tells both ends.
        ulong lengthNs = (ulong)Math.Max(0, endNs - startNs);
        long firstNs = items[0].TimeNs;
        long lastNs = firstNs;
        long bytes = items[0].LengthBytes;
        int count = 1;
        while (count < items.Length)
        {
            ref readonly CountedIo item = ref items[count];
            if ((ulong)(item.TimeNs - startNs) >= lengthNs)
                break;
            firstNs = Math.Min(firstNs, item.TimeNs);
            lastNs = Math.Max(lastNs, item.TimeNs);
            bytes += item.LengthBytes;
            count++;
        }

        return new CountedRun(count, bytes, firstNs, lastNs);
    }
}

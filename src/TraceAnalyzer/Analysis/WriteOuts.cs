using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Findings;

namespace TraceAnalyzer.Analysis;

/// <summary>Finds by when a hundredth of the bytes read had been read, and what was written before and after.</summary>
internal static class WriteOuts
{
    // What is read of a file system and of headers while data is still written out.
    private const double FirstReadsShare = 0.01;

    /// <summary>Null if nothing was read.</summary>
    /// <param name="reads">The device's reads.</param>
    /// <param name="writes">Its writes.</param>
    public static WriteOut? Find(ActivityAccumulator reads, ActivityAccumulator writes)
    {
        reads.GrowTo(writes.WidthNs);
        writes.GrowTo(reads.WidthNs);
        long all = reads.Columns.Sum(column => column.Bytes);
        if (all == 0)
            return null;
        long before = 0;
        (int Column, long Bytes, long FirstNs, long LastNs) start = default;
        foreach ((int Column, long Bytes, long FirstNs, long LastNs) column in reads.Columns)
        {
            start = column;
            if (before + column.Bytes > FirstReadsShare * all)
                break;
            before += column.Bytes;
        }

        long Written(Func<(int Column, long Bytes, long FirstNs, long LastNs), bool> where) => writes.Columns.Where(where).Sum(column => column.Bytes);
        long writtenBefore = Written(column => column.LastNs < start.FirstNs);
        long writtenAfter = Written(column => column.FirstNs >= start.FirstNs);
        long firstNs = reads.Columns.Concat(writes.Columns).Min(column => column.FirstNs);
        return new WriteOut(start.FirstNs - firstNs, before, all - before, writtenBefore, writes.Columns.Sum(column => column.Bytes) - writtenBefore - writtenAfter, writtenAfter);
    }
}

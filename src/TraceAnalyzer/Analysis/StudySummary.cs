using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// The numbers as the scripts of the CHEOPS'25 study define them (doi 10.1145/3719330.3721230): whole seconds, read and write told by a letter
/// anywhere in the rwbs string, sizes truncated to KiB, sector access counts by exact rwbs string. All devices together, since
/// the study's traces name none.
/// </summary>
internal static class StudySummary
{
    private const long SecondNs = 1_000_000_000;

    // Seconds without I/O are written out as zeros, as the scripts do, up to so many: 11 days.
    private const int MaxSeconds = 1_000_000;

    public static StudyReport Of(IEnumerable<(OperationKey Key, OperationBucket Operation)> operations, long originNs)
    {
        List<IGrouping<Rwbs, OperationBucket>> byRwbs =
            [.. operations.Where(operation => operation.Operation.HasCounted)
                .GroupBy(operation => operation.Key.Rwbs, operation => operation.Operation).OrderBy(group => group.Key)];
        var seconds = new SortedDictionary<int, (long ReadBytes, long WriteBytes)>();
        var reports = new List<StudyOperation>();
        foreach (IGrouping<Rwbs, OperationBucket> group in byRwbs)
        {
            OperationAccumulators all = OperationAccumulators.Together([.. group.Select(operation => operation.Accumulated())]);
            reports.Add(Operation(group.Key, all));
            bool reads = group.Key.Contains('R');
            bool writes = group.Key.Contains('W');
            if (!reads && !writes)
                continue;

            // Requests without bytes (zone resets) are none to the sums, but to the range of seconds.
            foreach ((int second, long _, long bytes) in all.Throughput.Bins)
            {
                (long readBytes, long writeBytes) = seconds.GetValueOrDefault(second);
                seconds[second] = (readBytes + (reads ? bytes : 0), writeBytes + (writes ? bytes : 0));
            }
        }

        int first = seconds.Keys.FirstOrDefault();
        long count = seconds.Count == 0 ? 0 : (long)seconds.Keys.Last() - first + 1;
        bool isSparse = count > MaxSeconds;
        long[] read = new long[isSparse ? seconds.Count : count];
        long[] write = new long[read.Length];
        int at = 0;
        foreach ((int second, (long readBytes, long writeBytes)) in seconds)
        {
            int index = isSparse ? at++ : second - first;
            (read[index], write[index]) = (readBytes, writeBytes);
        }

        long firstSecond = (originNs / SecondNs) + first;
        return new StudyReport(firstSecond, read, write, [.. reports])
        {
            Seconds = isSparse ? [.. seconds.Keys.Select(second => firstSecond + second - first)] : null,
        };
    }

    private static StudyOperation Operation(Rwbs rwbs, OperationAccumulators accumulators)
    {
        StudySize[] sizes = [.. accumulators.Sizes.Sizes()
            .GroupBy(size => size.SizeBytes / 1024, size => size.Requests)
            .Select(group => new StudySize(group.Key, group.Sum()))];
        SectorAccessResult? access = SectorAccessSummary.Of(accumulators.Access, space: null);
        long cumulated = 0;
        var counts = new List<StudyAccess>();
        foreach (AccessCount entry in access?.Distribution ?? [])
        {
            cumulated += entry.Sectors;
            counts.Add(new StudyAccess(entry.Accesses, entry.Sectors, (double)cumulated / access!.TouchedSectors));
        }

        return new StudyOperation(rwbs.ToString(), sizes, [.. counts]);
    }
}

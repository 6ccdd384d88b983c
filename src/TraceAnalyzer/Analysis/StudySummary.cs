using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// The numbers as the scripts of the CHEOPS'25 study define them (doi 10.1145/3719330.3721230): whole seconds, read and write told by a letter
/// anywhere in the rwbs string, sizes truncated to KiB, sector access counts by exact rwbs string. All devices together, since
/// the study's traces name none.
/// </summary>
internal static class StudySummary
{
    private const long SecondNs = 1_000_000_000;

    public static StudyReport Of(IEnumerable<(OperationKey Key, OperationAccumulators Accumulators)> operations, TimeBinning seconds)
    {
        List<IGrouping<Rwbs, OperationAccumulators>> byRwbs =
            [.. operations.Where(operation => operation.Accumulators.Throughput.FirstNs != long.MaxValue)
                .GroupBy(operation => operation.Key.Rwbs, operation => operation.Accumulators).OrderBy(group => group.Key)];
        long[] read = BySecond(byRwbs, 'R', throughput => throughput.Bytes, seconds.Count);
        long[] write = BySecond(byRwbs, 'W', throughput => throughput.Bytes, seconds.Count);

        // Requests without bytes (zone resets) are none to the sums, but to the range of seconds.
        long[] reads = BySecond(byRwbs, 'R', throughput => throughput.Requests, seconds.Count);
        long[] writes = BySecond(byRwbs, 'W', throughput => throughput.Requests, seconds.Count);
        int first = Enumerable.Range(0, seconds.Count).FirstOrDefault(i => reads[i] > 0 || writes[i] > 0);
        int end = 1 + Enumerable.Range(0, seconds.Count).LastOrDefault(i => reads[i] > 0 || writes[i] > 0, first - 1);
        return new StudyReport(
            (seconds.OriginNs / SecondNs) + first,
            read[first..end],
            write[first..end],
            [.. byRwbs.Select(group => Operation(group.Key, OperationAccumulators.Together([.. group])))]);
    }

    private static long[] BySecond(List<IGrouping<Rwbs, OperationAccumulators>> byRwbs, char letter, Func<ThroughputAccumulator, long[]> valuesOf, int count)
    {
        long[] sums = new long[count];
        foreach (OperationAccumulators accumulators in byRwbs.Where(group => group.Key.Contains(letter)).SelectMany(group => group))
        {
            long[] values = valuesOf(accumulators.Throughput);
            for (int i = 0; i < Math.Min(count, values.Length); i++)
                sums[i] += values[i];
        }

        return sums;
    }

    private static StudyOperation Operation(Rwbs rwbs, OperationAccumulators accumulators)
    {
        StudySize[] sizes = [.. accumulators.Sizes.Sizes()
            .GroupBy(size => size.SizeBytes / 1024, size => size.Requests)
            .Select(group => new StudySize(group.Key, group.Sum()))];
        SectorAccessResult? access = SectorAccessSummary.Of(accumulators.SectorAccess.Runs(), space: null);
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

using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>Adds up who issued a device's requests: processes and CPUs.</summary>
internal static class UseSummary
{
    /// <summary>Counted requests by process, most bytes first.</summary>
    /// <param name="operations">The device's operations.</param>
    /// <param name="nameOf">The name of a process by its number; null if there is none.</param>
    /// <param name="most">Most processes listed; those beyond are added up.</param>
    public static (ProcessUse[] Listed, OtherProcesses? Others) Processes(
        IReadOnlyCollection<(OperationKey Key, OperationAccumulators Accumulators)> operations, Func<int, string?> nameOf, int most)
    {
        SortedDictionary<int, ClassCounts> uses = Sum(operations, accumulators => accumulators.Use.ByPid);
        (OperationKey Key, Use Use)[] untold = [.. operations.Select(operation => (operation.Key, operation.Accumulators.Use.OtherPids)).Where(others => others.OtherPids.Requests > 0)];

        // Ordered by number first: the sort is stable, so ties do not depend on chance.
        KeyValuePair<int, ClassCounts>[] ordered = [.. uses.OrderByDescending(use => use.Value.Bytes)];
        ClassCounts rest = ordered.Skip(most).Select(use => use.Value).Concat(untold.Select(others => ClassCounts.Of(others.Key.Class, others.Use.Counts))).Aggregate(default(ClassCounts), (sum, counts) => sum + counts);
        int atLeast = Math.Max(0, ordered.Length - most) + Math.Min(1, untold.Length);
        return (
            [.. ordered.Take(most).Select(use => new ProcessUse(
                use.Key, nameOf(use.Key), use.Value.Read.Requests, use.Value.Read.Bytes, use.Value.Write.Requests, use.Value.Write.Bytes, use.Value.OtherRequests))],
            atLeast > 0 ? new OtherProcesses(atLeast, rest.Read.Requests, rest.Read.Bytes, rest.Write.Requests, rest.Write.Bytes, rest.OtherRequests) : null);
    }

    /// <summary>Counted requests by CPU, in the order of the CPUs.</summary>
    public static CpuUse[] Cpus(IEnumerable<(OperationKey Key, OperationAccumulators Accumulators)> operations) =>
    [
        .. Sum(operations, accumulators => accumulators.Use.ByCpu).Where(use => use.Key != BlockEvent.UnknownCpu).Select(use => new CpuUse(
            use.Key, use.Value.Read.Requests, use.Value.Read.Bytes, use.Value.Write.Requests, use.Value.Write.Bytes, use.Value.OtherRequests)),
    ];

    private static SortedDictionary<int, ClassCounts> Sum(
        IEnumerable<(OperationKey Key, OperationAccumulators Accumulators)> operations, Func<OperationAccumulators, IEnumerable<(int Key, Use Use)>> of)
    {
        var sums = new SortedDictionary<int, ClassCounts>();
        foreach ((OperationKey key, OperationAccumulators accumulators) in operations)
        {
            foreach ((int number, Use use) in of(accumulators))
                sums[number] = sums.GetValueOrDefault(number) + ClassCounts.Of(key.Class, use.Counts);
        }

        return sums;
    }
}

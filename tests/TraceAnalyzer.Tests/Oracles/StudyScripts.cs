using System.Globalization;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>
/// The definitions of the CHEOPS'25 study (doi 10.1145/3719330.3721230), written down as plainly as they are defined: whole seconds,
/// letters anywhere in the rwbs string, bytes / 1024 truncated, and one more for each sector of each request.
/// </summary>
internal static class StudyScripts
{
    /// <summary>Numbers of the lines <c>nsecs, rwbs, bytes, sector, nr_sector</c>; other lines are none.</summary>
    public static StudyReport Of(IEnumerable<string> lines)
    {
        var read = new SortedDictionary<long, long>();
        var write = new SortedDictionary<long, long>();
        var sizes = new SortedDictionary<string, SortedDictionary<long, long>>(StringComparer.Ordinal);
        var accesses = new SortedDictionary<string, Dictionary<ulong, long>>(StringComparer.Ordinal);
        foreach (string[] fields in lines.Select(line => line.Split(", ")).Where(fields => fields.Length == 5))
        {
            long second = long.Parse(fields[0], CultureInfo.InvariantCulture) / 1_000_000_000;
            string rwbs = fields[1];
            long bytes = long.Parse(fields[2], CultureInfo.InvariantCulture);
            ulong sector = ulong.Parse(fields[3], CultureInfo.InvariantCulture);
            uint sectors = uint.Parse(fields[4], CultureInfo.InvariantCulture);
            if (rwbs.Contains('R', StringComparison.Ordinal))
                read[second] = read.GetValueOrDefault(second) + bytes;
            if (rwbs.Contains('W', StringComparison.Ordinal))
                write[second] = write.GetValueOrDefault(second) + bytes;

            sizes.TryAdd(rwbs, []);
            sizes[rwbs][bytes / 1024] = sizes[rwbs].GetValueOrDefault(bytes / 1024) + 1;
            accesses.TryAdd(rwbs, []);
            Dictionary<ulong, long> counts = accesses[rwbs];
            for (ulong i = 0; i < sectors; i++)
                counts[sector + i] = counts.GetValueOrDefault(sector + i) + 1;
        }

        long[] seconds = [.. read.Keys, .. write.Keys];
        long first = seconds.Length == 0 ? 0 : seconds.Min();
        int count = seconds.Length == 0 ? 0 : (int)(seconds.Max() - first + 1);
        return new StudyReport(
            first,
            [.. Enumerable.Range(0, count).Select(i => read.GetValueOrDefault(first + i))],
            [.. Enumerable.Range(0, count).Select(i => write.GetValueOrDefault(first + i))],
            [.. sizes.Select(pair => new StudyOperation(pair.Key, [.. pair.Value.Select(size => new StudySize(size.Key, size.Value))], Access(accesses[pair.Key])))]);
    }

    private static StudyAccess[] Access(Dictionary<ulong, long> accesses) =>
    [
        .. accesses.Values.GroupBy(count => count).OrderBy(group => group.Key).Select(group => new StudyAccess(
            group.Key, group.Count(), (double)accesses.Values.Count(count => count <= group.Key) / accesses.Count)),
    ];
}

using System.Text.Json;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Tests.Oracles;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Where memory is short, sector accesses are estimated from a sample: as near to the exact result as stated, and the same whoever counted what.</summary>
public class SectorAccessEstimateTests
{
    private const long BudgetBytes = 2 << 20;

    public static TheoryData<string> Loads => [.. s_loads.Keys];

    private static readonly Dictionary<string, Func<int, CountedIo[]>> s_loads = new()
    {
        ["scattered"] = seed => Ios(seed, random => ((ulong)random.NextInt64(1L << 34) & ~7ul, 8)),
        ["odd"] = seed => Ios(seed, random => ((ulong)random.NextInt64(1L << 33), (uint)random.Next(1, 64))),
        ["overlapping"] = seed => Ios(seed, random => ((ulong)random.NextInt64(1L << 27) & ~7ul, 256)),
        ["skewed"] = seed => Ios(seed, random => ((ulong)(Math.Pow(random.NextDouble(), 3) * (1L << 33)) & ~7ul, 8)),
        ["with a hot spot"] = seed => Ios(seed, random => random.Next(4) == 0 ? ((1ul << 32) + ((ulong)random.Next(100) * 8), 8u) : ((ulong)random.NextInt64(1L << 33) & ~7ul, 8u)),
    };

    [Theory]
    [MemberData(nameof(Loads))]
    public void An_estimate_is_within_its_stated_errors(string load)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            CountedIo[] ios = s_loads[load](seed);
            SectorAccessResult exact = SectorAccessSummary.Of(Whole(ios, budget: null))!;
            SectorAccessResult estimate = SectorAccessSummary.Of(Whole(ios, new MapBudget(BudgetBytes)))!;
            Assert.Null(exact.Estimate);
            SectorAccessEstimate errors = Assert.IsType<SectorAccessEstimate>(estimate.Estimate);
            Assert.InRange(errors.SampledShare, 1e-6, 0.5);

            // Four standard errors: one in 10,000 is further off; the seeds are fixed.
            Assert.Equal(exact.AccessedSectors, estimate.AccessedSectors);
            Assert.InRange(estimate.TouchedSectors / (double)exact.TouchedSectors, 1 - (4 * errors.TouchedError), 1 + (4 * errors.TouchedError));
            Assert.InRange(errors.TouchedError, 0.001, 0.5);
            foreach ((HotShare hot, HotShare about) in exact.HotShares.Zip(estimate.HotShares))
                Assert.InRange(about.AccessShare, hot.AccessShare - (4 * errors.ShareError), hot.AccessShare + (4 * errors.ShareError));
            Assert.InRange(estimate.Gini, exact.Gini - (8 * errors.ShareError), exact.Gini + (8 * errors.ShareError));
            foreach (long count in (long[])[1, 2, 3, 5])
                Assert.InRange(Cdf(estimate, count), Cdf(exact, count) - (4 * errors.ShareError), Cdf(exact, count) + (4 * errors.ShareError));
            Assert.InRange(estimate.MaxAccesses, 1, exact.MaxAccesses);
        }
    }

    [Theory]
    [MemberData(nameof(Loads))]
    public void An_estimate_is_the_same_for_all_cuts_and_workers(string load)
    {
        CountedIo[] ios = s_loads[load](7);
        string expected = JsonSerializer.Serialize(SectorAccessSummary.Of(Whole(ios, new MapBudget(BudgetBytes))));
        for (int workers = 1; workers <= 4; workers++)
        {
            var random = new Random(workers);
            var budget = new MapBudget(BudgetBytes);
            SectorAccessAccumulator[] maps = [.. Enumerable.Range(0, workers).Select(_ => new SectorAccessAccumulator(budget))];
            for (int at = 0; at < ios.Length;)
            {
                int end = Math.Min(ios.Length, at + random.Next(1, 20_000));
                SectorAccessAccumulator map = maps[random.Next(workers)];
                map.Add(ios.AsSpan(at..end));
                map.ShareMemory();
                at = end;
            }

            foreach (SectorAccessAccumulator other in maps[1..])
                maps[0].Merge(other);
            maps[0].Settle();
            Assert.Equal(expected, JsonSerializer.Serialize(SectorAccessSummary.Of(maps[0])));
        }
    }

    [Fact]
    public void Below_the_budget_nothing_is_estimated()
    {
        CountedIo[] ios = s_loads["odd"](1);
        string expected = JsonSerializer.Serialize(SectorAccessSummary.Of(Whole(ios, budget: null)));
        Assert.Equal(expected, JsonSerializer.Serialize(SectorAccessSummary.Of(Whole(ios, new MapBudget(1L << 30)))));
    }

    [Fact]
    public void A_small_map_beside_a_large_one_stays_exact()
    {
        var budget = new MapBudget(BudgetBytes);
        var small = new SectorAccessAccumulator(budget);
        small.Add([new CountedIo(0, 8, 4096, 8, 0, 0), new CountedIo(0, 1ul << 40, 4096, 8, 0, 0)]);
        SectorAccessAccumulator large = Whole(s_loads["scattered"](1), budget);
        small.ShareMemory();
        small.Settle();
        Assert.InRange(large.Level, 1, 20);
        Assert.Equal(16, SectorAccessSummary.Of(small)!.TouchedSectors);
        Assert.Null(SectorAccessSummary.Of(small)!.Estimate);
    }

    [Fact]
    public void Runs_across_units_and_long_discards_are_exact()
    {
        // Up to 4 GiB each, 16 units, at any place and overlapping; by hand: a sorted list of starts and ends.
        var random = new Random(3);
        CountedIo[] ios = [.. Enumerable.Range(0, 2000).Select(i => new CountedIo(i, (ulong)random.NextInt64(1L << 32), 0, (uint)random.Next(1, 1 << 23), 0, 0))];
        var changes = new SortedDictionary<ulong, long>();
        foreach (CountedIo io in ios)
        {
            changes[io.Sector] = changes.GetValueOrDefault(io.Sector) + 1;
            changes[io.Sector + io.LengthSectors] = changes.GetValueOrDefault(io.Sector + io.LengthSectors) - 1;
        }

        var expected = new SortedDictionary<long, long>();
        (ulong last, long accesses) = (0, 0);
        foreach ((ulong at, long change) in changes)
        {
            if (accesses > 0)
                expected[accesses] = expected.GetValueOrDefault(accesses) + (long)(at - last);
            (last, accesses) = (at, accesses + change);
        }

        SectorAccessResult result = SectorAccessSummary.Of(Whole(ios, budget: null))!;
        Assert.Equal(expected.Select(pair => new AccessCount(pair.Key, pair.Value)), result.Distribution);
        Assert.Equal(ios.Sum(io => (long)io.LengthSectors), result.AccessedSectors);
    }

    [Fact]
    public void A_report_says_that_it_is_an_estimate()
    {
        CountedIo[] ios = s_loads["scattered"](5);
        BlockEvent[] events = Array.ConvertAll(ios, io => new BlockEvent
        {
            TimeNs = io.TimeNs,
            Action = BlockAction.Issue,
            Sector = io.Sector,
            LengthBytes = io.LengthBytes,
            LengthSectors = io.LengthSectors,
            Rwbs = Rwbs.Of("R"),
            Class = OperationClass.Read,
            Device = DeviceId.Of(259, 0),
        });
        TraceReport Of(int workers)
        {
            using var reader = new EventListReader(events, 5000);
            return TraceAnalysis.Run(reader, new AnalysisOptions { Workers = workers, MaxMemoryBytes = 5 * BudgetBytes });
        }

        TraceReport report = Of(1);
        OperationReport read = report.Devices[0].Operations.Single(operation => operation is { Scope: OperationScope.Class, Name: "read" });
        Assert.NotNull(read.SectorAccess!.Estimate);
        Assert.Contains("Sector accesses of read on device 259,0 are an estimate from 1/", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Contains(report.Findings.Single(finding => finding.Id == "uniform-access").Caveats, caveat => caveat.StartsWith("access counts are an estimate", StringComparison.Ordinal));

        // All of the space is on the axis, and rows have what was accessed in them.
        Assert.Equal(read.SectorAccess.AccessedSectors, read.SectorAccess.RowAccessedSectors!.Sum());
        Assert.Equal(ReportJson(report), ReportJson(Of(3)));
    }

    private static string ReportJson(TraceReport report)
    {
        using var json = new MemoryStream();
        TraceAnalyzer.Output.ReportJson.Write(report, json);
        return System.Text.Encoding.UTF8.GetString(json.ToArray());
    }

    private static double Cdf(SectorAccessResult result, long count) =>
        result.Distribution.Where(entry => entry.Accesses <= count).Sum(entry => entry.Sectors) / (double)result.TouchedSectors;

    private static SectorAccessAccumulator Whole(CountedIo[] ios, MapBudget? budget)
    {
        var map = new SectorAccessAccumulator(budget);
        foreach (CountedIo[] chunk in ios.Chunk(5000))
        {
            map.Add(chunk);
            map.ShareMemory();
        }

        map.Settle();
        return map;
    }

    private static CountedIo[] Ios(int seed, Func<Random, (ulong Sector, uint Sectors)> next)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 300_000).Select(i =>
        {
            (ulong sector, uint sectors) = next(random);
            return new CountedIo(i * 1000L, sector, sectors * 512, sectors, 0, 0);
        })];
    }
}

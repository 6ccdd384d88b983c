using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Analysis.Pages;

/// <summary>Reuse distances, caches and samples against page by page computations.</summary>
public class ReuseTests
{
    [Fact]
    public void Each_level_of_the_sample_has_one_page_of_each_group_and_is_part_of_the_level_before()
    {
        for (int level = 1; level <= 30; level++)
        {
            for (ulong rank = 0; rank < 300; rank++)
            {
                ulong page = PageSample.PageOf(rank * 977, level);
                Assert.Equal(rank * 977, page >> level);
                Assert.Equal(page, PageSample.PageOf(page >> (level - 1), level - 1));
                Assert.Equal(rank * 977, PageSample.Rank(page, level));
                Assert.Equal((rank * 977) + 1, PageSample.Rank(page + 1, level));
            }
        }

        // Of a group every place is about as likely.
        int[] places = new int[64];
        for (ulong rank = 0; rank < 64 * 400; rank++)
            places[PageSample.PageOf(rank << 20, 6) & 63]++;
        Assert.All(places, count => Assert.InRange(count, 300, 500));
    }

    [Fact]
    public void Distances_are_those_of_a_list_in_the_order_of_use()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            (long TimeNs, ulong First, ulong End, bool IsWrite)[] accesses = Accesses(seed, 60, 40);
            List<(ulong Page, bool IsWrite, long TimeNs)> pages = SlowCaches.PagesOf(accesses);
            long[] expected = SlowCaches.Distances(pages);
            PageSequence sequence = PageSequence.Of([SpaceOf(accesses)])!;
            long[] distances = ReuseDistances.Of(sequence);

            // Page by page again: a step stands for all pages of its part.
            Assert.Equal((IEnumerable<long>)expected, distances.SelectMany((distance, step) => Enumerable.Repeat(distance, (int)sequence.Pages[sequence.Parts[step]])));
        }
    }

    [Fact]
    public void Curves_are_those_of_caches_run_page_by_page()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            (long TimeNs, ulong First, ulong End, bool IsWrite)[] accesses = Accesses(seed, 80, 60);
            List<(ulong Page, bool IsWrite, long TimeNs)> pages = SlowCaches.PagesOf(accesses);
            long reads = pages.Count(page => !page.IsWrite);
            var summary = new ReuseSummary(PageSequence.Of([SpaceOf(accesses)])!);
            Assert.Equal(pages.Select(page => page.Page).Distinct().Count() * PageSequence.PageBytes, summary.FootprintBytes);
            long[] sizes = [.. Enumerable.Range(1, 70).Select(count => count * PageSequence.PageBytes)];
            MemoryPoint[] curve = summary.Curves(sizes, reads * PageSequence.PageBytes, workers: 2);
            Assert.Equal(sizes, curve.Select(point => point.AddedBytes));
            for (int count = 1; count <= sizes.Length; count++)
            {
                MemoryPoint point = curve[count - 1];
                Assert.Equal(SlowCaches.Lru(pages, count) * PageSequence.PageBytes, point.LruSavedBytes);
                Assert.Equal(SlowCaches.Pinned(pages, count) * PageSequence.PageBytes, point.PinnedSavedBytes);
                Assert.InRange(point.OptimalSavedBytes, Math.Max(point.LruSavedBytes, point.PinnedSavedBytes), reads * PageSequence.PageBytes);
            }
        }
    }

    [Fact]
    public void No_policy_serves_more_than_the_optimum()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            (long TimeNs, ulong First, ulong End, bool IsWrite)[] accesses = Accesses(seed, 14, 8);
            List<(ulong Page, bool IsWrite, long TimeNs)> pages = SlowCaches.PagesOf(accesses);
            PageSequence sequence = PageSequence.Of([SpaceOf(accesses)])!;
            var cache = new OptimalCache(sequence, OptimalCache.NextReads(sequence));
            for (int capacity = 1; capacity <= 5; capacity++)
                Assert.Equal(SlowCaches.Best(pages, capacity), cache.ServedPages(capacity));
        }
    }

    [Fact]
    public void A_sweep_gains_nothing_from_LRU_until_all_of_it_fits_and_in_proportion_from_pinning()
    {
        // Four passes over 64 requests of 32 pages: 8 MiB.
        PageAccess[] sweep = [.. Enumerable.Range(0, 256).Select(i => new PageAccess(i, (ulong)(i % 64) * 32, ((ulong)(i % 64) * 32) + 32))];
        var summary = new ReuseSummary(PageSequence.Of([new PageSpace(sweep, [], [])])!);
        Assert.Equal(8L << 20, summary.FootprintBytes);
        MemoryPoint[] curve = summary.Curves([4L << 20, (8L << 20) - 4096, 8L << 20], 32L << 20, workers: 1);
        Assert.Equal([0L, 0L, 24L << 20], curve.Select(point => point.LruSavedBytes));
        Assert.Equal([12L << 20, (24L << 20) - (3 * 4096), 24L << 20], curve.Select(point => point.PinnedSavedBytes));
        ReuseStatistics reads = summary.Statistics(isWrite: false, 32L << 20)!;
        Assert.Equal((24L << 20, 8L << 20), (reads.AgainBytes, reads.FirstBytes));
        Assert.Equal(8 << 20, reads.DistanceP50Bytes!.Value, (8 << 20) * 0.004);
        Assert.Equal(64, reads.TimeP50Ns);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_sample_gives_the_curves_of_all_pages_within_its_stated_error(int level)
    {
        double worst = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            (long TimeNs, ulong First, ulong End, bool IsWrite)[] accesses = Skewed(seed, 3_000);
            PageSpace[] spaces = [SpaceOf(accesses)];
            var whole = new ReuseSummary(PageSequence.Of(spaces)!);
            PageSequence sample = PageSequence.Of(spaces, level)!;
            Assert.Equal(level, sample.Level);
            var part = new ReuseSummary(sample);
            long readBytes = accesses.Where(access => !access.IsWrite).Sum(access => (long)(access.End - access.First)) * PageSequence.PageBytes;
            long[] sizes = ReuseSummary.SizesFor(whole.FootprintBytes);
            // At a cliff, where all of a sweep fits, a size that is a little off makes all the difference: the bounds are those of sizes 2 % smaller and larger.
            double error = ReuseSummary.ErrorOf(sample.Halves(spaces), sizes);
            Assert.InRange(error, 0.0, 0.1);
            double slack = readBytes * ((3 * error) + 0.002);
            MemoryPoint[] estimated = part.Curves(sizes, readBytes, 2);
            MemoryPoint[] exact = whole.Curves(sizes, readBytes, 2);
            MemoryPoint[] smaller = whole.Curves([.. sizes.Select(bytes => bytes * 98 / 100)], readBytes, 2);
            MemoryPoint[] larger = whole.Curves([.. sizes.Select(bytes => bytes * 102 / 100)], readBytes, 2);
            for (int i = 0; i < sizes.Length; i++)
            {
                Assert.InRange(estimated[i].LruSavedBytes, smaller[i].LruSavedBytes - slack, larger[i].LruSavedBytes + slack);
                Assert.InRange(estimated[i].OptimalSavedBytes, smaller[i].OptimalSavedBytes - slack, larger[i].OptimalSavedBytes + slack);
                Assert.InRange(estimated[i].PinnedSavedBytes, smaller[i].PinnedSavedBytes - slack, larger[i].PinnedSavedBytes + slack);
            }

            double off = exact.Zip(estimated).Max(pair => Math.Abs(pair.First.OptimalSavedBytes - pair.Second.OptimalSavedBytes)) / (double)readBytes;
            worst = Math.Max(worst, off);
            Assert.Equal(whole.FootprintBytes, part.FootprintBytes, whole.FootprintBytes * 0.05);
        }

        // Not exact by accident: then nothing would have been sampled.
        Assert.InRange(worst, 1e-9, 0.2);
    }

    [Fact]
    public void Beyond_the_steps_allowed_the_least_level_that_fits_is_taken()
    {
        PageSpace[] spaces = [SpaceOf(Skewed(3, 3_000))];
        int steps = PageSequence.Of(spaces)!.Parts.Length;
        Assert.Equal(0, PageSequence.Of(spaces, mostSteps: steps)!.Level);
        PageSequence less = PageSequence.Of(spaces, mostSteps: steps / 2)!;
        Assert.InRange(less.Level, 1, 8);
        Assert.InRange(less.Parts.Length, 1, steps / 2);
        Assert.True(PageSequence.Of(spaces, less.Level - 1)!.Parts.Length > steps / 2);
    }

    [Fact]
    public void A_full_log_keeps_what_touches_the_sample_whoever_saw_which_part()
    {
        CountedIo[] ios = Workloads.Ios(4, 5_000);
        var whole = new PageLog(1_000);
        whole.Add(ios);
        Assert.InRange(whole.Level, 1, 20);
        Assert.InRange(whole.Accesses.Count, 1, 1_000);
        PageAccess[] expected =
        [
            .. ios.Select(io => new PageAccess(io.TimeNs, io.Sector / 8, ((io.Sector + io.LengthSectors - 1) / 8) + 1)).Where(access => access.IsIn(whole.Level)),
        ];
        Assert.Equal(expected, whole.Accesses);
        Assert.Equal(ios.Sum(io => (long)(((io.Sector + io.LengthSectors - 1) / 8) + 1 - (io.Sector / 8))) * 4096, whole.PageBytes);
    }

    [Fact]
    public void Writes_put_pages_into_the_cache_and_are_not_reads()
    {
        // Written, read, written again, read: both reads are served from a page of memory; the second write is a reuse of its own.
        PageSpace space = new([new PageAccess(2, 5, 6), new PageAccess(4, 5, 6)], [new PageAccess(1, 5, 6), new PageAccess(3, 5, 6)], []);
        var summary = new ReuseSummary(PageSequence.Of([space])!);
        MemoryPoint point = summary.Curves([4096], 8192, 1)[0];
        Assert.Equal((8192L, 8192L, 8192L), (point.LruSavedBytes, point.OptimalSavedBytes, point.PinnedSavedBytes));
        Assert.Equal((8192L, 0L), (summary.Statistics(false, 8192)!.AgainBytes, summary.Statistics(false, 8192)!.FirstBytes));
        Assert.Equal((4096L, 4096L), (summary.Statistics(true, 8192)!.AgainBytes, summary.Statistics(true, 8192)!.FirstBytes));
    }

    [Fact]
    public void Pages_of_two_devices_are_not_the_same()
    {
        PageSpace one = new([new PageAccess(1, 0, 4), new PageAccess(3, 0, 4)], [], []);
        PageSpace other = new([new PageAccess(2, 0, 4)], [], []);
        var summary = new ReuseSummary(PageSequence.Of([one, other])!);
        Assert.Equal(8 * 4096, summary.FootprintBytes);
        Assert.Equal([0L, 4 * 4096L], summary.Curves([4 * 4096, 8 * 4096], 12 * 4096, 1).Select(point => point.LruSavedBytes));
    }

    [Fact]
    public void Working_sets_and_tokens_count_each_page_once()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            (long TimeNs, ulong First, ulong End, bool IsWrite)[] accesses = Accesses(seed, 200, 60);
            List<(ulong Page, bool IsWrite, long TimeNs)> pages = SlowCaches.PagesOf(accesses);
            var summary = new ReuseSummary(PageSequence.Of([SpaceOf(accesses)])!);
            WorkingSet set = summary.WorkingSet(new TimeBinning(0, 7, 450));
            Assert.Equal((21L, 150), (set.Windows.WidthNs, set.Windows.Count));
            var seen = new HashSet<ulong>();
            for (int window = 0; window < set.Windows.Count; window++)
            {
                ulong[] own = [.. pages.Where(page => page.TimeNs / 21 == window).Select(page => page.Page).Distinct()];
                Assert.Equal(own.Length * 4096L, set.UniqueBytes[window]);
                Assert.Equal(own.Count(seen.Add) * 4096L, set.NewBytes[window]);
            }

            (int, long, long)[] spans = [(0, 100, 300), (1, 300, 450), (2, 700, 900)];
            TokenWorkingSet[] tokens = summary.Tokens(spans);
            HashSet<ulong>[] sets = [.. spans.Select(span => pages.Where(page => !page.IsWrite && page.TimeNs >= span.Item2 && page.TimeNs < span.Item3).Select(page => page.Page).ToHashSet())];
            Assert.Equal(sets.Select(own => own.Count * 4096L), tokens.Select(token => token.UniqueBytes));
            Assert.Equal([0, .. sets.Zip(sets.Skip(1), (before, own) => own.Count(before.Contains) * 4096L)], tokens.Select(token => token.RepeatedBytes));
        }
    }

    [Fact]
    public void Groups_have_the_reads_of_their_own_pages()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            (long TimeNs, ulong First, ulong End, bool IsWrite)[] accesses = Accesses(seed, 200, 60);
            List<(ulong Page, bool IsWrite, long TimeNs)> pages = SlowCaches.PagesOf(accesses);
            long[] distances = SlowCaches.Distances(pages);
            PageGroup[] groups = [new(3, 10, 1), new(10, 25, 0), new(40, 64, 1)];
            var summary = new ReuseSummary(PageSequence.Of([SpaceOf(accesses) with { Groups = groups }])!);
            ReuseGroup[] found = summary.Groups([(4, null), (7, 2), (9, null)]);
            Assert.Equal([(4, null), (7, 2)], found.Select(group => (group.Layer!.Value, group.Expert)));
            for (int i = 0; i < 2; i++)
            {
                int[] own = [.. Enumerable.Range(0, pages.Count).Where(at => !pages[at].IsWrite && groups.Any(group => group.Group == i && pages[at].Page >= group.First && pages[at].Page < group.End))];
                Assert.Equal(own.Length * 4096L, found[i].ReadBytes);
                Assert.Equal(own.Count(at => distances[at] > 0) * 4096L, found[i].AgainBytes);
                Assert.Equal(own.Select(at => pages[at].Page).Distinct().Count() * 4096L, found[i].FootprintBytes);
                long[] again = [.. own.Select(at => distances[at]).Where(distance => distance > 0).Order()];
                Assert.Equal(again[(again.Length - 1) / 2] * 4096.0, found[i].DistanceP50Bytes);
            }
        }
    }

    private static PageSpace SpaceOf((long TimeNs, ulong First, ulong End, bool IsWrite)[] accesses) => new(
        [.. accesses.Where(access => !access.IsWrite).Select(access => new PageAccess(access.TimeNs, access.First, access.End))],
        [.. accesses.Where(access => access.IsWrite).Select(access => new PageAccess(access.TimeNs, access.First, access.End))],
        []);

    private static (long TimeNs, ulong First, ulong End, bool IsWrite)[] Accesses(int seed, int count, int pages)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                int first = random.Next(pages);
                return ((long)(i * 5) + random.Next(3), (ulong)first, (ulong)Math.Min(pages, first + 1 + random.Next(6)), random.Next(4) == 0);
            }),
        ];
    }

    // Passes over a part and favorites in another, of any lengths.
    private static (long TimeNs, ulong First, ulong End, bool IsWrite)[] Skewed(int seed, int count)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                ulong first = i % 2 == 0 ? (ulong)(i % 600) * 256 : 1_600_000 + (ulong)(Math.Pow(random.NextDouble(), 3) * 320_000);
                return ((long)i, first, first + (ulong)random.Next(1, 1024), random.Next(10) == 0);
            }),
        ];
    }
}

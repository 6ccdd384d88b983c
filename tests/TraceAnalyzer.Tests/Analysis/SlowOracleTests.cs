using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Each accumulator against a plain slow computation of the same.</summary>
public class SlowOracleTests
{
    [Fact]
    public void Sector_access_counts_each_sector_of_each_request()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            CountedIo[] ios = Workloads.Ios(seed, 500);
            var counts = new Dictionary<ulong, long>();
            foreach (CountedIo io in ios)
            {
                for (ulong sector = io.Sector; sector < io.Sector + io.LengthSectors; sector++)
                    counts[sector] = counts.GetValueOrDefault(sector) + 1;
            }

            var accumulator = new SectorAccessAccumulator();
            accumulator.Add(ios);
            List<SectorRun> runs = [.. accumulator.Runs()];
            SectorAccessResult result = SectorAccessSummary.Of(new SectorAccessView([accumulator]), space: null)!;

            Assert.Equal(counts.Values.GroupBy(count => count).OrderBy(group => group.Key).Select(group => new AccessCount(group.Key, group.Count())), result.Distribution);
            foreach (SectorRun run in runs)
            {
                for (ulong sector = run.Start; sector < run.End; sector++)
                    Assert.Equal(run.Accesses, counts[sector]);
            }
        }
    }

    [Fact]
    public void Arrivals_are_the_differences_of_neighbouring_times()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            long[] times = [.. Workloads.Ios(seed, 500).Select(io => io.TimeNs).Order()];
            long[] gaps = [.. times.Zip(times.Skip(1), (one, next) => next - one).Order()];
            var accumulator = new ArrivalAccumulator();
            accumulator.Add(times.AsSpan(200..));
            accumulator.Add(times.AsSpan(..200));
            LatencyStatistics result = accumulator.ToResult()!;

            Assert.Equal((gaps.Length, gaps[0], gaps[^1]), (result.Count, result.MinNs, result.MaxNs));
            Assert.Equal(gaps.Average(), result.MeanNs, 6);
            Assert.Equal(gaps[(gaps.Length - 1) / 2], result.P50Ns, (gaps[(gaps.Length - 1) / 2] * result.RelativeError) + 1);
            long below = 0;
            foreach (LatencyBucket bucket in result.Buckets)
            {
                Assert.Equal(gaps.Count(gap => gap <= bucket.UpToNs), below += bucket.Count);
                Assert.True(bucket.UpToNs >= 0);
            }
        }

        var one = new ArrivalAccumulator();
        one.Add([5]);
        Assert.Null(one.ToResult());
    }

    [Fact]
    public void Rows_of_the_map_hold_the_accesses_of_their_sectors()
    {
        CountedIo[] ios = Workloads.Ios(5, 500);
        var accumulator = new SectorAccessAccumulator();
        accumulator.Add(ios);
        List<SectorRun> runs = [.. accumulator.Runs()];
        SpaceAxis space = SpaceRows.AxisOf(runs, 3)!;
        SectorAccessResult result = SectorAccessSummary.Of(new SectorAccessView([accumulator]), space)!;

        Assert.InRange(space.RowStartSectors.Length, 1, SpaceRows.MaxRows);
        for (int i = 0; i < space.RowStartSectors.Length; i++)
        {
            ulong start = (ulong)space.RowStartSectors[i];
            ulong end = start + (ulong)space.RowSectors;
            long accessed = ios.Sum(io => (long)Math.Max(0, (decimal)Math.Min(io.Sector + io.LengthSectors, end) - Math.Max(io.Sector, start)));
            Assert.Equal(accessed, result.RowAccessedSectors![i]);
            Assert.True(result.RowTouchedSectors![i] > 0);
        }
    }

    [Fact]
    public void Sectors_over_time_add_up_to_what_each_request_covers()
    {
        CountedIo[] ios = Workloads.Ios(9, 2_000);
        long originNs = ios.Min(io => io.TimeNs);
        long lastNs = ios.Max(io => io.TimeNs);
        var access = new SectorAccessAccumulator();
        access.Add(ios);
        var accumulator = new SectorTimeAccumulator(TimeScale.Doubling(originNs, 100));
        accumulator.Add(ios);
        SpaceAxis space = SpaceRows.AxisOf(access.Runs(), accumulator.RowShift)!;
        SectorTimeResult result = accumulator.ToResult(OperationClass.Read, space, lastNs);

        long[,] expected = new long[space.RowStartSectors.Length, result.Columns.Count];
        foreach (CountedIo io in ios)
        {
            for (ulong sector = io.Sector; sector < io.Sector + io.LengthSectors; sector++)
            {
                int row = Array.BinarySearch(space.RowStartSectors, (long)sector / space.RowSectors * space.RowSectors);
                expected[row, (io.TimeNs - originNs) / result.Columns.WidthNs]++;
            }
        }

        for (int row = 0; row < result.Rows.Length; row++)
        {
            for (int column = 0; column < result.Columns.Count; column++)
                Assert.Equal(expected[row, column], column < result.Rows[row].Length ? result.Rows[row][column] : 0);
        }
    }

    [Fact]
    public void Mean_and_greatest_depth_of_a_bin_follow_from_counting_at_every_change()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            IoRequest[] requests = FlightOf(seed);
            long originNs = requests.Min(request => request.IssueTimeNs);
            var accumulator = new InFlightAccumulator(TimeScale.Doubling(originNs, DepthClock.MaxColumns));
            accumulator.Add(requests);
            var clock = new DepthClock(originNs);
            foreach ((long timeNs, bool enters) in requests.SelectMany(request => ((long, bool)[])[(request.IssueTimeNs, true), (request.CompleteTimeNs, false)]).Order())
            {
                if (enters)
                    clock.Enter(timeNs);
                else
                    clock.Leave(timeNs);
            }

            clock.Finish();
            while (clock.Columns!.WidthNs > accumulator.Columns.WidthNs)
                accumulator.Grow();
            while (accumulator.Columns.WidthNs > clock.Columns.WidthNs)
                clock.JoinColumns();
            long[] greatestDepths = clock.GreatestIn(accumulator.InFlightNs.Length);
            long widthNs = accumulator.Columns.WidthNs;

            for (int bin = 0; bin < accumulator.InFlightNs.Length; bin++)
            {
                long startNs = originNs + (bin * widthNs);
                long endNs = startNs + widthNs;
                long inFlightNs = requests.Sum(request => Math.Max(0, Math.Min(request.CompleteTimeNs, endNs) - Math.Max(request.IssueTimeNs, startNs)));
                Assert.Equal(inFlightNs, accumulator.InFlightNs[bin]);
                long greatest = requests.Select(request => request.IssueTimeNs).Where(t => t >= startNs && t < endNs).Append(startNs)
                    .Max(t => requests.LongCount(request => t == startNs && request.IssueTimeNs < t
                        ? request.CompleteTimeNs >= t
                        : request.IssueTimeNs <= t && request.CompleteTimeNs > t));
                Assert.Equal(greatest, greatestDepths[bin]);
            }
        }
    }

    // Requests whose depth at issue is what a plain count says, no two events at one time.
    private static IoRequest[] FlightOf(int seed)
    {
        var random = new Random(seed);
        long[] times = [.. Enumerable.Range(0, 400).Select(_ => random.NextInt64(1_000_000_000)).Distinct()];
        if (times.Length % 2 != 0)
            times = times[1..];
        var requests = new IoRequest[times.Length / 2];
        for (int i = 0; i < requests.Length; i++)
            requests[i] = new IoRequest { QueueTimeNs = IoRequest.NoTime, IssueTimeNs = Math.Min(times[2 * i], times[(2 * i) + 1]), CompleteTimeNs = Math.Max(times[2 * i], times[(2 * i) + 1]) };
        for (int i = 0; i < requests.Length; i++)
        {
            long t = requests[i].IssueTimeNs;
            requests[i].QueueDepth = (uint)requests.Count(request => request.IssueTimeNs <= t && request.CompleteTimeNs > t);
        }

        return requests;
    }
}

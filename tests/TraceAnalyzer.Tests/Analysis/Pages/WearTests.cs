using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Analysis.Pages;

/// <summary>Partial units and distances between overwrites against plain computations.</summary>
public class WearTests
{
    [Fact]
    public void Writes_of_parts_of_units_are_those_that_do_not_begin_and_end_with_one()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            CountedIo[] ios =
            [
                .. Workloads.Ios(seed, 300),
                .. Enumerable.Range(0, 300).Select(_ =>
                {
                    uint sectors = (uint)(8 << random.Next(6));
                    return new CountedIo(0, (ulong)random.Next(1000) * (ulong)(8 << random.Next(6)), sectors * 512, sectors, 1, 0);
                }),
            ];
            var accumulator = new WriteUnitAccumulator();
            accumulator.Add(ios);
            Assert.Equal([4096L, 16_384, 32_768, 65_536], accumulator.ToResult().Select(partial => partial.UnitBytes));
            foreach (PartialWrites partial in accumulator.ToResult())
            {
                ulong unit = (ulong)partial.UnitBytes;
                (ulong Start, ulong End)[] ranges = [.. ios.Select(io => (io.Sector * 512, (io.Sector + io.LengthSectors) * 512))];
                (ulong Start, ulong End)[] within = [.. ranges.Where(range => range.Start % unit != 0 || range.End % unit != 0)];
                Assert.Equal(within.Length, partial.Requests);
                Assert.Equal(within.Sum(range => (long)(range.End - range.Start)), partial.Bytes);
                Assert.Equal(ranges.Sum(range => (long)(((range.End + unit - 1) / unit) - (range.Start / unit))) * partial.UnitBytes, partial.UnitsBytes);
                Assert.InRange(partial.Requests, 1, ios.Length - 1);
            }
        }
    }

    [Fact]
    public void Overwrites_are_as_far_apart_as_what_was_written_in_between()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            PageAccess[] writes = [.. Enumerable.Range(0, 80).Select(i => (ulong)random.Next(60)).Select((first, i) => new PageAccess(2 * i, first, first + 1 + (ulong)random.Next(9)))];
            PageAccess[] reads = [.. Enumerable.Range(0, 80).Select(i => new PageAccess((2 * i) + 1, (ulong)random.Next(60), 70))];
            var distances = new List<long>();
            for (int i = 0; i < writes.Length; i++)
            {
                for (ulong page = writes[i].First; page < writes[i].End; page++)
                {
                    int before = Array.FindLastIndex(writes, Math.Max(0, i - 1), i, write => write.First <= page && page < write.End);

                    // From the part that the page was written with: of a request that is written in parts, those before it had been written.
                    if (before >= 0)
                        distances.Add(writes[before..i].Sum(write => (long)(write.End - write.First)) * 4096);
                }
            }

            (double? median, double? p90) = new ReuseSummary(PageSequence.Of([new PageSpace(reads, writes, [])])!).OverwriteBytes();
            distances.Sort();

            // A request is at most 9 pages, and a percentile is to within a half percent.
            Assert.Equal(distances[(distances.Count - 1) / 2], median!.Value, (distances[(distances.Count - 1) / 2] * 0.005) + (9 * 4096));
            Assert.Equal(distances[(int)Math.Ceiling(0.9 * distances.Count) - 1], p90!.Value, (p90.Value * 0.005) + (9 * 4096));
        }
    }
}

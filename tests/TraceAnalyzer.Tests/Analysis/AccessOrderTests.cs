using System.Numerics;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>The order in which tokens read tensors, against a plain count over all requests.</summary>
public sealed class AccessOrderTests
{
    private const long TokenNs = 1_000_000_000;
    private const long Chunk = 128 << 10;

    // Tensors of Workloads.Model by offset, the stack cut into its experts.
    private static readonly (string Name, long Start, long End, int Layer)[] s_units =
    [
        ("token_embd", 1001, 3_001_001, -1),
        ("up_exps#0", 4_000_001, 12_000_002, 1), ("up_exps#1", 12_000_002, 20_000_003, 1), ("up_exps#2", 20_000_003, 28_000_004, 1),
        ("up.2", 30_000_000, 30_700_000, 0), ("norm", 30_700_000, 30_700_010, 0), ("output", 30_800_000, 50_800_000, -1),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Order_is_that_of_a_plain_count(int tokens)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            CountedIo[] ios = Reads(seed, tokens);
            TensorMap map = Workloads.Model();
            AccessOrder? order = Measure(map, ios, tokens);
            (int Unit, long Bytes)[][] used = [.. Enumerable.Range(0, tokens).Select(token => Used(ios, token, out _)).Where(units => units.Length > 0)];
            if (used.SelectMany(token => token).Select(unit => unit.Unit).Distinct().Count() < 2)
            {
                Assert.Null(order);
                continue;
            }

            Assert.NotNull(order);
            Assert.Equal((used.Length, used.Sum(token => token.Sum(unit => unit.Bytes))), (order.Tokens, order.ReadBytes));
            long leftOut = 0;
            for (int token = 0; token < tokens; token++)
            {
                Used(ios, token, out long left);
                leftOut += left;
            }

            Assert.Equal(leftOut, order.LeftOutBytes);
            Assert.Equal(Chunk, order.MaxRequestBytes);
            Assert.Equal(Layout(used, Continues), order.AsLaidOut);
            Assert.Equal(used.Length < 2 ? null : InOrder(used), order.InOrderOfUse);
            foreach (OrderSteps steps in order.Steps)
                Assert.Equal(Steps(used, steps.ChangesLayer), (steps.Steps, steps.Sequential, steps.Forward, steps.Backward, steps.OtherFile, steps.MedianJumpBytes, steps.MaxJumpBytes));
        }
    }

    [Fact]
    public void A_file_read_in_its_order_is_sequential_and_one_read_backward_is_in_its_own_order_only()
    {
        CountedIo[] forward = [.. Whole([1, 2, 3, 4, 6], 0), .. Whole([1, 2, 3, 4, 6], 1)];
        AccessOrder order = Measure(Workloads.Model(), forward, 2)!;
        // The norm of 10 bytes lies in the last sector of 4, 100 KB before 6; 2 MB of padding part 3 and 4.
        (int Unit, long Bytes)[] used = Used(forward, 0, out _);
        Assert.Equal([1, 2, 3, 4, 6], used.Select(unit => unit.Unit));
        Assert.Equal(2 * (used[1].Bytes + used[2].Bytes + used[4].Bytes), order.AsLaidOut.SequentialBytes);
        Assert.Equal(order.ReadBytes - (2 * used[0].Bytes), order.InOrderOfUse!.SequentialBytes);

        CountedIo[] backward = [.. Whole([6, 4, 3, 2, 1], 0), .. Whole([6, 4, 3, 2, 1], 1)];
        order = Measure(Workloads.Model(), backward, 2)!;
        Assert.Equal(0, order.AsLaidOut.SequentialBytes);
        Assert.Equal(order.ReadBytes - (2 * Used(backward, 0, out _)[0].Bytes), order.InOrderOfUse!.SequentialBytes);
        Assert.Equal((8, 0), (order.Steps.Sum(steps => steps.Backward), order.Steps.Sum(steps => steps.Forward)));
    }

    // The longest is 5, 2, 3, 4; the first has 1 behind 5. What each token lacks must not part the others.
    [Fact]
    public void Tokens_that_lack_some_give_one_order()
    {
        int[] next = UseOrder.Successors([[5, 1, 3], [5, 2, 3, 4], [1, 2]], 6);
        Assert.Equal([-1, 2, 3, 4, -1, 1], next);
        Assert.Equal([-1, -1], UseOrder.Successors([], 2));
        Assert.Equal([2, -1, 1], UseOrder.Successors([[2, 1], [0, 2]], 3));
    }

    [Fact]
    public void Beyond_the_most_cells_nothing_is_kept()
    {
        var tokens = new TimeSpans(Enumerable.Range(0, 3).Select(i => new NamedSpan("t", i, i, i + 1)));
        Assert.Equal(3, new TokenPartReads(tokens, TokenPartReads.MaxCells / 3).Tokens);
        var beyond = new TokenPartReads(tokens, (TokenPartReads.MaxCells / 3) + 1);
        beyond.Add(0, 0, 0, 1);
        Assert.Equal(0, beyond.Tokens);
    }

    private static AccessOrder? Measure(TensorMap map, CountedIo[] ios, int tokens)
    {
        var accumulator = new TensorAccumulator(map, TimeScale.Doubling(0, 16), new TimeSpans(Enumerable.Range(0, tokens).Select(i => new NamedSpan("t", i, i * TokenNs, (i + 1) * TokenNs))));
        accumulator.Add(ios);
        return AccessOrders.Of(map, accumulator.Parts, new long[tokens], Chunk);
    }

    // Each token reads some tensors in an order of its own, and touches others.
    private static CountedIo[] Reads(int seed, int tokens)
    {
        var random = new Random(seed);
        int[] common = [.. Enumerable.Range(0, s_units.Length)];
        random.Shuffle(common);
        var ios = new List<CountedIo>();
        for (int token = 0; token < tokens; token++)
        {
            int[] units = [.. common];
            if (random.Next(3) == 0)
                random.Shuffle(units);
            ios.AddRange(Whole([.. units.Where(_ => random.Next(4) > 0)], token, random));
        }

        return [.. ios];
    }

    private static List<CountedIo> Whole(int[] units, int token, Random? random = null)
    {
        var ios = new List<CountedIo>();
        long timeNs = token * TokenNs;
        foreach (int unit in units)
        {
            // Whole, in part, or hardly touched.
            long end = s_units[unit].Start + ((s_units[unit].End - s_units[unit].Start) * (random is null ? 8 : random.Next(0, 9)) / 8);
            for (long at = s_units[unit].Start / 512 * 512; at < end; at += Chunk)
                ios.Add(new CountedIo(timeNs += random?.Next(1, 1000) ?? 500, SectorOf(at), (uint)(Math.Min(Chunk, (end - at + 511) / 512 * 512)), (uint)(Math.Min(Chunk, (end - at + 511) / 512 * 512) / 512), 1, 0));
        }

        return ios;
    }

    // The extents of Workloads.Model.
    private static ulong SectorOf(long offset) => (ulong)(offset / 512 < 60_000 ? 1000 + (offset / 512) : 100_000 + (offset / 512) - 60_000);

    private static (int Unit, long Bytes)[] Used(CountedIo[] ios, int token, out long leftOut)
    {
        var bytes = new long[s_units.Length];
        var moments = new BigInteger[s_units.Length];
        foreach (CountedIo io in ios.Where(io => io.TimeNs / TokenNs == token))
        {
            for (long sector = (long)io.Sector; sector < (long)io.Sector + io.LengthSectors; sector++)
            {
                // Behind either extent nothing of the file follows.
                long offset = sector is >= 1000 and < 61_000 ? (sector - 1000) * 512 : sector is >= 100_000 and < 140_000 ? (sector - 40_000) * 512 : -512;
                for (int unit = 0; unit < s_units.Length; unit++)
                {
                    long part = Math.Min(offset + 512, s_units[unit].End) - Math.Max(offset, s_units[unit].Start);
                    if (offset >= 0 && part > 0)
                    {
                        bytes[unit] += part;
                        moments[unit] += (BigInteger)part * (io.TimeNs - (token * TokenNs));
                    }
                }
            }
        }

        int[] used = [.. Enumerable.Range(0, s_units.Length).Where(unit => s_units[unit].End - s_units[unit].Start >= 131_072 && bytes[unit] > 0 && bytes[unit] >= (s_units[unit].End - s_units[unit].Start) / 8)];
        leftOut = bytes.Sum() - used.Sum(unit => bytes[unit]);
        return [.. used.OrderBy(unit => moments[unit] / bytes[unit]).ThenBy(unit => s_units[unit].Start).Select(unit => (unit, bytes[unit]))];
    }

    private static bool Continues(int unit, int before) => s_units[unit].Start - s_units[before].End is >= 0 and < 131_072;

    private static LayoutUse Layout((int Unit, long Bytes)[][] tokens, Func<int, int, bool> follows)
    {
        long sequential = 0;
        var runs = new List<long>();
        foreach ((int Unit, long Bytes)[] token in tokens)
        {
            int before = -1;
            foreach ((int unit, long bytes) in token)
            {
                if (before >= 0 && follows(unit, before))
                {
                    sequential += bytes;
                    runs[^1] += bytes;
                }
                else
                {
                    runs.Add(bytes);
                }

                before = unit;
            }
        }

        return new LayoutUse(sequential, runs.Count, runs.Sum(run => (long)Math.Ceiling(run / (decimal)Chunk)));
    }

    // A list into which what is new is put behind what it follows.
    private static LayoutUse InOrder((int Unit, long Bytes)[][] tokens)
    {
        LayoutUse[] halves =
        [
            .. new[] { 0, 1 }.Select(half =>
            {
                int[][] others = [.. tokens.Where((_, i) => i % 2 != half).Select(token => token.Select(unit => unit.Unit).ToArray())];
                int most = others.Max(other => other.Length);
                var order = new List<int>(others.First(other => other.Length == most));
                foreach (int[] other in others)
                {
                    for (int i = 0; i < other.Length; i++)
                    {
                        if (!order.Contains(other[i]))
                            order.Insert(i == 0 ? 0 : order.IndexOf(other[i - 1]) + 1, other[i]);
                    }
                }

                return Layout([.. tokens.Where((_, i) => i % 2 == half)], (unit, before) => order.Contains(before) && order.IndexOf(unit) == order.IndexOf(before) + 1);
            }),
        ];
        return new LayoutUse(halves[0].SequentialBytes + halves[1].SequentialBytes, halves[0].Runs + halves[1].Runs, halves[0].Requests + halves[1].Requests);
    }

    private static (long, long, long, long, long, long?, long?) Steps((int Unit, long Bytes)[][] tokens, bool changesLayer)
    {
        var steps = tokens.SelectMany(token => token.Zip(token.Skip(1), (before, next) => (Before: before.Unit, Next: next.Unit)))
            .Where(step => (s_units[step.Before].Layer != s_units[step.Next].Layer) == changesLayer).ToArray();
        long[] jumps = [.. steps.Where(step => !Continues(step.Next, step.Before)).Select(step => s_units[step.Next].Start - s_units[step.Before].End)];
        long[] lengths = [.. jumps.Select(Math.Abs).Order()];
        return (steps.Length, steps.Length - jumps.Length, jumps.Count(jump => jump >= 0), jumps.Count(jump => jump < 0), 0,
            jumps.Length == 0 ? null : lengths[(lengths.Length - 1) / 2], jumps.Length == 0 ? null : lengths[^1]);
    }
}

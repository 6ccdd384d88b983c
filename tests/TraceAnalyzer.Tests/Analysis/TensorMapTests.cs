using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Sectors to bytes of files to tensors and experts, against the plain way: every request against every range.</summary>
public sealed class TensorMapTests
{
    private const int Sector = 512;

    // Ranges of the model file as its tensors state them; experts of a stack by hand.
    private static readonly (string Row, int Layer, int Expert, long From, long To)[] s_ranges =
    [
        ("Header", -1, -1, 0, 1001), ("token_embd.weight", -1, -1, 1001, 3_001_001), ("Padding", -1, -1, 3_001_001, 4_000_001),
        ("blk.1.ffn_up_exps.weight", 1, 0, 4_000_001, 12_000_002), ("blk.1.ffn_up_exps.weight", 1, 1, 12_000_002, 20_000_003), ("blk.1.ffn_up_exps.weight", 1, 2, 20_000_003, 28_000_004),
        ("Padding", -1, -1, 28_000_004, 30_000_000), ("blk.0.ffn_up.2.weight", 0, 2, 30_000_000, 30_700_000), ("blk.0.attn_norm.weight", 0, -1, 30_700_000, 30_700_010),
        ("Padding", -1, -1, 30_700_010, 30_800_000), ("output.weight", -1, -1, 30_800_000, 50_800_000), ("Tail", -1, -1, 50_800_000, 51_200_000),
    ];

    [Fact]
    public void A_file_is_cut_into_header_tensors_experts_padding_and_tail()
    {
        TensorMap map = Workloads.Model();

        Assert.Equal(["Header", "token_embd.weight", "Padding", "blk.1.ffn_up_exps.weight", "blk.0.ffn_up.2.weight", "blk.0.attn_norm.weight", "output.weight", "Tail", "Whole"], map.Tensors.Select(NameOf));
        Assert.Equal([new LayerExpert(0, 2), new(1, 0), new(1, 1), new(1, 2)], map.Experts);
        Assert.Equal([(700_000L, 1), (8_000_001L, 1), (8_000_001L, 1), (8_000_001L, 1)], map.ExpertPlaces());
        foreach ((string row, int layer, int expert, long from, long to) in s_ranges)
        {
            foreach (long at in (long[])[from, to - 1])
            {
                int part = map.PartAt(0, at);
                Assert.Equal((row, layer), (NameOf(map.Tensors[map.TensorOf(part)]), map.LayerOf(map.TensorOf(part))));
                Assert.Equal(expert, map.ExpertOf(part) < 0 ? -1 : map.Experts[map.ExpertOf(part)].Expert);
            }

            Assert.Equal(row == "Tail" ? long.MaxValue : to, map.EndOf(0, map.PartAt(0, from)));
        }
    }

    // 64 stacks of 16,384 experts are 1,048,576 parts: the 64th goes beyond, as the first part of the file is its header.
    [Fact]
    public void Stacks_beyond_the_parts_that_are_told_apart_stay_whole()
    {
        const int Stacks = 10;
        const int Experts = 1 << 14;
        TensorEntry[] tensors =
        [
            .. Enumerable.Range(0, Stacks).Select(layer => new TensorEntry("m", FormattableString.Invariant($"blk.{layer}.ffn_up_exps.weight"), layer, TensorRole.Expert, [Experts, 1, 1], "int8")
            {
                OffsetBytes = 512 + (layer * Experts), StoredBytes = Experts, StackedExperts = Experts,
            }),
        ];
        var map = new TensorMap(new ExtentMap([new FileExtent("m", 0, 8, 1 + (Stacks * Experts / Sector), "")]), new TensorCatalogue(tensors));

        Assert.Equal(3, map.UncutStacks);
        Assert.Equal(7 * Experts, map.Experts.Count);
        foreach (int layer in (int[])[6, 7, 9])
        {
            int part = map.PartAt(0, 512 + (layer * Experts) + 5);
            Assert.Equal(layer, map.LayerOf(map.TensorOf(part)));
            Assert.Equal(layer < 7 ? 5 : -1, map.ExpertOf(part) < 0 ? -1 : map.Experts[map.ExpertOf(part)].Expert);
        }
    }

    [Fact]
    public void Bytes_requests_coverage_and_experts_are_those_of_the_plain_way()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            CountedIo[] ios = [.. Workloads.Ios(seed, 300).Select(io => io with { Sector = io.Sector % 150_000 })];
            long middle = ios[150].TimeNs;
            TensorMap map = Workloads.Model();
            var tensors = new TensorAccumulator(map, TimeScale.Doubling(ios.Min(io => io.TimeNs), 64), new TimeSpans([new NamedSpan("t", 0, 0, middle)]));
            tensors.Add(ios);

            var bytes = new Dictionary<string, long>();
            var requests = new Dictionary<string, long>();
            var inToken = new Dictionary<(int Layer, int Expert), long>();
            var touched = new HashSet<long>();
            foreach (CountedIo io in ios)
            {
                var rows = new HashSet<string>();
                for (long sector = (long)io.Sector; sector < (long)io.Sector + io.LengthSectors; sector++)
                {
                    long? offset = sector is >= 1000 and < 61_000 ? (sector - 1000) * Sector : sector is >= 100_000 and < 140_000 ? (sector - 40_000) * Sector : null;
                    string outside = sector is >= 70_000 and < 70_008 ? "Whole" : "";
                    if (offset is null)
                    {
                        // The second file lies where the first does not.
                        bytes[outside] = bytes.GetValueOrDefault(outside) + Sector;
                        rows.Add(outside);
                        continue;
                    }

                    touched.Add(offset.Value);
                    foreach ((string row, int layer, int expert, long from, long to) in s_ranges)
                    {
                        long common = Math.Min(to, offset.Value + Sector) - Math.Max(from, offset.Value);
                        if (common <= 0)
                            continue;
                        bytes[row] = bytes.GetValueOrDefault(row) + common;
                        rows.Add(row);
                        if (expert >= 0 && io.TimeNs < middle)
                            inToken[(layer, expert)] = inToken.GetValueOrDefault((layer, expert)) + common;
                    }
                }

                foreach (string row in rows)
                    requests[row] = requests.GetValueOrDefault(row) + 1;
            }

            string[] names = [.. map.Tensors.Select(NameOf), ""];
            Assert.Equal(names.Select(name => bytes.GetValueOrDefault(name)), tensors.Bytes);
            Assert.Equal(names.Select(name => requests.GetValueOrDefault(name)), tensors.Requests);
            Assert.Equal(ios.Sum(io => (long)io.LengthBytes), tensors.Bytes.Sum());
            Assert.Equal(map.Experts.Select(expert => inToken.GetValueOrDefault((expert.Layer, expert.Expert))), tensors.Tokens.Experts[0]);
            foreach ((_, _, _, long from, long to) in s_ranges)
                Assert.Equal(touched.Sum(offset => Math.Max(0, Math.Min(to, offset + Sector) - Math.Max(from, offset))), tensors.Coverage.Touched(0, from, to));
        }
    }

    [Fact]
    public void Tensors_that_claim_the_same_bytes_share_them_without_a_gap()
    {
        TensorEntry Entry(string name, long offset, long length) => new("f", name, 0, TensorRole.Weight, [], null) { OffsetBytes = offset, StoredBytes = length };
        var map = new TensorMap(
            new ExtentMap([new FileExtent("f", 0, 8, 8, "last")]),
            new TensorCatalogue([Entry("b", 50, 100), Entry("a", 0, 100), Entry("inside", 60, 10), Entry("empty", 20, 0), Entry("beyond", 1L << 43, 1L << 43)]));
        Assert.Equal(["a", "b", "Padding", "beyond", "Tail"], map.Tensors.Select(NameOf));
        Assert.Equal([0, 0, 1, 1, 2], ((long[])[0, 99, 100, 149, 150]).Select(at => map.TensorOf(map.PartAt(0, at))));
    }

    // Two devices with stripes of 4 sectors, and a copy of the first stripe on a third.
    [Fact]
    public void A_tensor_over_several_devices_is_counted_on_each_and_held_once()
    {
        (DeviceId one, DeviceId two, DeviceId copy) = (DeviceId.Of(259, 1), DeviceId.Of(259, 2), DeviceId.Of(259, 3));
        TensorMap map = new(
            ExtentMap.OfDevices([new(one, "f", 0, 100, 4), new(two, "f", 4, 100, 4), new(one, "f", 8, 104, 4), new(copy, "f", 0, 50, 4, IsCopy: true)]),
            new TensorCatalogue([new("f", "t", 0, TensorRole.Weight, [], null) { OffsetBytes = 1000, StoredBytes = 4000 }]));
        TensorAccumulator[] read = [.. ((DeviceId[])[one, two, copy]).Select(device => new TensorAccumulator(map.On(device), TimeScale.Doubling(0, 16)))];
        read[0].Add([new CountedIo(0, 100, 4096, 8, 1, 0)]);
        read[1].Add([new CountedIo(0, 98, 2048, 4, 1, 0)]);
        read[2].Add([new CountedIo(0, 50, 2048, 4, 1, 0)]);
        read[0].Merge(read[1]);
        read[0].Merge(read[2]);

        // Header, tensor, tail, unmapped: bytes 0 to 2048 and 4096 to 6144 on the first, 2048 to 3072 on the second, 0 to 2048 again on the third.
        Assert.Equal([2000, 1048 + 904 + 1024 + 1048, 1144, 1024], read[0].Bytes);
        Assert.Equal([(1000L, 1000L), (4000L, 2048L + 904 - 1000 + 1024), (1144L, 1144L)], map.HeldParts().GroupBy(part => map.TensorOf(part.Part)).OrderBy(tensor => tensor.Key)
            .Select(tensor => (tensor.Sum(part => part.ToBytes - part.FromBytes), tensor.Sum(part => read[0].Coverage.Touched(part.File, part.FromBytes, part.ToBytes)))));
    }

    private static string NameOf(MappedTensor tensor) => tensor.Entry?.Name ?? tensor.Part.ToString();
}

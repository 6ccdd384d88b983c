using TraceAnalyzer.Runs.Devices;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Where the sectors of devices lie that are made of others.</summary>
public sealed class StripedSegmentTests
{
    // Chunk c of a RAID-0 of n members is chunk c / n of member c % n.
    [Theory]
    [InlineData(0, "a", 100)]
    [InlineData(255, "a", 355)]
    [InlineData(256, "b", 200)]
    [InlineData(1023, "d", 655)]
    [InlineData(1024, "a", 356)]
    [InlineData(5 * 1024 + 2 * 256 + 7, "c", 300 + 5 * 256 + 7)]
    public void Chunks_go_round_over_the_members(long sector, string member, long memberSector)
    {
        var segment = new StripedSegment(0, 2048 * 4, 256, [[new("a", 100)], [new("b", 200)], [new("c", 300)], [new("d", 400)]]);

        Assert.Equal([new MappedPiece(sector, member, memberSector, 1, IsCopy: false)], Map(segment, sector, 1));
    }

    [Fact]
    public void A_range_is_cut_at_chunks_and_at_the_ends()
    {
        var segment = new StripedSegment(1000, 32, 8, [[new("a", 0)], [new("b", 50)]]);

        Assert.Equal(
            [new(1004, "a", 4, 4, false), new(1008, "b", 50, 8, false), new(1016, "a", 8, 8, false), new MappedPiece(1024, "b", 58, 8, false)],
            Map(segment, 1004, 100));
        Assert.Empty(Map(segment, 0, 1000));
        Assert.Empty(Map(segment, 1032, 10));
    }

    [Fact]
    public void A_mirror_has_a_copy()
    {
        var segment = new StripedSegment(0, 16, 16, [[new("a", 0), new("b", 8)]]);

        Assert.Equal([new(4, "a", 4, 2, false), new MappedPiece(4, "b", 12, 2, true)], Map(segment, 4, 2));
    }

    // Against going through the device sector by sector, filling the members as they come.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pieces_are_what_filling_members_sector_by_sector_gives(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 100; round++)
        {
            int columns = random.Next(1, 6);
            int copies = random.Next(1, 4);
            long chunk = random.Next(1, 20);
            var segments = new List<StripedSegment>();
            var owners = new List<(string Device, long Sector)[]>();
            for (int part = random.Next(1, 4); part > 0; part--)
            {
                long[] starts = [.. Enumerable.Range(0, columns * copies).Select(_ => (long)random.Next(1000))];
                long stripes = random.Next(1, 6);
                segments.Add(new StripedSegment(owners.Count, stripes * columns * chunk, chunk, [.. Enumerable.Range(0, columns).Select(column => (IReadOnlyList<SegmentMember>)[.. Enumerable.Range(0, copies).Select(copy => new SegmentMember($"m{column}.{copy}", starts[(column * copies) + copy]))])]));
                long[] next = [.. starts];
                for (long stripe = 0; stripe < stripes; stripe++)
                {
                    for (int column = 0; column < columns; column++)
                    {
                        for (long i = 0; i < chunk; i++)
                            owners.Add([.. Enumerable.Range(0, copies).Select(copy => ($"m{column}.{copy}", next[(column * copies) + copy]++))]);
                    }
                }
            }

            var table = new DeviceTable("md0", segments);
            int first = random.Next(owners.Count);
            int count = random.Next(owners.Count - first + 10);
            var pieces = new List<MappedPiece>();
            table.Map(first, count, pieces);
            var found = pieces.SelectMany(piece => Enumerable.Range(0, (int)piece.Sectors).Select(i => (piece.UpperSector + i, piece.Device, Sector: piece.Sector + i))).Order();
            Assert.Equal(Enumerable.Range(first, Math.Min(count, owners.Count - first)).SelectMany(i => owners[i].Select(owner => ((long)i, owner.Device, owner.Sector))).Order(), found);
        }
    }

    private static List<MappedPiece> Map(StripedSegment segment, long first, long sectors)
    {
        var pieces = new List<MappedPiece>();
        segment.Map(first, sectors, pieces);
        return pieces;
    }
}

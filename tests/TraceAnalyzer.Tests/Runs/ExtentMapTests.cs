using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Tests.Runs;

public sealed class ExtentMapTests
{
    [Fact]
    public void A_range_over_borders_is_cut_there()
    {
        var map = new ExtentMap(
        [
            new FileExtent("b", 8, 120, 10, ""),
            new FileExtent("a", 0, 100, 10, ""),
            new FileExtent("a", 10, 110, 10, ""),
            new FileExtent("a", 20, 0, 50, "unknown_loc,delalloc"),
        ]);
        var pieces = new List<SectorPiece>();
        map.Split(95, 50, pieces);

        int a = map.Files.ToList().IndexOf("a");
        int b = map.Files.ToList().IndexOf("b");
        Assert.Equal(
            [
                new SectorPiece(ExtentMap.Unmapped, 95, 5, 0),
                new SectorPiece(a, 100, 10, 0),
                new SectorPiece(a, 110, 10, 10 * 512),
                new SectorPiece(b, 120, 10, 8 * 512),
                new SectorPiece(ExtentMap.Unmapped, 130, 15, 0),
            ],
            pieces);
        Assert.Equal(0, map.OverlappingSectors);
    }

    [Fact]
    public void Places_are_in_the_order_of_sectors_with_neighbours_of_one_file_joined()
    {
        var map = new ExtentMap(
        [
            new FileExtent("b", 0, 120, 10, ""),
            new FileExtent("a", 0, 100, 10, ""),
            new FileExtent("a", 10, 110, 10, ""),
            new FileExtent("a", 20, 200, 5, ""),
        ]);

        Assert.Equal(
            [("a", 100L, 20L), ("b", 120L, 10L), ("a", 200L, 5L)],
            map.Places().Select(place => (map.Files[place.File], place.FirstSector, place.Sectors)));
    }

    [Fact]
    public void A_file_system_on_a_partition_is_shifted()
    {
        var map = new ExtentMap([new FileExtent("a", 0, 100, 10, "")], fileSystemSector: 2048);
        var pieces = new List<SectorPiece>();
        map.Split(2148, 1, pieces);
        map.Split(100, 1, pieces);
        Assert.Equal([new SectorPiece(0, 2148, 1, 0), new SectorPiece(ExtentMap.Unmapped, 100, 1, 0)], pieces);
    }

    // Against a plain array of owners: every sector of every piece, and nothing left over.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Pieces_are_exactly_what_a_sector_by_sector_lookup_gives(int seed)
    {
        var random = new Random(seed);
        const int Device = 3000;
        for (int round = 0; round < 200; round++)
        {
            var extents = new List<FileExtent>();
            for (int i = random.Next(12); i > 0; i--)
                extents.Add(new FileExtent($"f{random.Next(4)}", random.Next(1000), random.Next(1, Device - 200), random.Next(200), ""));
            var map = new ExtentMap(extents);

            var owner = new (string? File, long Offset)[Device];
            long claimed = 0;
            foreach (FileExtent extent in extents.OrderBy(extent => extent.PhysicalSector))
            {
                for (int i = 0; i < extent.Sectors; i++)
                {
                    claimed++;
                    if (owner[extent.PhysicalSector + i].File is null)
                        owner[extent.PhysicalSector + i] = (extent.File, (extent.LogicalSector + i) * 512);
                }
            }

            Assert.Equal(claimed - owner.Count(sector => sector.File is not null), map.OverlappingSectors);
            var pieces = new List<SectorPiece>();
            for (int query = 0; query < 20; query++)
            {
                pieces.Clear();
                int first = random.Next(Device);
                int sectors = random.Next(Device - first);
                map.Split(first, sectors, pieces);

                long at = first;
                foreach (SectorPiece piece in pieces)
                {
                    Assert.Equal(at, piece.FirstSector);
                    Assert.True(piece.Sectors > 0);
                    for (int i = 0; i < piece.Sectors; i++)
                    {
                        string? file = piece.File == ExtentMap.Unmapped ? null : map.Files[piece.File];
                        Assert.Equal(owner[at + i], (file, file is null ? 0 : piece.FileOffsetBytes + (i * 512)));
                    }

                    at += piece.Sectors;
                }

                Assert.Equal(first + sectors, at);
            }
        }
    }

    // Of half a million extents no copies are made: 72 bytes for each and again while they are collected, 28 in the map, and a number to sort.
    [Fact]
    public void A_map_takes_less_than_three_hundred_bytes_per_extent()
    {
        const int Extents = 1 << 16;
        FileExtent[] extents = [.. Enumerable.Range(0, Extents).Select(i => new FileExtent("w", 8 * i, 16 * (Extents - i), 8, ""))];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var map = new ExtentMap(extents);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(8L * Extents, map.SectorsOf(0));
        Assert.InRange(allocated / (double)Extents, 0, 300);
    }
}

using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Devices;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Where files lie on arrays: as the chunks cut one by one have it, in bounded memory, and not at all where tables make no sense.</summary>
public sealed class FilePlacesTests
{
    private const long Gib = 1L << 21;

    private static ExtentMap? Map(string[] tables, FileExtent[] extents, out FilePlaces places)
    {
        string folder = RunCaptures.NewFolder();
        for (int i = 0; i < tables.Length; i++)
            File.WriteAllText(Path.Combine(folder, FormattableString.Invariant($"table{i}.txt")), tables[i]);
        return FilePlaces.Map(RunFolder.Open(folder), extents, null, out places);
    }

    [Fact]
    public void Sectors_of_members_hold_the_chunks_that_cutting_one_by_one_gives()
    {
        string table = "252:0: 1000 300000 striped 3 64 8:0 2048 8:16 4096 8:32 77\n";
        var extent = new FileExtent("w", 5000, 1111, 200_001, "") { Device = "252:0" };
        ExtentMap map = Map([table], [extent], out FilePlaces places)!;
        var cut = new List<MappedPiece>();
        DmTableReader.Read(new StringReader(table)).Tables[0].Map(extent.PhysicalSector, extent.Sectors, cut);

        Assert.Empty(places.Faults);
        Assert.Equal(extent.Sectors, map.SectorsOf(0));
        Assert.All(cut, piece =>
        {
            Assert.True(DeviceId.TryParse(piece.Device, out DeviceId device));
            var found = new List<SectorPiece>();
            map.On(device).Split(piece.Sector, piece.Sectors, found);
            Assert.Equal([new SectorPiece(0, piece.Sector, piece.Sectors, (5000 + piece.UpperSector - extent.PhysicalSector) * 512)], found);
        });
    }

    [Fact]
    public void A_model_of_256_GiB_on_chunks_of_64_KiB_has_a_run_per_member_and_extent()
    {
        FileExtent[] extents = [.. Enumerable.Range(0, 2048).Select(i => new FileExtent("w", i * Gib / 8, i * Gib / 8, Gib / 8, "") { Device = "252:0" }).Skip(1)];
        ExtentMap map = Map([FormattableString.Invariant($"252:0: 0 {256 * Gib} striped 4 128 8:0 0 8:16 0 8:32 0 8:48 0\n")], extents, out FilePlaces places)!;

        Assert.Empty(places.Faults);
        Assert.Equal(2047 * Gib / 8, map.SectorsOf(0));
        // Neighboring runs of one file are one place.
        Assert.Equal(4, map.Devices.Sum(device => map.On(device).Places().Count()));
    }

    [Theory]
    [InlineData("252:0: 0 4398046511104 striped 2 8 252:1 0 252:2 0\n252:1: 0 4398046511104 striped 2 8 8:0 0 8:16 0\n252:2: 0 4398046511104 striped 2 8 8:32 0 8:48 0\n", "w: with it the listed files lie in more than")]
    [InlineData("252:0: 0 4398046511104 linear 252:1 5\n252:1: 0 4503599627370496 linear 252:0 0\n", "is made of itself, or of devices in more than 8 levels")]
    [InlineData("252:0: 0 4398046511104 linear 252:0 0\n", "is made of itself, or of devices in more than 8 levels")]
    [InlineData("252:0: 0 4398046511104 striped 2 1 8:0 0 8:16 0\n", "its striped part is not understood")]
    public void What_cannot_be_mapped_is_a_fault(string table, string fault)
    {
        Assert.Null(Map([table], [new FileExtent("w", 0, 64, 1L << 40, "") { Device = "252:0" }], out FilePlaces places));
        Assert.Contains(fault, Assert.Single(places.Faults));
    }

    [Fact]
    public void Tables_that_place_a_device_differently_are_a_fault_and_alike_ones_are_not()
    {
        FileExtent[] extents = [new FileExtent("w", 0, 64, 64, "") { Device = "252:0" }];

        Assert.Null(Map(["252:0: 0 4096 linear 8:0 0\n", "252:0: 0 4096 linear 8:0 2048\n"], extents, out FilePlaces places));
        Assert.Equal(["Two tables of the folder place 252,0 differently."], places.Faults);
        Assert.NotNull(Map(["252:0: 0 4096 linear 8:0 2048\n", "252:0: 0 4096 linear 8:0 2048\n"], extents, out _));
    }

    [Fact]
    public void All_lists_of_extents_are_used_and_one_that_contradicts_is_named()
    {
        const string Header = "file\tlogical_sector\tphysical_sector\tsectors\tflags\n";
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "a.tsv"), Header + "t\t0\t64\t8\t\n");
        File.WriteAllText(Path.Combine(folder, "b.tsv"), Header + "u\t0\t128\t8\t\n/mnt/t\t0\t64\t8\t\n");
        File.WriteAllText(Path.Combine(folder, "c.tsv"), Header + "u\t0\t256\t8\t\n");
        var listed = ListedExtents.Of(RunFolder.Open(folder));

        Assert.Equal([("t", 64L), ("u", 128L)], listed.All.Select(extent => (extent.File, extent.PhysicalSector)));
        Assert.Equal(["c.tsv: its extents of u are not used; another list of the folder has other ones."], listed.NotUsed);
    }

    // Devices that are remapped, and others that issue: which of them do the listed files lie on?
    [Theory]
    [InlineData("9,0", "", null)]
    [InlineData("9,0 9,1", "", "Which of 9,0, 9,1 the listed files lie on is not known")]
    [InlineData("9,1 9,0", "", "Which of 9,0, 9,1 the listed files lie on is not known")]
    [InlineData("9,0", "8,99", "Which of 9,0, 8,99 the listed files lie on is not known")]
    [InlineData("9,0", "8,0", null)]
    [InlineData("9,9 9,8 9,7 9,6 9,5 9,4 9,3 9,2 9,1 9,0", "", "Which of 9,0, 9,1, 9,2, 9,3, 9,4, 9,5, 9,6, 9,7 the listed files lie on is not known")]
    public void Files_lie_on_the_only_device_that_can_hold_them(string remapped, string issuing, string? fault)
    {
        string folder = RunCaptures.NewFolder();
        var text = new StringWriter();
        foreach ((int index, string device) in remapped.Split(' ').Index())
        {
            for (int i = 0; i < 4; i++)
                text.WriteLine(FormattableString.Invariant($"  8,{16 * index}    0  {i + 1}  0.00000000{i}  10  A   R {2048 + (8 * i)} + 8 <- ({device}) {8 * i}"));
        }

        foreach (string device in issuing.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append("8,0"))
        {
            text.WriteLine($"  {device}    0  9  0.000000010  10  D   R 2048 + 8 [fio]");
            text.WriteLine($"  {device}    0  9  0.000000020  10  C   R 2048 + 8 [0]");
        }

        File.WriteAllText(Path.Combine(folder, "trace.txt"), text.ToString());
        using RunFolder run = RunFolder.Open(folder);
        ExtentMap? map = FilePlaces.Map(run, [new FileExtent("w", 0, 8, 8, "")], TraceRemaps.Of(run.Traces.Single()), out FilePlaces places);

        if (fault is null)
        {
            Assert.Empty(places.Faults);
            Assert.Equal(["8,0"], map!.Devices.Select(device => device.ToString()));
            Assert.Equal([(2056L, 8L, 0)], map.On(map.Devices.Single()).Places());
        }
        else
        {
            Assert.Null(map);
            Assert.StartsWith(fault, Assert.Single(places.Faults), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("9123683e", null, "They lie on btrfs, whose extents are addresses of the file system and not of a device")]
    [InlineData("9123683e", "{\"file_system_start_sector\":2048}", "They lie on btrfs")]
    [InlineData("ef53", null, null)]
    public void Extents_of_btrfs_without_its_chunks_are_mapped_nowhere(string type, string? settings, string? fault)
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "extents.txt"), $"Filesystem type is: {type}\nFile size of /mnt/w is 4096 (8 blocks of 512 bytes)\n ext:     logical_offset:        physical_offset: length:   expected: flags:\n   0:        0..       7:       2048..      2055:      8:             last,eof\n/mnt/w: 1 extent found\n");
        if (settings is not null)
            File.WriteAllText(Path.Combine(folder, "run.json"), settings);
        using RunFolder run = RunFolder.Open(folder);
        RunContext context = RunContext.Of(run);

        Assert.Equal(fault is null ? 8 : 0, context.Tensors!.Extents.Places().Sum(place => place.Sectors));
        if (fault is null)
            Assert.Empty(context.PlaceFaults);
        else
            Assert.StartsWith(fault, Assert.Single(context.PlaceFaults), StringComparison.Ordinal);
    }
}

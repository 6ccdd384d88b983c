using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Tests.Runs;

public sealed class FileExtentsTests
{
    private const string OneFile512 =
        """
        Filesystem type is: ef53
        File size of /mnt/a dir/t is 1 is 37617792 (73473 blocks of 512 bytes)
         ext:     logical_offset:        physical_offset: length:   expected: flags:
           0:        0..   71967:     278528..    350495:  71968:             
           1:    71968..   73247:          0..      1279:   1280:     350496: unknown_loc,delalloc
           2:    73472..   73479:     352000..    352007:      8:       1280: last,eof
        /mnt/a dir/t is 1: 3 extents found
        """;

    [Fact]
    public void An_extent_without_a_place_is_known_as_such()
    {
        FileExtents extents = FileExtents.ReadFilefrag(new StringReader(OneFile512));

        Assert.Equal(0, extents.SkippedLines);
        Assert.Equal(new FileExtent("/mnt/a dir/t is 1", 0, 278528, 71968, ""), extents.Extents[0]);
        Assert.Equal([true, false, true], extents.Extents.Select(extent => extent.HasPlace));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public void Any_block_size_gives_sectors_of_512_bytes(int blockBytes)
    {
        FileExtents extents = FileExtents.ReadFilefrag(new StringReader(
            $"""
            File size of x is 99 (1 block of {blockBytes} bytes)
             ext:     logical_offset:        physical_offset: length:   expected: flags:
               0:        0..       0:         34..        34:      1:             merged
               1:        1..       4:         70..        73:      4:         35: last,eof
            x: 2 extents found
            """));

        int sectors = blockBytes / 512;
        Assert.Equal(
            [new FileExtent("x", 0, 34 * sectors, sectors, "merged"), new FileExtent("x", sectors, 70 * sectors, 4 * sectors, "last,eof")],
            extents.Extents);
        Assert.Equal(0, extents.SkippedLines);
    }

    [Fact]
    public void Cut_lines_are_counted()
    {
        FileExtents extents = FileExtents.ReadFilefrag(new StringReader(OneFile512[..OneFile512.IndexOf("352000", StringComparison.Ordinal)]));
        Assert.Single(extents.Extents, extent => extent.HasPlace);
        Assert.Equal(1, extents.SkippedLines);
    }

    [Theory]
    [InlineData("flexgen/kv-offload-omp1")]
    [InlineData("flexgen/model-offload-b1-omp1")]
    [InlineData("deepspeed/deepspeed-model-fullmask")]
    [Trait("Kind", "capture")]
    public void The_captures_list_and_table_agree(string capture)
    {
        RunFolder run = RunFolder.Open(RunCaptures.Repository(capture));

        FileExtents list = Assert.Single(run.Extents, part => part.Content.Tensors.Count == 0).Content;
        FileExtents table = Assert.Single(run.Extents, part => part.Content.Tensors.Count > 0).Content;
        Assert.Equal(0, list.SkippedLines + table.SkippedLines);
        Assert.Equal(
            table.Extents.Select(extent => extent with { Flags = "" }),
            list.Extents.Select(extent => extent with { File = Path.GetFileName(extent.File), Flags = "" }));
        Assert.Equal(table.Extents.Select(extent => extent.HasPlace), list.Extents.Select(extent => extent.HasPlace));
    }
}

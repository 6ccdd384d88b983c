using System.Text;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.SideFiles;

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

    private static readonly FileExtent[] s_offload =
        [new("/offload/t_1", 0, 272384, 8192, ""), new("/offload/t_1", 8192, 720000, 8192, "eof")];

    [Fact]
    public void The_layout_of_old_versions_is_read()
    {
        using StreamReader text = File.OpenText(Repository.Case("runs", "17-filefrag-old", "extents.txt"));
        FileExtents extents = FileExtents.ReadFilefrag(text);

        // 34048 and 90000 blocks of 4096 bytes, 1024 each.
        Assert.Equal(s_offload, extents.Extents);
        Assert.Equal(0, extents.SkippedLines);
        Assert.Empty(extents.Remarks);
    }

    [Theory]
    [InlineData("(2048 blocks of 4096 bytes)", "   0:        0..    1023:      34048..     35071:   1024:             \n   1:     1024..    2047:      90000..     91023:   1024:      35072: eof\n")]
    [InlineData("(2048 blocks of 4096 bytes)", "   0:        0..     3ff:       8500..      88ff:    400:             \n   1:      400..     7ff:      15f90..     1638f:    400:       8900: eof\n")]
    [InlineData("(8192 blocks of 1024 bytes)", "   0:        0..    4095:     136192..    140287:   4096:             \n   1:     4096..    8191:     360000..    364095:   4096:     140288: eof\n")]
    [InlineData("(16384 blocks of 512 bytes)", "   0:        0..    1fff:      42800..     447ff:   2000:             \n   1:     2000..    3fff:      afc80..     b1c7f:   2000:      44800: eof\n")]
    public void Block_sizes_and_hexadecimal_give_the_same_extents(string size, string rows)
    {
        FileExtents extents = FileExtents.ReadFilefrag(new StringReader($"Filesystem type is: ef53\nFile size of /offload/t_1 is 8388608 {size}\n ext:     logical_offset:        physical_offset: length:   expected: flags:\n{rows}/offload/t_1: 2 extents found\n"));
        Assert.Equal(s_offload, extents.Extents);
        Assert.Equal(0, extents.SkippedLines);
    }

    [Fact]
    public void Hexadecimal_without_letters_is_told_by_lengths_that_fit()
    {
        // 0x9 to 0x20 are 0x18 blocks; of 9 to 20 there are 12.
        FileExtents hexadecimal = FileExtents.ReadFilefrag(new StringReader("File size of a is 1 (33 blocks of 512 bytes)\n   0:        9..      20:        100..       117:     18: last,eof\n"));
        FileExtents numbers = FileExtents.ReadFilefrag(new StringReader("File size of a is 1 (33 blocks of 512 bytes)\n   0:        9..      20:        100..       111:     12: last,eof\n"));

        Assert.Equal(new FileExtent("a", 9, 0x100, 0x18, "last,eof"), Assert.Single(hexadecimal.Extents));
        Assert.Equal(new FileExtent("a", 9, 100, 12, "last,eof"), Assert.Single(numbers.Extents));
    }

    [Fact]
    public void What_has_no_sectors_of_its_own_is_not_mapped_and_counted()
    {
        FileExtents extents = FileExtents.ReadFilefrag(new StringReader(
            """
            File size of a is 40960 (10 blocks of 4096 bytes)
               0:        0..       0:         34..        34:      1:             unwritten
               1:        1..       1:         35..        35:      1:             shared
               2:        2..       2:          0..         0:      0:             unknown_loc,delalloc
               3:        3..       3:          0..      4095:   4096:             not_aligned,inline
               4:        4..       7:         40..        43:      4:             encoded,shared
               5:        8..       8:         50..        50:      1:             0x08,eof
               6:        9..       9:         60..        60:      1:             tail_packed,last,eof
            a: 7 extents found
            """));

        Assert.Equal([true, true, false, false, false, false, false], extents.Extents.Select(extent => extent.HasPlace));
        Assert.Equal("5 extents have no sectors of their own and are not mapped: 2 encoded, 1 delalloc, 1 not_aligned, 1 tail_packed", Assert.Single(extents.Remarks));
    }

    [Theory]
    [InlineData("   0:        0..       0: 999999999999999..99999:      1: eof")]
    [InlineData("   0:        0..       0: 9999999999999999999999..1:      1: eof")]
    [InlineData("   0:        0..       0:         34..        34: 99999999999999: eof")]
    public void Numbers_beyond_any_device_are_counted(string line)
    {
        FileExtents extents = FileExtents.ReadFilefrag(new StringReader("File size of a is 1 (1 block of 1073741824 bytes)\n" + line + "\n"));
        Assert.Empty(extents.Extents);
        Assert.Equal(1, extents.SkippedLines);
    }

    [Fact]
    public void What_filefrag_prints_here_is_read_alike_in_all_its_layouts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/sbin/filefrag"), "needs filefrag (e2fsprogs)");
        string file = Path.Combine(RunCaptures.NewFolder(), "a file is here");
        byte[] data = new byte[1 << 20];
        new Random(1).NextBytes(data);
        File.WriteAllBytes(file, data);
        FileExtents[] all = [.. ((string[])["-v -s", "-v -s -X", "-v -s -k", "-v -s -b512", "-v -s -e", "-v -s -b512 -X"]).Select(options => FileExtents.ReadFilefrag(new StringReader(Filefrag(options, file))))];
        Assert.SkipUnless(all[0].Extents.Count > 0 && all[0].Extents.All(extent => extent.HasPlace), "the temporary folder's file system does not say where files lie");

        Assert.All(all, extents => Assert.Equal(all[0].Extents, extents.Extents));
        Assert.Equal(data.Length / 512, all[0].Extents.Sum(extent => extent.Sectors));
        Assert.All(all, extents => Assert.Equal(0, extents.SkippedLines));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_beyond_the_most_are_counted_and_not_kept(bool isFilefrag)
    {
        const int Most = SideRanges.MostFiles;
        var text = new StringBuilder(isFilefrag ? "" : "file\tlogical_sector\tphysical_sector\tsectors\tflags\n");
        // The first file again, behind those that are too many, is none too many.
        foreach (int file in Enumerable.Range(0, Most + 2).Append(0))
        {
            text.Append(isFilefrag
                ? FormattableString.Invariant($"File size of {file} is 4096 (8 blocks of 512 bytes)\n 0: {(file == 0 ? 8 : 0)}.. {(file == 0 ? 15 : 7)}: 64.. 71: 8: last,eof\n")
                : FormattableString.Invariant($"{file}\t0\t64\t8\t\n"));
        }

        using var reader = new StringReader(text.ToString());
        FileExtents extents = isFilefrag ? FileExtents.ReadFilefrag(reader) : FileExtents.ReadTable(reader);

        Assert.Equal((Most + 1, Most), (extents.Extents.Count, extents.Extents.Select(extent => extent.File).Distinct().Count()));
        Assert.Contains("more than 262144 files; 2 extents of those beyond left out", extents.Remarks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Extents_beyond_the_most_are_counted_and_not_kept(bool isFilefrag)
    {
        var text = new StringBuilder(isFilefrag ? "File size of t is 4096 (8 blocks of 512 bytes)\n" : "file\tlogical_sector\tphysical_sector\tsectors\tflags\n");
        for (int i = 0; i < SideRanges.MostExtents + 3; i++)
            text.Append(isFilefrag ? "0: 0.. 7: 64.. 71: 8:\n" : "t\t0\t64\t8\t\n");
        using var reader = new StringReader(text.ToString());
        FileExtents extents = isFilefrag ? FileExtents.ReadFilefrag(reader) : FileExtents.ReadTable(reader);

        Assert.Equal(SideRanges.MostExtents, extents.Extents.Count);
        Assert.Equal(["3 extents beyond the first 524288 left out"], extents.Remarks);
        // One text for all.
        Assert.All(extents.Extents, extent => Assert.Same(extents.Extents[0].File, extent.File));
    }

    private static string Filefrag(string options, string file)
    {
        var start = new System.Diagnostics.ProcessStartInfo("/usr/sbin/filefrag") { RedirectStandardOutput = true };
        foreach (string option in options.Split(' '))
            start.ArgumentList.Add(option);
        start.ArgumentList.Add(file);
        using var process = System.Diagnostics.Process.Start(start)!;
        return process.StandardOutput.ReadToEnd();
    }
}

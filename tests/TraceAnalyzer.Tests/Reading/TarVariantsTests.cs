using System.Formats.Tar;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Archives as GNU tar writes them in its formats (Cases/tar-variants), and what a hostile header claims.</summary>
public sealed class TarVariantsTests : IDisposable
{
    private const int Pieces = 30;
    private const int PieceBytes = 4096;
    private const int PieceDistance = 128 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gnu", true)]
    [InlineData("oldgnu", true)]
    [InlineData("pax-0.0", true)]
    [InlineData("pax-0.1", true)]
    [InlineData("pax-1.0", true)]
    [InlineData("ustar", true)]
    [InlineData("label", true)]
    [InlineData("v7", false)]
    public void Files_are_what_they_were(string variant, bool hasLongName)
    {
        using TarArchive archive = TarArchive.OpenIfAny(Case("tar-variants", variant + ".tar.xz"))!;

        Assert.Null(archive.Problem);
        string longName = $"d/{new string('n', 120)}/{new string('m', 90)}.dat";
        Assert.Equal(hasLongName ? ["s.dat", longName, "e.dat"] : ["s.dat", "e.dat"], archive.Files);
        Assert.Equal(Sparse(), Content(archive, "s.dat"));
        Assert.Equal(Pieces * PieceDistance, archive.LengthOf("s.dat"));
        Assert.Equal("end"u8, Content(archive, "e.dat"));
        if (hasLongName)
            Assert.Equal("long"u8, Content(archive, longName));
    }

    [Fact]
    public void A_map_of_holes_that_does_not_fit_is_a_named_problem()
    {
        ToolResult result = Tool.Run("info", Case("gnusparse", "gnusparse.tar"));

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("no trace in this archive, which is damaged or cut ('a.bin' is a sparse file whose map does not fit what is stored)", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Beside_a_file_that_cannot_be_read_a_trace_is_read_and_the_damage_counted()
    {
        byte[] good = Tars.Of(TarEntryFormat.Gnu, ("t.bin", TraceOf(10)));
        byte[] bad = File.ReadAllBytes(Case("gnusparse", "gnusparse.tar"));
        const int BadBytes = 512 + (13752 + 511) / 512 * 512;
        ReadTrace first = Read([.. bad[..BadBytes], .. good]);
        ReadTrace last = Read([.. good[..^1024], .. bad]);

        Assert.Equal((10, 1L), (first.Events.Count, first.Diagnostics[ReadCounter.DamagedCompression]));
        Assert.Equal((10, 1L), (last.Events.Count, last.Diagnostics[ReadCounter.DamagedCompression]));
    }

    [Fact]
    public void Holes_without_end_are_refused()
    {
        byte[] archive = Tars.Of(TarEntryFormat.Gnu, ("t.bin", TraceOf(10)));
        archive[156] = (byte)'S';
        "00000000000\0"u8.CopyTo(archive.AsSpan(386));
        "00000000740\0"u8.CopyTo(archive.AsSpan(398));
        "77777777777\0"u8.CopyTo(archive.AsSpan(483));
        Sum(archive);

        TraceException exception = Assert.Throws<TraceException>(() => Read(archive));
        Assert.Contains("'t.bin' is a sparse file with holes of 8589934111 bytes", exception.Message, StringComparison.Ordinal);

        // As long as the holes end, they are zeros, which are not records.
        "00000001000\0"u8.CopyTo(archive.AsSpan(483));
        Sum(archive);
        Assert.Equal((10, 32L), (Read(archive).Events.Count, Read(archive).Diagnostics[ReadCounter.SkippedBytes]));
    }

    [Theory]
    [InlineData("base-256")]
    [InlineData("negative")]
    [InlineData("huge")]
    [InlineData("letters")]
    public void Sizes_of_any_form_are_read_or_end_the_archive(string form)
    {
        byte[] archive = Tars.Of(TarEntryFormat.Gnu, ("t.bin", TraceOf(10)));
        Span<byte> size = archive.AsSpan(124, 12);
        size.Clear();
        switch (form)
        {
            case "base-256":
                (size[0], size[10], size[11]) = (0x80, 1, 0xE0);
                break;
            case "negative":
                size.Fill(0xFF);
                break;
            case "huge":
                size.Fill(0x7F);
                (size[0], size[1], size[2], size[3]) = (0x80, 0, 0, 0);
                break;
            default:
                "00000000zz0\0"u8.CopyTo(size);
                break;
        }

        Sum(archive);
        if (form is "negative" or "letters")
            Assert.Contains("a number in a header is damaged", Assert.Throws<TraceException>(() => Read(archive)).Message, StringComparison.Ordinal);
        else
            Assert.Equal((10, form == "huge" ? 1 : 0), (Read(archive).Events.Count, Read(archive).Diagnostics[ReadCounter.DamagedCompression]));
    }

    [Fact]
    public void What_began_in_another_volume_is_counted()
    {
        byte[] archive = Tars.Of(TarEntryFormat.Gnu, ("rest.bin", TraceOf(5)), ("t.bin", TraceOf(10)));
        archive[156] = (byte)'M';
        Sum(archive);
        ReadTrace trace = Read(archive);

        Assert.Equal((10, 1L), (trace.Events.Count, trace.Diagnostics[ReadCounter.DamagedCompression]));
    }

    private static string Case(params string[] parts) => Repository.Path(["tests", "TraceAnalyzer.Tests", "Cases", .. parts]);

    private static byte[] Sparse()
    {
        byte[] bytes = new byte[Pieces * PieceDistance];
        for (int i = 0; i < Pieces; i++)
            bytes.AsSpan(i * PieceDistance, PieceBytes).Fill((byte)(i + 1));
        return bytes;
    }

    private static byte[] Content(TarArchive archive, string name)
    {
        using TraceInput input = archive.OpenFile(name);
        using var bytes = new MemoryStream();
        input.Content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] TraceOf(int events)
    {
        var bytes = new BlktraceBytes();
        for (int i = 0; i < events; i++)
            bytes.Event('D', 1_000 * i, (ulong)(8 * i), 4096, BlktraceBytes.Read);
        return bytes.ToArray();
    }

    private static void Sum(byte[] archive)
    {
        archive.AsSpan(148, 8).Fill((byte)' ');
        int sum = archive.Take(512).Sum(value => value);
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(archive, 148);
    }

    private ReadTrace Read(byte[] archive)
    {
        File.WriteAllBytes(_folder["archive.tar"], archive);
        return TraceReading.ReadAll(TraceFormats.Open([_folder["archive.tar"]]));
    }
}

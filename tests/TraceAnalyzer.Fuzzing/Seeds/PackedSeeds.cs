using System.Formats.Tar;
using System.IO.Compression;
using ZstdSharp;

namespace TraceAnalyzer.Fuzzing.Seeds;

/// <summary>Compressed files and archives.</summary>
internal static class PackedSeeds
{
    private static readonly string[] s_tars = ["gnu", "label", "oldgnu", "pax-0.0", "pax-0.1", "pax-1.0", "ustar", "v7"];

    /// <summary>What is packed: a text and a binary.</summary>
    public static byte[][] Contents() => [TextSeeds.Blkparse()[0], BinarySeeds.Blktrace()[0]];

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    public static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new Compressor(1);
        return compressor.Wrap(bytes).ToArray();
    }

    public static byte[] Xz(byte[] bytes) => XzBytes.Of(XzBytes.Plain(bytes), bytes.Length);

    /// <summary>Traces that xz packed.</summary>
    public static byte[][] XzFiles() =>
    [
        SeedFiles.Case("01-glob-of-cpu-files/t.blktrace.1.xz"),
        SeedFiles.Case("01-glob-of-cpu-files/t.blktrace.2.xz"),
        SeedFiles.Whole("nvmevirt/i-stream/i-stream.bin.xz"),
        SeedFiles.Whole("nvmevirt/d-mixed-partition-dm/dm-0.blktrace.1.xz"),
    ];

    /// <summary>The chunks in these.</summary>
    public static byte[][] Lzma2() => [.. XzFiles().Select(file => XzBytes.ChunksOf(file))];

    /// <summary>Archives of many tars, with traces, side files and files with holes in them.</summary>
    public static byte[][] Tars() =>
    [
        .. s_tars.Select(name => Unpacked($"tar-variants/{name}.tar.xz")),
        SeedFiles.Case("gnusparse/gnusparse.tar"),
        Tar(TarEntryFormat.Pax),
        Tar(TarEntryFormat.Gnu),
        Tar(TarEntryFormat.Ustar),
    ];

    private static byte[] Tar(TarEntryFormat format)
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, format, leaveOpen: true))
        {
            Add("run/t.blktrace.0", BinarySeeds.OfCpu(0));
            Add("run/t.blktrace.1", BinarySeeds.OfCpu(1));
            Add("./run/trace.txt.gz", Gzip(TextSeeds.Blkparse()[3]));
            Add("run/" + new string('n', 80), "a note\n"u8.ToArray());
            Add("run/tokens.csv", SideSeeds.Tokens()[0]);

            void Add(string name, byte[] bytes)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(bytes);
                tar.WriteEntry(entry);
            }
        }

        return archive.ToArray();
    }

    private static byte[] Unpacked(string name)
    {
        using Reading.Inputs.TraceInput input = Reading.Inputs.CompressedInput.Open("t", new MemoryStream(SeedFiles.Case(name)));
        using var bytes = new MemoryStream();
        input.Content.CopyTo(bytes);
        return bytes.ToArray();
    }
}

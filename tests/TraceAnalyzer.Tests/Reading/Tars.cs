using System.Formats.Tar;
using System.IO.Compression;
using TraceAnalyzer.Reading.Inputs;
using ZstdSharp;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Makes tar archives for tests.</summary>
internal static class Tars
{
    /// <summary>An archive of files, in their order.</summary>
    public static byte[] Of(TarEntryFormat format, params (string Name, byte[] Bytes)[] files)
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, format, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
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

    /// <summary>An archive of the files of a folder, as they are or unpacked.</summary>
    public static byte[] OfFolder(string folder, string prefix, bool unpacked, string pattern = "*") => Of(
        TarEntryFormat.Pax,
        [.. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal).Select(file =>
            (prefix + (unpacked ? Path.GetFileName(file).Replace(".zst", "", StringComparison.Ordinal) : Path.GetFileName(file)), unpacked ? Unpacked(file) : File.ReadAllBytes(file)))]);

    /// <summary>The content of a packed file.</summary>
    public static byte[] Unpacked(string file)
    {
        using TraceInput input = CompressedInput.OpenFile(file);
        using var bytes = new MemoryStream();
        input.Content.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Packs bytes as <paramref name="packing"/> says: <c>gz</c>, <c>zst</c>, or not at all.</summary>
    public static byte[] Pack(byte[] bytes, string packing)
    {
        using var packed = new MemoryStream();
        using (Stream stream = packing switch
        {
            "gz" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "zst" => new CompressionStream(packed, level: 1, leaveOpen: true),
            _ => new BufferedStream(packed),
        })
        {
            stream.Write(bytes);
            stream.Flush();
            if (packing.Length == 0)
                return packed.ToArray();
        }

        return packed.ToArray();
    }
}

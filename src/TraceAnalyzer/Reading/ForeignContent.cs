using System.Text;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading;

/// <summary>The one table of what people take for a trace, or keep one in, and what makes a trace of it.</summary>
internal static class ForeignContent
{
    // Where a name is to be put in.
    private const string Name = "{0}";

    // Where the bytes stand, the bytes, what it is, and the way to a trace; null if there is none but to record one.
    private static readonly (int Offset, byte[] Magic, string What, string? Remedy)[] s_binaries =
    [
        (0, "PERFILE2"u8.ToArray(), "perf.data, what 'perf record' writes", "perf script -i {0} | traceanalyzer info -"),
        (0, "2ELIFREP"u8.ToArray(), "perf.data of a machine of the other byte order", "perf script -i {0} | traceanalyzer info -"),
        (0, [0x17, 0x08, 0x44, .. "tracing"u8], "trace.dat, what 'trace-cmd record' writes", "trace-cmd report -i {0} | traceanalyzer info -"),
        (0, [0xC1, 0x1F, 0xFC, 0xC1], "a stream of a CTF trace (LTTng)", null),
        (0, [0xC1, 0xFC, 0x1F, 0xC1], "a stream of a CTF trace (LTTng)", null),
        (0, [0x57, 0x1D, 0xD1, 0x75], "the metadata of a CTF trace (LTTng)", null),
        (0, [0x75, 0xD1, 0x1D, 0x57], "the metadata of a CTF trace (LTTng)", null),
        (0, "BZh"u8.ToArray(), "compressed with bzip2, which is not supported", "bzip2 -dc {0} | traceanalyzer info -"),
        (0, [0x04, 0x22, 0x4D, 0x18], "compressed with lz4, which is not supported", "lz4 -dc {0} | traceanalyzer info -"),
        (0, [0x02, 0x21, 0x4C, 0x18], "compressed with lz4, which is not supported", "lz4 -dc {0} | traceanalyzer info -"),
        (0, "LZIP"u8.ToArray(), "compressed with lzip, which is not supported", "lzip -dc {0} | traceanalyzer info -"),
        (0, [0x5D, 0x00, 0x00], "compressed as .lzma, which is not supported", "xz --format=lzma -dc {0} | traceanalyzer info -"),
        (0, [0x89, .. "LZO"u8, 0x00], "compressed with lzop, which is not supported", "lzop -dc {0} | traceanalyzer info -"),
        (0, [0xFF, 0x06, 0x00, 0x00, .. "sNaPpY"u8], "compressed with snappy, which is not supported", "snzip -dc {0} | traceanalyzer info -"),
        (0, [0x1F, 0x9D], "compressed with compress (.Z), which is not supported", "gzip -dc {0} | traceanalyzer info -"),
        (0, "PK\x3\x4"u8.ToArray(), "a zip archive", "unzip {0} -d FOLDER && traceanalyzer info FOLDER"),
        (0, "PK\x5\x6"u8.ToArray(), "an empty zip archive", null),
        (0, [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", "7z x -oFOLDER {0} && traceanalyzer info FOLDER"),
        (0, "Rar!\x1A\x7"u8.ToArray(), "a rar archive", "unrar x {0} FOLDER/ && traceanalyzer info FOLDER"),
        (0, "070701"u8.ToArray(), "a cpio archive", "cpio -i -d -D FOLDER < {0} && traceanalyzer info FOLDER"),
        (0, "!<arch>\n"u8.ToArray(), "an ar archive or a library", null),
        (0, [0xD4, 0xC3, 0xB2, 0xA1], "a network capture (pcap), which holds packets and not block I/O", null),
        (0, [0xA1, 0xB2, 0xC3, 0xD4], "a network capture (pcap), which holds packets and not block I/O", null),
        (0, [0x4D, 0x3C, 0xB2, 0xA1], "a network capture (pcap), which holds packets and not block I/O", null),
        (0, [0xA1, 0xB2, 0x3C, 0x4D], "a network capture (pcap), which holds packets and not block I/O", null),
        (0, [0x0A, 0x0D, 0x0D, 0x0A], "a network capture (pcapng), which holds packets and not block I/O", null),
        (0, [0x7F, .. "ELF"u8], "a program or library (ELF)", null),
        (0, "MZ"u8.ToArray(), "a Windows program or library", null),
        (0, [0xCF, 0xFA, 0xED, 0xFE], "a macOS program or library", null),
        (0, "SQLite format 3\0"u8.ToArray(), "an SQLite database, whose block events have to become CSV as bpftrace writes it", "sqlite3 -header -csv {0} \"SELECT * FROM EVENTS\" > run.csv"),
        (0, [0x89, .. "HDF\r\n\x1A\n"u8], "an HDF5 file", null),
        (0, [0x93, .. "NUMPY"u8], "a NumPy array", null),
        (0, "GGUF"u8.ToArray(), "a model's weights (GGUF)", null),
        (0, "ARROW1"u8.ToArray(), "an Arrow file; of columnar formats Parquet is read, as 'traceanalyzer convert' writes it", null),
        (0, "ORC"u8.ToArray(), "an ORC file; of columnar formats Parquet is read, as 'traceanalyzer convert' writes it", null),
        (0, "Obj\x1"u8.ToArray(), "an Avro file; of columnar formats Parquet is read, as 'traceanalyzer convert' writes it", null),
        (0, "LPKSHHRH"u8.ToArray(), "a systemd journal", null),
        (0, "%PDF-"u8.ToArray(), "a PDF document", null),
        (0, [0x89, .. "PNG\r\n\x1A\n"u8], "a picture (PNG)", null),
        (0, [0xFF, 0xD8, 0xFF], "a picture (JPEG)", null),
    ];

    // What text begins with, after blanks.
    private static readonly (string Start, string What, string? Remedy)[] s_texts =
    [
        ("<!doctype html", "an HTML page", null),
        ("<html", "an HTML page", null),
        ("<?xml", "XML; of a tracer's viewer, export its trace as text", null),
        ("/* CTF 1.", "the metadata of a CTF trace (LTTng)", null),
        ("{\"traceEvents\"", "a trace of Chrome's or Perfetto's viewer, which holds no block I/O events that are read here", null),
        ("{", "JSON, which is not a trace format; results of fio, run.json and the like are read beside a trace, from their folder", "traceanalyzer analyze FOLDER -o OUTPUT"),
        ("[{", "JSON, which is not a trace format; lists of tensors and the like are read beside a trace, from their folder", "traceanalyzer analyze FOLDER -o OUTPUT"),
    ];

    /// <summary>True if what begins so is compressed in a way that is not supported.</summary>
    public static bool IsCompressed(ReadOnlySpan<byte> first) => FindBinary(first) is { } found && found.What.StartsWith("compressed", StringComparison.Ordinal);

    /// <summary>What begins with <paramref name="first"/> and how to make a trace of it, in words; null if it is not known.</summary>
    /// <param name="first">The first bytes, decompressed.</param>
    /// <param name="name">Name of the file, for the command.</param>
    public static string? Describe(ReadOnlySpan<byte> first, string name)
    {
        if (FindBinary(first) is { } binary)
            return With(binary.What, binary.Remedy, name);
        if (first.Contains((byte)0))
            return null;
        string text = Encoding.UTF8.GetString(first).TrimStart('\uFEFF').TrimStart();
        foreach ((string start, string what, string? remedy) in s_texts)
        {
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return With(what, remedy, name);
        }

        return ForeignText.Hint(text);
    }

    private static (string What, string? Remedy)? FindBinary(ReadOnlySpan<byte> first)
    {
        foreach ((int offset, byte[] magic, string what, string? remedy) in s_binaries)
        {
            if (first.Length >= offset && first[offset..].StartsWith(magic))
                return (what, remedy);
        }

        return null;
    }

    private static string With(string what, string? remedy, string name)
    {
        if (remedy is null)
            return $"{what}; record a trace with 'blktrace -d /dev/DEVICE -o RUN'";
        if (name == "stdin")
            name = "FILE";
        string quoted = name.Any(c => char.IsWhiteSpace(c) || c == '\'') ? $"\"{name}\"" : name;
        return $"{what}; try '{remedy.Replace(Name, quoted, StringComparison.Ordinal)}'";
    }
}

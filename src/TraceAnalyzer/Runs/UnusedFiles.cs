using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

/// <summary>Says of a file that is not part of a run what it is instead.</summary>
internal static class UnusedFiles
{
    private static readonly string[] s_expectedEndings =
    [
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".pdf", ".eps", ".html", ".htm", ".css", ".js", ".md", ".rst", ".tex", ".bib",
        ".sh", ".bash", ".py", ".ipynb", ".pl", ".r", ".c", ".cc", ".cpp", ".h", ".cu", ".rs", ".go", ".java", ".toml", ".ini", ".cfg", ".conf", ".sha256",
    ];

    private static readonly string[] s_expectedNames = ["readme", "license", "licence", "copying", "makefile", "sha256sums", "md5sums", "changelog", "notes", "thumbs.db"];

    // What a file with zeros in it is known by.
    private static readonly (byte[] Magic, string What)[] s_binaries =
    [
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ("GIF8"u8.ToArray(), "a GIF image"),
        ("%PDF"u8.ToArray(), "a PDF document"),
        ("PK\u0003\u0004"u8.ToArray(), "a zip archive; unpack it, or pack the run with tar"),
        ("SQLite format 3"u8.ToArray(), "an SQLite database"),
        ([0x7F, (byte)'E', (byte)'L', (byte)'F'], "a program or library"),
        ([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'], "a NumPy array"),
    ];

    /// <summary>Says it.</summary>
    /// <param name="file">The file; its beginning is looked at.</param>
    /// <param name="first">Its first bytes.</param>
    public static UnusedFile Of(SideFile file, ReadOnlySpan<byte> first) => new(file.Name, ReasonOf(file, first), IsExpected(file.Name));

    /// <summary>True for a file that is commonly there and of no use here.</summary>
    public static bool IsExpected(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant();
        return name.StartsWith('.') || s_expectedEndings.Contains(Path.GetExtension(name)) || s_expectedNames.Contains(name) || s_expectedNames.Contains(Path.GetFileNameWithoutExtension(name));
    }

    private static string ReasonOf(SideFile file, ReadOnlySpan<byte> first)
    {
        if (file.IsEmpty)
            return "empty";
        foreach ((byte[] magic, string what) in s_binaries)
        {
            if (first.StartsWith(magic))
                return what;
        }

        if (file.IsBinary)
            return "binary data that is not a trace format known here";
        string line = file.FirstLines.FirstOrDefault(line => !string.IsNullOrWhiteSpace(line)) ?? "";
        if (line.Length == 0)
            return "only blank lines";
        if (JsonText.StartsAsJson(line))
            return "JSON that is neither a result of fio, nor a list of tensors, nor marks, nor has a member of run-schema.json";
        foreach (char separator in (ReadOnlySpan<char>)[',', '\t', ';'])
        {
            string[] columns = line.Split(separator, StringSplitOptions.TrimEntries);
            if (columns.Length > 1 && columns.All(IsColumnName))
                return TableReason(columns);
        }

        return $"text of no kind known here; it begins with '{SideRemarks.Shortened(line.Trim())}'";
    }

    // Prose has commas too.
    private static bool IsColumnName(string text) => text.Length is > 0 and <= 40 && char.IsLetter(text[0]) && text.Count(letter => letter == ' ') <= 2 && !text.Contains(": ", StringComparison.Ordinal);

    private static string TableReason(string[] columns)
    {
        string? missing = columns switch
        {
            _ when columns.Contains("start_mono_ns") && !columns.Contains("file") && !columns.Contains("end_mono_ns") => "end_mono_ns",
            _ when columns.Contains("end_mono_ns") && !columns.Contains("start_mono_ns") => "start_mono_ns",
            _ when columns.Contains("start_mono_ns") && columns.Contains("file") => "bytes",
            _ when columns.Contains("physical_sector") => "one of file, logical_sector and sectors, or tabs between the columns",
            _ => null,
        };
        string names = SideRemarks.Shortened(string.Join(", ", columns));
        return missing is null ? $"a table of no kind known here, with the columns {names}" : $"a table without {missing}; its columns are {names}";
    }
}

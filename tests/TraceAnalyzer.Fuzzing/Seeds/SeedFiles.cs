using System.Text;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests;

namespace TraceAnalyzer.Fuzzing.Seeds;

/// <summary>Beginnings of the repository's captures, and the files that once went wrong.</summary>
internal static class SeedFiles
{
    private const int MostCaseBytes = 48 << 10;

    /// <summary>The first lines of a capture, which may be packed.</summary>
    public static byte[] Head(string capture, int lines, int skip = 0)
    {
        using TraceInput input = CompressedInput.OpenFile(Repository.Path(["traces", .. capture.Split('/')]));
        using var reader = new StreamReader(input.Content, Encoding.Latin1);
        var text = new StringBuilder();
        for (int i = 0; i < skip + lines && reader.ReadLine() is { } line; i++)
        {
            if (i >= skip)
                text.Append(line).Append('\n');
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    /// <summary>The first bytes of a capture, which may be packed.</summary>
    public static byte[] HeadBytes(string capture, int bytes)
    {
        using TraceInput input = CompressedInput.OpenFile(Repository.Path(["traces", .. capture.Split('/')]));
        byte[] head = new byte[bytes];
        return head[..input.Content.ReadAtLeast(head, bytes, throwOnEndOfStream: false)];
    }

    /// <summary>A file of the repository as it is.</summary>
    public static byte[] Whole(string capture) => File.ReadAllBytes(Repository.Path(["traces", .. capture.Split('/')]));

    /// <summary>A file of <c>tests/TraceAnalyzer.Tests/Cases</c>; of a large one the beginning.</summary>
    public static byte[] Case(string name)
    {
        byte[] bytes = File.ReadAllBytes(Repository.Case(name.Split('/')));
        return bytes.Length > MostCaseBytes ? bytes[..MostCaseBytes] : bytes;
    }

    /// <summary>The first lines of such a file.</summary>
    public static byte[] CaseHead(string name, int lines) => Bytes(string.Concat(File.ReadLines(Repository.Case(name.Split('/')), Encoding.Latin1).Take(lines).Select(line => line + "\n")));

    /// <summary>A text as bytes.</summary>
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

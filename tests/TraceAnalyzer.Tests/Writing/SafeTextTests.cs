using System.Text.RegularExpressions;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Writing.Csv;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>Names that processes chose, in files for spreadsheets and terminals.</summary>
public sealed partial class SafeTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("python3", "python3")]
    [InlineData("", "")]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM", "'@SUM")]
    [InlineData("'quoted", "''quoted")]
    [InlineData("\t=x", "\\x09=x")]
    [InlineData("\r=x", "\\x0d=x")]
    [InlineData("a\u001b[2Jb\0", "a\\x1b[2Jb\\x00")]
    [InlineData("\u009b2J", "\\x9b2J")]
    [InlineData("a\u202eb", "a\\u202eb")]
    [InlineData("a\\x1b", "a\\\\x1b")]
    [InlineData("na\u00efve", "na\u00efve")]
    public void Csv_text_is_no_formula_has_no_controls_and_can_be_undone(string text, string expected)
    {
        Assert.Equal(expected, SafeCsvText.Of(text));
        Assert.Equal(text, Undo(expected));
    }

    [Fact]
    public void Names_are_safe_in_CSV_and_text()
    {
        var bytes = new BlktraceBytes();
        bytes.Process(77, "=1+1\u001b[2J\u007f\u009b");
        bytes.Event('D', 1_000, 8, 4096, BlktraceBytes.Read, pid: 77);
        File.WriteAllBytes(_folder["t.bin"], bytes.ToArray());
        Conversions.Convert(_folder["t.bin"], _folder["t.csv"], "--what", "events");
        string said = Conversions.Convert(_folder["t.bin"], _folder["t.txt"]);

        Assert.Contains(",77,'=1+1\\x1b[2J\\x7f\\x9b,", File.ReadAllText(_folder["t.csv"]), StringComparison.Ordinal);
        Assert.Contains("[=1+1?[2J??]\n", File.ReadAllText(_folder["t.txt"]), StringComparison.Ordinal);
        Assert.Contains("3 control characters in names and messages (printed as ?)", said, StringComparison.Ordinal);
    }

    // As docs/parquet-schema.md says.
    private static string Undo(string text)
    {
        if (text.StartsWith('\''))
            text = text[1..];
        return Escapes().Replace(text, match => match.Value == "\\\\" ? "\\" : ((char)Convert.ToInt32(match.Value[2..], 16)).ToString());
    }

    [GeneratedRegex(@"\\\\|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}")]
    private static partial Regex Escapes();
}

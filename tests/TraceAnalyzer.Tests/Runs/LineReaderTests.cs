using System.Text;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Tests.Runs;

public sealed class LineReaderTests
{
    [Fact]
    public void Lines_are_those_of_a_StringReader()
    {
        var random = new Random(1);
        for (int run = 0; run < 200; run++)
        {
            var text = new StringBuilder();
            for (int i = random.Next(40); i > 0; i--)
                text.Append('x', random.Next(3) == 0 ? random.Next(20_000) : random.Next(4)).Append(((string[])["\n", "\r\n", "\r", "\n\n", ""])[random.Next(5)]);
            var expected = new List<string>();
            using var plain = new StringReader(text.ToString());
            while (plain.ReadLine() is { } line)
                expected.Add(line);

            using var lines = new LineReader(new StringReader(text.ToString()));
            foreach (string line in expected)
                Assert.Equal(line, lines.ReadLine());
            Assert.Null(lines.ReadLine());
            Assert.Equal(expected.Count, lines.Number);
        }
    }

    [Fact]
    public void A_line_that_is_too_long_is_counted_and_not_kept()
    {
        string longest = new('a', LineReader.MostCharacters);
        using var lines = new LineReader(new StringReader($"one\n{longest}a\n{longest}\nthree\n{longest}{longest}"));

        Assert.Equal(["one", longest, "three"], [lines.ReadLine(), lines.ReadLine(), lines.ReadLine()]);
        Assert.Null(lines.ReadLine());
        Assert.Equal((2, 5), (lines.LongLines, lines.Number));
    }
}

using System.Globalization;
using System.Text;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blkparse;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Lines missing from blkparse text, told by its sequence numbers: counted where they are a loss, and only there.</summary>
public sealed class TextSequencesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(uint.MaxValue - 500)] // Wraps.
    [InlineData(int.MaxValue - 500)] // Printed negative from here on.
    public void Lines_taken_out_are_lost(uint firstNumber)
    {
        List<string> lines = Lines(firstNumber);
        Assert.Equal(0, Lost(lines));
        foreach (int[] gone in (int[][])[[77], [100, 101, 102], [1, 500, 501, 900]])
            Assert.Equal(gone.Length, Lost([.. lines.Where((_, i) => !gone.Contains(i))]));
    }

    [Fact]
    public void The_first_and_the_last_lines_cannot_be_missed() => Assert.Equal(0, Lost(Lines(0)[20..^20]));

    [Fact]
    public void Lines_in_another_order_are_not_lost()
    {
        List<string> lines = Lines(0);
        for (int i = 10; i < lines.Count - 2; i += 50)
            (lines[i], lines[i + 2]) = (lines[i + 2], lines[i]);
        Assert.Equal(0, Lost(lines));
    }

    // What blkparse -a leaves, which is not a loss: by action, by direction, by flags, or all but splits.
    [Theory]
    [InlineData(" D ")]
    [InlineData(" C ")]
    [InlineData(" D | C ")]
    [InlineData(" Q | G | X ")]
    [InlineData("  RA | X ")]
    [InlineData("   W | WS ")]
    [InlineData("  WS ")]
    [InlineData("  RA |  WS ")]
    [InlineData(" Q | G | D | C ")]
    public void A_choice_of_events_is_no_loss(string kept) =>
        Assert.Equal(0, Lost([.. Lines(0).Where(line => kept.Split('|').Any(part => line.Contains(part, StringComparison.Ordinal)))]));

    [Fact]
    public void Traces_without_numbers_and_numbers_of_several_devices_are_no_loss()
    {
        Assert.Equal(0, Lost([.. Lines(0).Select((line, i) => i % 3 == 0 ? line : line[..11] + "       0" + line[19..])]));
        Assert.Equal(0, Lost([.. Lines(0).Zip(Lines(700), (a, b) => a + "\n" + b.Replace("259,0", "259,1", StringComparison.Ordinal))]));
    }

    [Fact]
    public void Remaps_that_show_another_device_are_no_loss()
    {
        var lines = new List<string>();
        int number = 0;
        for (int i = 0; i < 100; i++)
        {
            foreach (string action in (string[])["A", "Q", "G", "X", "D", "C"])
            {
                number++;
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(action == "A" ? "259,0" : "259,1")}    0 {number,8} {i,5}.{number:D9}   820 {action,2} {(i % 2 == 0 ? "  W" : " RA")} {Rest(action)}"));
            }
        }

        Assert.Equal(0, Lost(lines));

        // One less than are gone: the first remap stands before the first number that is known.
        Assert.Equal(1, Lost([.. lines.Where((line, i) => i is not (61 or 62))]));
    }

    [Fact]
    public void What_blkparse_says_it_skipped_is_counted_once()
    {
        List<string> lines = Lines(0);
        lines.RemoveRange(200, 5);
        Assert.Equal(5, Lost([.. lines, "Skips: 1 forward (5 -   0.3%)"]));
        Assert.Equal(9, Lost([.. lines, "Skips: 1 forward (9 -   0.3%)"]));
    }

    [Fact]
    public void Pieces_tell_what_the_whole_tells()
    {
        List<string> lines = [.. Enumerable.Range(0, 20).SelectMany(i => Lines((uint)(i * 625)))];
        lines.RemoveAt(10_000);
        lines.RemoveRange(12_345, 17);
        var whole = new TextSequences();
        var merged = new TextSequences();
        var piece = new TextSequences();
        for (int i = 0; i < lines.Count; i++)
        {
            BlockEvent e = default;
            Assert.True(BlkparseLineParser.TryParseLine(Encoding.ASCII.GetBytes(lines[i]), ref e, out _));
            whole.Observe(e, i);
            piece.Observe(e, i);
            if (i % 997 == 0)
            {
                merged.Merge(piece);
                piece.Clear();
            }
        }

        merged.Merge(piece);
        Assert.Equal((18, 10_000), (whole.Lost, whole.FirstGapOffset));
        Assert.Equal((18, 10_000), (merged.Lost, merged.FirstGapOffset));
    }

    private static long Lost(List<string> lines)
    {
        using BlkparseReader reader = BlkparseReader.Open(new TraceParts("t", [TextTraces.Input(string.Join('\n', lines) + "\n")], 0), new ReadOptions());
        return TraceAnalysis.Run(reader, new AnalysisOptions { Workers = 1 }).Integrity.Single(counter => counter.Name == "lostEvents").Count;
    }

    // 250 requests, reads, synchronous writes and plain ones; some are split. On two CPUs, whose numbers start one apart.
    private static List<string> Lines(uint firstNumber)
    {
        var lines = new List<string>();
        uint[] numbers = [firstNumber, firstNumber + 1];
        for (int i = 0; i < 250; i++)
        {
            int cpu = i / 5 % 2;
            foreach (string action in (string[])["Q", i % 10 == 0 ? "X" : "G", "G", "D", "C"])
            {
                string rwbs = (i % 4) switch { 0 => "WS", 1 => "W", _ => "RA" };
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"259,0   {cpu,2} {unchecked((int)++numbers[cpu]),8} {i,5}.{lines.Count:D9}   820 {action,2} {rwbs,3} {Rest(action)}"));
            }
        }

        return lines;
    }

    private static string Rest(string action) => action switch
    {
        "A" => "8 + 8 <- (259,1) 8",
        "X" => "8 / 16 [a]",
        "C" => "8 + 8 [0]",
        _ => "8 + 8 [a]",
    };
}

using TraceAnalyzer.Reading.Lines;

// CPU0 (nvme0n1):
//  Reads Queued:        7737,   942628KiB	 Writes Queued:         245,    21440KiB
// Events (nvme0n1): 82371 entries
// Skips: 0 forward (0 -   0.0%)
// Input file nvme0n1.blktrace.0 added
namespace TraceAnalyzer.Reading.Blkparse;

/// <summary>The lines of blkparse's output that are not events: statistics after the last event, and files it opened.</summary>
internal static class BlkparseSummary
{
    /// <summary>True if blkparse prints such a line (without its newline) beside events; blank lines included.</summary>
    /// <param name="line">The line.</param>
    /// <param name="lostEvents">Events that the line says are missing.</param>
    public static bool IsSummaryLine(ReadOnlySpan<byte> line, out long lostEvents)
    {
        lostEvents = 0;
        ReadOnlySpan<byte> text = line.Trim(" \t"u8);
        if (text.IsEmpty)
            return true;
        if (text.StartsWith("Skips: "u8))
        {
            lostEvents = ReadSkips(text);
            return true;
        }

        return (line[0] == ' ' ? IsStatistic(text) : IsHeading(text)) || ToolLines.IsToolLine(line, out lostEvents);
    }

    // "Skips: 2 forward (17 -   0.3%)": 17 sequence numbers were never seen. The numbers may be grouped by thousands.
    private static long ReadSkips(ReadOnlySpan<byte> text)
    {
        int open = text.IndexOf((byte)'(');
        int close = text.IndexOf(" - "u8);
        if (open < 0 || close < open)
            return 0;

        long lost = 0;
        foreach (byte c in text[open..close])
        {
            if (char.IsAsciiDigit((char)c) && lost < int.MaxValue)
                lost = (lost * 10) + (c - '0');
        }

        return lost;
    }

    private static bool IsStatistic(ReadOnlySpan<byte> text) =>
        text.StartsWith("Reads "u8) || text.StartsWith("Read "u8) || text.StartsWith("PC Read"u8) || text.StartsWith("IO unplugs:"u8)
        || text.StartsWith("Allocation wait:"u8) || text.StartsWith("Dispatch wait:"u8) || text.StartsWith("Completion wait:"u8);

    // Most lines that are none are told by their first and last letter.
    private static bool IsHeading(ReadOnlySpan<byte> text) => text[0] switch
    {
        (byte)'C' => text.StartsWith("CPU"u8) && text.EndsWith("):"u8),
        (byte)'T' => (text.StartsWith("Total ("u8) && text.EndsWith("):"u8)) || text.StartsWith("Throughput (R/W):"u8) || text.StartsWith("Trace started at "u8),
        (byte)'E' => text.StartsWith("Events ("u8) && text.EndsWith(" entries"u8),
        (byte)'I' => text.StartsWith("Input file "u8) && text.EndsWith(" added"u8),
        _ => false,
    } || (text[^1] == ')' && IsProcess(text));

    // With -s: "fio (634)", or "fio (634, ...)" for several of one name.
    private static bool IsProcess(ReadOnlySpan<byte> text)
    {
        int open = text.LastIndexOf(" ("u8);
        if (open <= 0)
            return false;
        TextNumbers.Number pid = TextNumbers.Read(text, open + 2);
        return pid.End > open + 2 && (text[pid.End..].SequenceEqual(")"u8) || text[pid.End..].SequenceEqual(", ...)"u8));
    }
}

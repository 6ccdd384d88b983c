using TraceAnalyzer.Reading.Lines;

// TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  QUE(ms) LAT(ms)
namespace TraceAnalyzer.Reading.Biosnoop;

/// <summary>The columns of biosnoop that depend on its options.</summary>
/// <param name="HasTimeOfDay"><c>-t</c>: the time is that of the day at which the line was printed.</param>
/// <param name="HasPattern"><c>-P</c>: sequential or random.</param>
/// <param name="HasQueueTime"><c>-Q</c>: time in the queue.</param>
internal sealed record BiosnoopColumns(bool HasTimeOfDay, bool HasPattern, bool HasQueueTime)
{
    /// <summary>The columns that the line of headings among the lines of <paramref name="text"/> names; null if there is none.</summary>
    public static BiosnoopColumns? FindIn(ReadOnlySpan<byte> text)
    {
        var lines = new TextLines(text);
        while (lines.MoveNext())
        {
            if (Parse(lines.Line) is { } columns)
                return columns;
        }

        return null;
    }

    /// <summary>The columns that a line of headings names; null if it is none.</summary>
    public static BiosnoopColumns? Parse(ReadOnlySpan<byte> line)
    {
        var cursor = new FieldCursor(line);
        bool hasTimeOfDay = cursor.TrySkip("TIMESTAMP "u8);
        if (!hasTimeOfDay && !cursor.TrySkip("TIME(s) "u8))
            return null;
        bool isKnown = cursor.TrySkip("COMM "u8)
            && cursor.TrySkip("PID "u8)
            && cursor.TrySkip("DISK "u8)
            && cursor.TrySkip("T "u8)
            && cursor.TrySkip("SECTOR "u8)
            && cursor.TrySkip("BYTES "u8);
        bool hasPattern = cursor.TrySkip("P "u8);
        bool hasQueueTime = cursor.TrySkip("QUE(ms) "u8);
        return isKnown && cursor.TrySkip("LAT(ms)"u8) && cursor.Rest.IsEmpty ? new BiosnoopColumns(hasTimeOfDay, hasPattern, hasQueueTime) : null;
    }
}

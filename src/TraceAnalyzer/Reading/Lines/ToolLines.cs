// Tracing block:block_rq_insert. Ctrl-C to end.
// root@host:~# blktrace -d /dev/sda -o - | blkparse -i -
// [ perf record: Captured and wrote 1.137 MB perf.data (10817 samples) ]
// ^CCPU0 (sda):
namespace TraceAnalyzer.Reading.Lines;

/// <summary>
/// What stands in a text trace beside the trace itself: what tracers print about themselves, and what a terminal shows around them. A line is known by how it
/// begins, so that a line of the trace that was cut or damaged is not taken for one.
/// </summary>
internal static class ToolLines
{
    // Beginnings of lines, of the tracers that write or record a format read here.
    private static readonly byte[][] s_beginnings = [.. s_texts.Select(System.Text.Encoding.ASCII.GetBytes)];

    private static string[] s_texts =>
    [
        // perf-tools, bcc and bpftrace, whose maps are printed at the end.
        "Tracing ", "Ending tracing", "Attaching ", "Attached ", "Detaching", "Hit Ctrl", "Press Ctrl", "Ctrl-C", "Ctrl+C", "@",

        // perf.
        "[ perf ", "Warning:", "WARNING: ", "warning: ", "'trace' not valid for ", "Check IO/CPU overload!", "PERF_RECORD_", "Failed to open ", "Couldn't ", "no symbols found in ", "build id event received",

        // trace-cmd.
        "version = ", "cpus=", "plugin ", "Kernel buffer statistics:", "Note: \"entries\" are", "recorded in the trace data. They should all be zero.", "Buffer: ", "trace-cmd: ",

        // Shells, script(1), sudo and ssh.
        "#", "$", "Script started on ", "Script done on ", "[sudo] ", "sudo: ", "Connection to ",
    ];

    /// <summary>True if a line (without its newline) is not part of a trace; blank lines included.</summary>
    /// <param name="line">The line, which the format's own parser did not understand.</param>
    /// <param name="lostEvents">Events that the line says are lost.</param>
    public static bool IsToolLine(ReadOnlySpan<byte> line, out long lostEvents)
    {
        lostEvents = 0;
        ReadOnlySpan<byte> text = WithoutInterrupt(line).Trim(" \t\r"u8);
        if (text.IsEmpty || IsPrompt(text))
            return true;
        foreach (byte[] beginning in s_beginnings)
        {
            if (text.StartsWith(beginning))
                return true;
        }

        if (text.EndsWith(" bytes in size"u8) && TextNumbers.Read(text, 0).End == text.Length - " bytes in size"u8.Length)
            return true;
        return text.StartsWith("CPU"u8) && IsAboutCpu(text["CPU"u8.Length..].TrimStart((byte)' '), out lostEvents);
    }

    /// <summary>The line without what a terminal shows of Ctrl-C, behind which the tracer goes on in the same line.</summary>
    public static ReadOnlySpan<byte> WithoutInterrupt(ReadOnlySpan<byte> line)
    {
        while (line.StartsWith("^C"u8))
            line = line["^C"u8.Length..];
        return line;
    }

    // "root@host:~# command", "[root@host dir]# command", "user@host:~$": a first word with an @, and a prompt's end.
    private static bool IsPrompt(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf((byte)'@');
        if (at <= 0 || text[..at].Contains((byte)' '))
            return false;
        int end = text.IndexOfAny((byte)'#', (byte)'$');
        return end > at && (end == text.Length - 1 || text[end + 1] == ' ');
    }

    // "CPU 0 is empty" and "CPU0 data recorded at offset=0x1000" (trace-cmd), "CPU 1: 12 events lost" (trace-cmd record).
    private static bool IsAboutCpu(ReadOnlySpan<byte> text, out long lostEvents)
    {
        lostEvents = 0;
        TextNumbers.Number cpu = TextNumbers.Read(text, 0);
        ReadOnlySpan<byte> rest = text[cpu.End..];
        if (cpu.End == 0 || rest.SequenceEqual(" is empty"u8) || rest.StartsWith(" data recorded at offset="u8))
            return cpu.End != 0;
        TextNumbers.Number lost = rest.StartsWith(": "u8) ? TextNumbers.Read(rest, 2) : default;
        if (lost.End <= 2 || !rest[lost.End..].SequenceEqual(" events lost"u8))
            return false;
        lostEvents = (long)Math.Min(lost.Value, int.MaxValue);
        return true;
    }
}

//              fio   477 [001]   193.137977:    block:block_rq_issue: 259,0 R 131072 () 69944 + 256 [fio]
//  nvmev_io_worker-235   [001]   289.649108: block_rq_complete:    259,0 RM () 35976 + 8 [0]
using System.Buffers;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Ftrace;

/// <summary>What a line of text from perf, trace-cmd or ftrace is.</summary>
internal enum FtraceLine
{
    /// <summary>Nothing known, or an event of the block layer that is damaged.</summary>
    NotUnderstood,

    /// <summary>An event of the block layer that a block trace has.</summary>
    Event,

    /// <summary>An event of another tracepoint, which a block trace does not have.</summary>
    OtherEvent,

    /// <summary>A comment, a heading, part of a call stack, a report of lost events, or a line of a tool about itself.</summary>
    NoEvent,
}

/// <summary>Lines of <c>perf script</c>, <c>trace-cmd report</c> and tracefs' <c>trace</c> and <c>trace_pipe</c>, which differ in front of the event only.</summary>
internal static class FtraceLineParser
{
    // Of an address in the kernel of a machine of 64 bits.
    private const int AddressDigits = 16;

    private static readonly SearchValues<byte> s_hexDigits = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Parses a line (without its newline).</summary>
    /// <param name="line">The line.</param>
    /// <param name="parsed">The event to fill in; all zero before. Undefined if the line is none.</param>
    /// <param name="name">The command name of the event's process, if known.</param>
    /// <param name="lostEvents">How many events the line says are lost; 1 if it says no number.</param>
    public static FtraceLine Parse(ReadOnlySpan<byte> line, ref BlockEvent parsed, out ReadOnlySpan<byte> name, out long lostEvents)
    {
        lostEvents = 0;
        name = default;
        line = ToolLines.WithoutInterrupt(line);
        if (!TaskPrefix.TryRead(line, out TaskPrefix prefix))
            return IsOtherLine(line, out lostEvents) ? FtraceLine.NoEvent : FtraceLine.NotUnderstood;
        if (!TryReadTracepoint(prefix.Rest, out ReadOnlySpan<byte> tracepoint, out ReadOnlySpan<byte> fields))
            return ReadOther(prefix.Rest, out lostEvents);
        if (!TracepointBody.TryRead(tracepoint, WithoutAddress(fields), ref parsed, out name))
            return FtraceLine.NotUnderstood;
        parsed.TimeNs = prefix.TimeNs;
        parsed.Cpu = prefix.Cpu;
        parsed.Pid = prefix.Pid;

        // The event's own name is the one of that moment; ftrace's prefix has the name the process had last.
        if (name.IsEmpty)
            name = prefix.Name;
        return FtraceLine.Event;
    }

    private static FtraceLine ReadOther(ReadOnlySpan<byte> text, out long lostEvents)
    {
        lostEvents = 0;
        if (text.IsEmpty || (text.StartsWith("block"u8) && !TaskPrefix.IsName(text)))
            return FtraceLine.NotUnderstood;
        lostEvents = text.StartsWith("PERF_RECORD_LOST"u8) ? NumberAfter(text, "lost "u8) : 0;
        bool isEvent = !text.StartsWith("PERF_RECORD_"u8) && text.IndexOf("<stack trace"u8) < 0;
        return isEvent ? FtraceLine.OtherEvent : FtraceLine.NoEvent;
    }

    // perf script -F +ip prints the instruction behind the fields: "[dd] ffffffff81b0785f blk_mq_start_request ([kernel.kallsyms])".
    private static ReadOnlySpan<byte> WithoutAddress(ReadOnlySpan<byte> fields)
    {
        int address = fields.EndsWith("]"u8) ? -1 : fields.IndexOf(" ffff"u8);
        if (address < 0)
            return fields;
        ReadOnlySpan<byte> text = fields[(address + 1)..];
        int end = text.IndexOfAnyExcept(s_hexDigits);
        return (end < 0 ? text.Length : end) == AddressDigits && (end < 0 || text[end] == ' ') ? fields[..address].TrimEnd((byte)' ') : fields;
    }

    // "block:block_rq_issue: fields", or without "block:".
    private static bool TryReadTracepoint(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> fields)
    {
        name = fields = default;
        if (text.StartsWith("block:"u8))
            text = text["block:"u8.Length..];
        int colon = text.IndexOf((byte)':');
        if (!text.StartsWith("block_"u8) || colon < 0)
            return false;
        name = text["block_"u8.Length..colon];
        fields = text[(colon + 1)..].TrimStart((byte)' ');
        return TracepointBody.IsEvent(name);
    }

    private static bool IsOtherLine(ReadOnlySpan<byte> line, out long lostEvents)
    {
        lostEvents = 0;
        ReadOnlySpan<byte> text = line.TrimStart(" \t"u8);
        if (text.IsEmpty || text.StartsWith("=>"u8))
            return true;
        if (text.StartsWith("CPU:"u8))
            return IsLossOfCpu(text, out lostEvents);
        if (text.StartsWith("Processed "u8) && text.IndexOf(" lost "u8) >= 0)
        {
            lostEvents = NumberAfter(text, " lost "u8);
            return true;
        }

        return IsStackFrame(line) || IsSourceLine(line) || ToolLines.IsToolLine(line, out lostEvents);
    }

    // "CPU:1 [LOST 123 EVENTS]" (ftrace), "CPU:1 [123 EVENTS DROPPED]" and "CPU:1 [EVENTS DROPPED]" (trace-cmd).
    private static bool IsLossOfCpu(ReadOnlySpan<byte> text, out long lostEvents)
    {
        ReadOnlySpan<byte> bracket = text[(text.IndexOf((byte)'[') + 1)..];
        bool isLost = bracket.StartsWith("LOST "u8) && bracket.EndsWith(" EVENTS]"u8);
        lostEvents = NumberAfter(bracket, isLost ? "LOST "u8 : ""u8);
        return isLost || bracket.EndsWith("EVENTS DROPPED]"u8);
    }

    /// <summary>True if the line belongs to a call stack as perf script prints it: a frame, or the place in the source of the one before (<c>-F +srcline</c>).</summary>
    public static bool IsStackLine(ReadOnlySpan<byte> line) => IsStackFrame(line) || IsSourceLine(line);

    /// <summary>The function of a frame of the kernel, or its address if the function is not known; empty for a frame of user space.</summary>
    public static ReadOnlySpan<byte> KernelFunction(ReadOnlySpan<byte> line, out bool isAddress)
    {
        isAddress = false;
        ReadOnlySpan<byte> text = line.TrimStart(" \t"u8);
        int end = text.IndexOf((byte)' ');
        if (end < 0)
            end = text.Length;
        if (end != AddressDigits || text[0] < '8')
            return default;
        ReadOnlySpan<byte> function = text[end..].TrimStart((byte)' ');
        isAddress = function.IsEmpty || function.StartsWith("[unknown]"u8) || function[0] == '(';
        if (isAddress)
            return text[..end];
        int stop = function.IndexOfAny((byte)'+', (byte)' ');
        return stop < 0 ? function : function[..stop];
    }

    // "\tffffffff8145f1a1 blk_mq_start_request+0xf1 ([kernel.kallsyms])": the address has as many digits as it takes, what follows depends on -F. Where tabs became
    // spaces, the frame must be whole, so that no damaged line of an event is taken for one.
    public static bool IsStackFrame(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> text = line.TrimStart(" \t"u8);
        int end = text.IndexOfAnyExcept(s_hexDigits);
        if (text.Length == line.Length || text.IsEmpty || end == 0 || (end > 0 && text[end] != ' '))
            return false;
        return line[0] == '\t' || (end > 0 && text.EndsWith(")"u8) && text.IndexOf(": "u8) < 0);
    }

    // "  blk-mq.c:1234" or, without debug symbols, "  [kernel.kallsyms][ffffffff81b0785f]".
    private static bool IsSourceLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("  "u8) || line[2..].Contains((byte)' ') || line.Length < 6)
            return false;
        ReadOnlySpan<byte> text = line[2..];
        if (text[^1] == ']')
            return text[..^1].LastIndexOf((byte)'[') is > 0 and var open && !text[(open + 1)..^1].ContainsAnyExcept(s_hexDigits);
        int colon = text.LastIndexOf((byte)':');
        return colon > 0 && colon < text.Length - 1 && TextNumbers.Read(text, colon + 1).End == text.Length;
    }

    private static long NumberAfter(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        int position = text.IndexOf(word);
        TextNumbers.Number number = position < 0 ? default : TextNumbers.Read(text, position + word.Length);
        return position < 0 || number.End == position + word.Length ? 1 : (long)Math.Min(number.Value, int.MaxValue);
    }
}

//              fio   477 [001]   193.137977:    block:block_rq_issue: 259,0 R 131072 () 69944 + 256 [fio]
//  nvmev_io_worker-235   [001]   289.649108: block_rq_complete:    259,0 RM () 35976 + 8 [0]
using System.Buffers;

namespace TraceAnalyzer.Reading.Ftrace;

/// <summary>What a line of text from perf, trace-cmd or ftrace is.</summary>
internal enum FtraceLine
{
    /// <summary>Nothing known, or an event of the block layer that is damaged.</summary>
    NotUnderstood,

    /// <summary>An event of the block layer that a block trace has.</summary>
    Event,

    /// <summary>Another tracepoint, a comment, a heading, part of a call stack, or a report of lost events.</summary>
    NoEvent,
}

/// <summary>Lines of <c>perf script</c>, <c>trace-cmd report</c> and tracefs' <c>trace</c> and <c>trace_pipe</c>, which differ in front of the event only.</summary>
internal static class FtraceLineParser
{
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
        if (!TaskPrefix.TryRead(line, out TaskPrefix prefix))
            return IsOtherLine(line, out lostEvents) ? FtraceLine.NoEvent : FtraceLine.NotUnderstood;
        if (!TryReadTracepoint(prefix.Rest, out ReadOnlySpan<byte> tracepoint, out ReadOnlySpan<byte> fields))
        {
            if (prefix.Rest.StartsWith("PERF_RECORD_LOST"u8))
                lostEvents = NumberAfter(prefix.Rest, "lost "u8);
            return FtraceLine.NoEvent;
        }

        if (!TracepointBody.TryRead(tracepoint, fields, ref parsed, out name))
            return FtraceLine.NotUnderstood;
        parsed.TimeNs = prefix.TimeNs;
        parsed.Cpu = prefix.Cpu;
        parsed.Pid = prefix.Pid;

        // The event's own name is the one of that moment; ftrace's prefix has the name the process had last.
        if (name.IsEmpty)
            name = prefix.Name;
        return FtraceLine.Event;
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
        if (text.IsEmpty || text.StartsWith("#"u8) || text.StartsWith("=> "u8))
            return true;
        if (text.StartsWith("CPU:"u8))
            return IsLossOfCpu(text, out lostEvents);
        if (text.StartsWith("Processed "u8) && text.IndexOf(" lost "u8) >= 0)
        {
            lostEvents = NumberAfter(text, " lost "u8);
            return true;
        }

        return text.StartsWith("cpus="u8)
            || text.StartsWith("version = "u8)
            || (text.StartsWith("CPU "u8) && text.EndsWith(" is empty"u8))
            || (text.Length < line.Length && IsStackFrame(text));
    }

    // "CPU:1 [LOST 123 EVENTS]" (ftrace), "CPU:1 [123 EVENTS DROPPED]" and "CPU:1 [EVENTS DROPPED]" (trace-cmd).
    private static bool IsLossOfCpu(ReadOnlySpan<byte> text, out long lostEvents)
    {
        ReadOnlySpan<byte> bracket = text[(text.IndexOf((byte)'[') + 1)..];
        bool isLost = bracket.StartsWith("LOST "u8) && bracket.EndsWith(" EVENTS]"u8);
        lostEvents = NumberAfter(bracket, isLost ? "LOST "u8 : ""u8);
        return isLost || bracket.EndsWith("EVENTS DROPPED]"u8);
    }

    /// <summary>True if the line is a frame of a call stack, as perf script prints it: <c>	ffffffff8145f1a1 blk_mq_start_request+0xf1 ([kernel.kallsyms])</c>.</summary>
    public static bool IsStackFrameLine(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> text = line.TrimStart(" \t"u8);
        return text.Length < line.Length && IsStackFrame(text);
    }

    /// <summary>The function of a frame of the kernel, or its address if the function is not known; empty for a frame of user space.</summary>
    public static ReadOnlySpan<byte> KernelFunction(ReadOnlySpan<byte> line, out bool isAddress)
    {
        isAddress = false;
        const int AddressDigits = 16;
        ReadOnlySpan<byte> text = line.TrimStart(" \t"u8);
        int end = text.IndexOf((byte)' ');
        if (end != AddressDigits || text[0] < '8')
            return default;
        ReadOnlySpan<byte> function = text[(end + 1)..];
        isAddress = function.StartsWith("[unknown]"u8);
        if (isAddress)
            return text[..end];
        int stop = function.IndexOfAny((byte)'+', (byte)' ');
        return stop < 0 ? function : function[..stop];
    }

    private static bool IsStackFrame(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(s_hexDigits);
        return end >= 6 && text[end] == ' ' && text.EndsWith(")"u8);
    }

    private static long NumberAfter(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        int position = text.IndexOf(word);
        TextNumbers.Number number = position < 0 ? default : TextNumbers.Read(text, position + word.Length);
        return position < 0 || number.End == position + word.Length ? 1 : (long)Math.Min(number.Value, int.MaxValue);
    }
}

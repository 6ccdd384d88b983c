//              fio   477 [001]   193.137977324:    block:block_rq_issue: 259,0 R 131072 () 69944 + 256 [fio]
//             perf-462     [000] .....   180.672569: block_getrq: 254,0 RM 1048776 + 8 [perf]
//       dd-28894     1..... 13312us+: block_bio_queue: 254,0 RA 12722528 + 16 [dd]
// 22031/22031  1019.931888:          1    block:block_rq_issue: 254,0 RS 131072 () 46804992 + 256 0x2,0,4 [dd]
using System.Buffers;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Ftrace;

/// <summary>
/// What stands before an event's name: command name, process, CPU, flags, time. Command names may hold anything, colons, brackets and
/// numbers too, so it is read backwards from each colon that may end a time, until one has a CPU and a process before it. Of perf script,
/// which prints the columns it is asked for, the time and the event's full name are enough.
/// </summary>
internal ref struct TaskPrefix
{
    // Width of perf's column of command names, and of perf script -L's.
    private const int NameWidth = 16;
    private const int ShortNameWidth = 8;

    // perf pads processes to at least this many digits.
    private const int PidWidth = 5;

    private static readonly SearchValues<byte> s_groupCharacters = SearchValues.Create("0123456789- "u8);
    private static readonly SearchValues<byte> s_processCharacters = SearchValues.Create("0123456789/-"u8);
    private static readonly SearchValues<byte> s_unknownNameCharacters = SearchValues.Create(":-0123456789"u8);
    private static readonly SearchValues<byte> s_flagCharacters = SearchValues.Create(".#0123456789abcdefDBHLNPSXZhlnpsxz"u8);
    private static readonly SearchValues<byte> s_miscCharacters = SearchValues.Create("KUHGgMESp"u8);
    private static readonly SearchValues<byte> s_latencyMarks = SearchValues.Create(" +!#*@$"u8);

    /// <summary>Time in nanoseconds.</summary>
    public long TimeNs { get; private set; }

    /// <summary>The CPU; <see cref="BlockEvent.UnknownCpu"/> if it was not printed.</summary>
    public ushort Cpu { get; private set; }

    /// <summary>The thread, as blktrace has it; <see cref="BlockEvent.UnknownPid"/> if perf did not know or print it.</summary>
    public int Pid { get; private set; }

    /// <summary>Its command name; empty if the tracer did not know or print it.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>What follows: the event.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; }

    /// <summary>Reads the prefix of a line; false if it has none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out TaskPrefix prefix)
    {
        prefix = default;
        for (int colon = line.IndexOf((byte)':'); colon >= 0; colon = NextColon(line, colon))
        {
            if (!TryReadTime(line[..colon], out int start, out long timeNs))
                continue;
            ReadOnlySpan<byte> rest = WithoutNumbers(line[(colon + 1)..].TrimStart((byte)' '));
            if (prefix.TryReadTask(line[..start]) || (IsFullName(rest) && prefix.TryReadFewColumns(line[..start])))
            {
                prefix.TimeNs = timeNs;
                prefix.Rest = rest;
                return true;
            }
        }

        return false;
    }

    /// <summary>True if the text begins with the name of an event: <c>block_rq_issue:</c>, <c>block:block_rq_issue:</c>, <c>cpu-clock:</c>.</summary>
    public static bool IsName(ReadOnlySpan<byte> text)
    {
        int space = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> name = space < 0 ? text : text[..space];
        return name.Length > 1 && name[^1] == ':' && !char.IsAsciiDigit((char)name[0]);
    }

    private static int NextColon(ReadOnlySpan<byte> line, int colon)
    {
        int next = line[(colon + 1)..].IndexOf((byte)':');
        return next < 0 ? -1 : colon + 1 + next;
    }

    // Seconds and their decimals are two integers: as a double, the nanoseconds would change.
    private static bool TryReadTime(ReadOnlySpan<byte> text, out int start, out long timeNs)
    {
        timeNs = 0;
        int decimals = StartOfDigits(text, text.Length);
        int places = text.Length - decimals;
        start = decimals > 0 ? StartOfDigits(text, decimals - 1) : 0;
        if (places == 0)
            return TryReadMicroseconds(text, out start, out timeNs);
        if (places > 9 || decimals == 0 || start == decimals - 1 || text[decimals - 1] != '.' || (start > 0 && text[start - 1] != ' '))
            return false;

        ulong seconds = TextNumbers.Read(text, start).Value;
        ulong fraction = TextNumbers.Read(text, decimals).Value;
        if (decimals - 1 - start > 10 || seconds >= long.MaxValue / 1_000_000_000)
            return false;
        for (; places < 9; places++)
            fraction *= 10;
        timeNs = (long)((seconds * 1_000_000_000) + fraction);
        return true;
    }

    // ftrace's latency format: microseconds since the trace's start and a mark for long waits, "13312us+" or "5us ".
    private static bool TryReadMicroseconds(ReadOnlySpan<byte> text, out int start, out long timeNs)
    {
        start = 0;
        timeNs = 0;
        if (text.Length < 4 || !s_latencyMarks.Contains(text[^1]) || !text[..^1].EndsWith("us"u8))
            return false;
        int end = text.Length - "us+".Length;
        start = StartOfDigits(text, end);
        ulong microseconds = TextNumbers.Read(text, start).Value;
        if (start == end || start == 0 || text[start - 1] != ' ' || microseconds > long.MaxValue / 1000)
            return false;
        timeNs = (long)microseconds * 1000;
        return true;
    }

    private static int StartOfDigits(ReadOnlySpan<byte> text, int end)
    {
        while (end > 0 && char.IsAsciiDigit((char)text[end - 1]))
            end--;
        return end;
    }

    // What may stand between time and name: the period ("perf script -F +period"), or the time since the last event ("trace-cmd report --ts-diff").
    private static ReadOnlySpan<byte> WithoutNumbers(ReadOnlySpan<byte> text)
    {
        bool isDifference = text.StartsWith("(+"u8);
        int from = isDifference ? 2 : 0;
        if (text.Length <= from || !char.IsAsciiDigit((char)text[from]))
            return text;
        int end = TextNumbers.Read(text, from).End;
        if (isDifference && end < text.Length && text[end] == ')')
            end++;
        return end > from && end < text.Length && text[end] == ' ' && IsName(text[end..].TrimStart((byte)' ')) ? text[end..].TrimStart((byte)' ') : text;
    }

    // As perf prints it: "block:block_rq_issue:". Without a system, a tracepoint is of a tool that always prints a process.
    private static bool IsFullName(ReadOnlySpan<byte> text) => (IsName(text) && !text.StartsWith("block_"u8)) || text.StartsWith("PERF_RECORD_"u8);

    private bool TryReadTask(ReadOnlySpan<byte> columns)
    {
        ReadOnlySpan<byte> text = WithoutDate(columns.TrimEnd((byte)' '));
        if (!TryTakeShortColumns(ref text))
        {
            text = WithoutFlags(text);
            if (!TryTakeCpu(ref text) || !TryTakeGroup(ref text))
                return false;
        }

        return TryTakePid(text);
    }

    // Of perf script without process or command name.
    private bool TryReadFewColumns(ReadOnlySpan<byte> columns)
    {
        ReadOnlySpan<byte> text = WithoutDate(columns.TrimEnd((byte)' '));
        if (!TryTakeShortColumns(ref text))
        {
            text = WithoutFlags(text);
            if (!TryTakeCpu(ref text))
                return false;
        }

        Pid = BlockEvent.UnknownPid;
        Name = default;
        ReadOnlySpan<byte> numbers = text.TrimStart((byte)' ');
        int slash = numbers.IndexOf((byte)'/');
        if (TryReadPid(numbers[(slash + 1)..]) && (slash < 0 || !numbers[..slash].ContainsAnyExcept(s_groupCharacters)))
            return true;

        // A column of names is aligned to its right; names are not padded where call stacks are printed.
        Name = numbers;
        return text.IsEmpty || (text[0] == ' ' ? text.Length == NameWidth : text.Length <= NameWidth);
    }

    private bool TryReadPid(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("-1"u8))
            return true;
        TextNumbers.Number pid = TextNumbers.Read(text, 0);
        if (text.IsEmpty || pid.End != text.Length || pid.Value > int.MaxValue)
            return false;
        Pid = (int)pid.Value;
        return true;
    }

    // "2026-11-28 12:05:26.294673" of perf script -F +tod.
    private static ReadOnlySpan<byte> WithoutDate(ReadOnlySpan<byte> text)
    {
        int space = text.LastIndexOf((byte)' ');
        if (space < 10 || text.Length - space < 9 || text[space + 3] != ':' || text[space + 6] != ':' || text[space - 3] != '-' || text[space - 6] != '-')
            return text;
        return text[..(space - 10)].TrimEnd((byte)' ');
    }

    // "fio-625 [001] d..2." is "fio-625 [001]", and "dd 22031 [001] K" of perf script -F +misc is "dd 22031 [001]".
    private static ReadOnlySpan<byte> WithoutFlags(ReadOnlySpan<byte> text)
    {
        int space = text.LastIndexOf((byte)' ');
        ReadOnlySpan<byte> flags = text[(space + 1)..];
        ReadOnlySpan<byte> before = space < 0 ? default : text[..space].TrimEnd((byte)' ');
        bool isFlags = flags.Length is >= 4 and <= 8 && flags[0] is (byte)'.' or (byte)'d' or (byte)'D' or (byte)'b' or (byte)'X';
        bool isMisc = flags.Length is >= 1 and <= 3 && !flags.ContainsAnyExcept(s_miscCharacters);
        if (isFlags && before.EndsWith("]"u8))
            return before;
        return isMisc && !before.IsEmpty && (before[^1] == ']' || char.IsAsciiDigit((char)before[^1])) ? before : text;
    }

    // "      dd 22031   1" of perf script -L, and "dd-28894     1....." of latency formats of ftrace and trace-cmd.
    private bool TryTakeShortColumns(ref ReadOnlySpan<byte> text)
    {
        int space = text.LastIndexOf((byte)' ');
        if (space <= 0)
            return false;
        ReadOnlySpan<byte> last = text[(space + 1)..];
        TextNumbers.Number cpu = TextNumbers.Read(last, 0);
        ReadOnlySpan<byte> flags = last[cpu.End..];
        ReadOnlySpan<byte> before = text[..space].TrimEnd((byte)' ');
        if (cpu.End == 0 || cpu.Value >= BlockEvent.UnknownCpu)
            return false;
        bool isShort = flags.IsEmpty ? EndsShortColumns(before) : flags.Length is >= 4 and <= 8 && !flags.ContainsAnyExcept(s_flagCharacters);
        if (!isShort)
            return false;
        Cpu = (ushort)cpu.Value;
        text = before;
        return true;
    }

    // Whether the text is "      dd 22031", a short name and a process, or "22031" only: a number behind it is a CPU.
    private static bool EndsShortColumns(ReadOnlySpan<byte> text)
    {
        bool hasName = text.Length > ShortNameWidth && text[ShortNameWidth] == ' ' && text[..ShortNameWidth].ContainsAnyExcept((byte)' ');
        ReadOnlySpan<byte> process = (hasName ? text[ShortNameWidth..] : text).TrimStart((byte)' ');
        return text.Length < NameWidth + PidWidth && !process.IsEmpty && !process.ContainsAnyExcept(s_processCharacters);
    }

    private bool TryTakeCpu(ref ReadOnlySpan<byte> text)
    {
        Cpu = BlockEvent.UnknownCpu;
        if (!text.EndsWith("]"u8))
            return true;
        int digits = StartOfDigits(text, text.Length - 1);
        ulong cpu = TextNumbers.Read(text, digits).Value;
        if (digits is 0 || digits == text.Length - 1 || text[digits - 1] != '[' || cpu >= BlockEvent.UnknownCpu)
            return false;
        Cpu = (ushort)cpu;
        text = text[..(digits - 1)].TrimEnd((byte)' ');
        return true;
    }

    // ftrace's option record-tgid puts "(    625)" or "(-------)" behind the process.
    private static bool TryTakeGroup(ref ReadOnlySpan<byte> text)
    {
        if (!text.EndsWith(")"u8))
            return true;
        int open = text.LastIndexOf((byte)'(');
        if (open < 0 || text[(open + 1)..^1].ContainsAnyExcept(s_groupCharacters))
            return false;
        text = text[..open].TrimEnd((byte)' ');
        return true;
    }

    // "fio-625" (ftrace), "fio   625" and "fio   624/625" (perf).
    private bool TryTakePid(ReadOnlySpan<byte> text)
    {
        int digits = StartOfDigits(text, text.Length);
        ulong pid = TextNumbers.Read(text, digits).Value;
        if (digits is 0 || digits == text.Length || text.Length - digits > 10 || pid > int.MaxValue)
            return false;

        int name = digits - 1;
        bool isUnknown = text[name] == '-' && pid == 1 && (name == 0 || text[name - 1] == ' ' || text[..name].EndsWith("-1/"u8));
        if (isUnknown)
            name--;
        if (name >= 0 && text[name] == '/')
        {
            name = StartOfDigits(text, name) - 1;
            if (isUnknown && name >= 0 && text[name] == '-')
                name--;
        }

        if (name < 0 || text[name] is not ((byte)' ' or (byte)'-') || EndsName(text, name, digits))
            return false;
        Pid = isUnknown ? BlockEvent.UnknownPid : (int)pid;
        Name = text[..name].Trim((byte)' ');

        // What perf and ftrace print for a process that they do not know: ":-1   -1", ":625   625" and "<...>-625".
        if (Name.SequenceEqual(":-1"u8))
            Pid = BlockEvent.UnknownPid;
        if (Name.SequenceEqual("<...>"u8) || (Name.StartsWith(":"u8) && !Name.ContainsAnyExcept(s_unknownNameCharacters)))
            Name = default;
        return true;
    }

    // Whether a number is the end of a name in perf's column of names ("         vhost 5") and no process, which perf would pad.
    private static bool EndsName(ReadOnlySpan<byte> text, int space, int digits) =>
        text.Length == NameWidth && text[0] == ' ' && text[space] == ' ' && space > 0 && text[space - 1] != ' ' && text.Length - digits < PidWidth;
}

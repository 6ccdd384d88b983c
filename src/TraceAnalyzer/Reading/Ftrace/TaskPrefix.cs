//              fio   477 [001]   193.137977324:    block:block_rq_issue: 259,0 R 131072 () 69944 + 256 [fio]
//             perf-462     [000] .....   180.672569: block_getrq: 254,0 RM 1048776 + 8 [perf]
using System.Buffers;

namespace TraceAnalyzer.Reading.Ftrace;

/// <summary>
/// What stands before an event's name: command name, process, CPU, flags, time. Command names may hold anything, colons, brackets and
/// numbers too, so it is read backwards from each colon that may end a time, until one has a CPU and a process before it.
/// </summary>
internal ref struct TaskPrefix
{
    private static readonly SearchValues<byte> s_groupCharacters = SearchValues.Create("0123456789- "u8);
    private static readonly SearchValues<byte> s_unknownNameCharacters = SearchValues.Create(":-0123456789"u8);

    /// <summary>Time in nanoseconds.</summary>
    public long TimeNs { get; private set; }

    /// <summary>The CPU; <see cref="BlockEvent.UnknownCpu"/> if it was not printed.</summary>
    public ushort Cpu { get; private set; }

    /// <summary>The thread, as blktrace has it; <see cref="BlockEvent.UnknownPid"/> if perf did not know it.</summary>
    public int Pid { get; private set; }

    /// <summary>Its command name; empty if the tracer did not know it.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>What follows: the event.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; }

    /// <summary>Reads the prefix of a line; false if it has none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out TaskPrefix prefix)
    {
        prefix = default;
        for (int colon = line.IndexOf((byte)':'); colon >= 0; colon = NextColon(line, colon))
        {
            if (TryReadTime(line[..colon], out int start, out long timeNs) && prefix.TryReadTask(line[..start]))
            {
                prefix.TimeNs = timeNs;
                prefix.Rest = line[(colon + 1)..].TrimStart((byte)' ');
                return true;
            }
        }

        return false;
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
        start = decimals > 0 ? StartOfDigits(text, decimals - 1) : 0;
        int places = text.Length - decimals;
        if (places is 0 or > 9 || start is 0 || start == decimals - 1 || text[decimals - 1] != '.' || text[start - 1] != ' ')
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

    private static int StartOfDigits(ReadOnlySpan<byte> text, int end)
    {
        while (end > 0 && char.IsAsciiDigit((char)text[end - 1]))
            end--;
        return end;
    }

    private bool TryReadTask(ReadOnlySpan<byte> text)
    {
        text = WithoutFlags(text.TrimEnd((byte)' '));
        return TryTakeCpu(ref text) && TryTakeGroup(ref text) && TryTakePid(text);
    }

    // "fio-625 [001] d..2." is "fio-625 [001]".
    private static ReadOnlySpan<byte> WithoutFlags(ReadOnlySpan<byte> text)
    {
        int space = text.LastIndexOf((byte)' ');
        ReadOnlySpan<byte> flags = text[(space + 1)..];
        ReadOnlySpan<byte> before = space < 0 ? default : text[..space].TrimEnd((byte)' ');
        bool isFlags = flags.Length is >= 4 and <= 8 && flags[0] is (byte)'.' or (byte)'d' or (byte)'D' or (byte)'b' or (byte)'X';
        return isFlags && before.EndsWith("]"u8) ? before : text;
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
        if (text[name] == '/')
            name = StartOfDigits(text, name) - 1;
        if (name < 0 || text[name] is not ((byte)' ' or (byte)'-'))
            return false;
        Pid = (int)pid;
        Name = text[..name].Trim((byte)' ');

        // What perf and ftrace print for a process that they do not know: ":-1   -1", ":625   625" and "<...>-625".
        if (Name.SequenceEqual(":-1"u8))
            Pid = BlockEvent.UnknownPid;
        if (Name.SequenceEqual("<...>"u8) || (Name.StartsWith(":"u8) && !Name.ContainsAnyExcept(s_unknownNameCharacters)))
            Name = default;
        return true;
    }
}

using TraceAnalyzer.Reading.Lines;

// 0.000771    sync           22177  nvme1n1 W 41963894   3072      0.11    0.47
namespace TraceAnalyzer.Reading.Biosnoop;

/// <summary>A line of biosnoop: one request, printed when it has completed.</summary>
internal ref struct BiosnoopLine
{
    private const int BytesWidth = 7;

    // The longest number below 2^32.
    private const int MostBytesDigits = 10;

    // Shorter times are padded with spaces.
    private const int TouchingDigits = 4;

    /// <summary>Time of completion, in nanoseconds since the first line's, or of the day where that is printed.</summary>
    public long CompleteNs { get; private set; }

    /// <summary>From issue to completion, in nanoseconds.</summary>
    public long LatencyNs { get; private set; }

    /// <summary>Time in the queue before the issue, in nanoseconds; negative if unknown.</summary>
    public long QueueNs { get; private set; }

    /// <summary>The process that started the request.</summary>
    public int Pid { get; private set; }

    /// <summary>Its command name, up to 14 bytes of it.</summary>
    public ReadOnlySpan<byte> Command { get; private set; }

    /// <summary>Name of the disk; empty if biosnoop did not know it.</summary>
    public ReadOnlySpan<byte> Disk { get; private set; }

    /// <summary>The letters; only <c>R</c> and <c>W</c> from bcc's own tool.</summary>
    public Rwbs Rwbs { get; private set; }

    /// <summary>What the request does to the data.</summary>
    public OperationClass Class { get; private set; }

    /// <summary>First sector.</summary>
    public ulong Sector { get; private set; }

    /// <summary>Length in bytes.</summary>
    public uint LengthBytes { get; private set; }

    /// <summary>Parses a line (without its newline). Command names may contain spaces, so it is read from both ends.</summary>
    /// <returns>False if it is not a request.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, BiosnoopColumns columns, out BiosnoopLine parsed)
    {
        parsed = default;
        ReadOnlySpan<byte> rest = line;
        bool isTimed = columns.HasTimeOfDay ? TryReadTimeOfDay(TakeFirst(ref rest), out long timeNs) : TryReadDecimal(TakeFirst(ref rest), 9, out timeNs);
        if (!isTimed)
            return false;

        ReadOnlySpan<byte> latency = TakeLast(ref rest);
        ReadOnlySpan<byte> queue = columns.HasQueueTime ? TakeLast(ref rest) : default;
        ReadOnlySpan<byte> bytes = default;
        if (columns.HasPattern)
        {
            ReadOnlySpan<byte> pattern = TakeLast(ref rest);
            if (pattern.IsEmpty || pattern[^1] is not ((byte)'S' or (byte)'R' or (byte)'?'))
                return false;
            bytes = pattern[..^1];
        }
        else if (columns.HasQueueTime)
        {
            bytes = TakeTouchingBytes(ref queue);
        }
        else
        {
            bytes = TakeTouchingBytes(ref latency);
        }

        long queueNs = -1;
        if (!TryReadDecimal(latency, 6, out long latencyNs) || (columns.HasQueueTime && !TryReadQueueTime(queue, out queueNs)))
            return false;
        parsed.CompleteNs = timeNs;
        parsed.LatencyNs = latencyNs;
        parsed.QueueNs = queueNs;

        if (bytes.IsEmpty)
            bytes = TakeLast(ref rest);
        ReadOnlySpan<byte> sector = TakeLast(ref rest);
        ReadOnlySpan<byte> letters = TakeLast(ref rest);
        return parsed.TryReadRequest(letters, sector, bytes) && parsed.TryReadProcess(rest);
    }

    private bool TryReadRequest(scoped ReadOnlySpan<byte> letters, scoped ReadOnlySpan<byte> sector, scoped ReadOnlySpan<byte> bytes)
    {
        if (!TryReadUnsigned(bytes, uint.MaxValue, 1u << 31, out ulong lengthBytes)
            || !TryReadUnsigned(sector, ulong.MaxValue, 1, out ulong first)
            || !Rwbs.TryParse(letters, out Rwbs rwbs))
        {
            return false;
        }

        Rwbs = rwbs;
        LengthBytes = (uint)lengthBytes;

        // A flush has the sector -1.
        Sector = first == ulong.MaxValue ? 0 : first;
        if (Sector > BlockEvent.MaxSector)
            return false;

        // bcc's own tool prints R for everything that is not a write, flushes too.
        Class = LengthBytes == 0 && rwbs == Rwbs.Of("R") ? OperationClass.Other : rwbs.Class;
        return true;
    }

    // "COMM PID DISK"; old versions leave the disk empty where they do not know it.
    private bool TryReadProcess(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> before = rest;
        ReadOnlySpan<byte> disk = TakeLast(ref before);
        ReadOnlySpan<byte> pid = TakeLast(ref before);
        if (!TryReadUnsigned(pid, int.MaxValue, 0, out ulong number))
        {
            before = rest;
            pid = TakeLast(ref before);
            disk = default;
            if (!TryReadUnsigned(pid, int.MaxValue, 0, out number))
                return false;
        }

        Pid = (int)number;
        Command = before.Trim((byte)' ');
        Disk = disk;

        // A request whose start biosnoop has not seen has the command "?" and process 0.
        if (Pid == 0 && Command.SequenceEqual("?"u8))
            Pid = BlockEvent.UnknownPid;
        return true;
    }

    // Not known: "-1.000".
    private static bool TryReadQueueTime(ReadOnlySpan<byte> text, out long queueNs)
    {
        bool isUnknown = text.StartsWith("-"u8);
        bool isNumber = TryReadDecimal(isUnknown ? text[1..] : text, 6, out queueNs);
        if (isUnknown)
            queueNs = -1;
        return isNumber;
    }

    // A number in units of 10^power, as an integer: as a double, the last places would change.
    private static bool TryReadDecimal(ReadOnlySpan<byte> text, int power, out long value)
    {
        value = 0;
        TextNumbers.Number whole = TextNumbers.Read(text, 0);
        if (whole.End is 0 or > 9 || whole.End + 1 >= text.Length || text[whole.End] != '.')
            return false;
        TextNumbers.Number fraction = TextNumbers.Read(text, whole.End + 1);
        int places = fraction.End - whole.End - 1;
        if (fraction.End != text.Length || places > power)
            return false;
        value = ((long)whole.Value * PowerOfTen(power)) + ((long)fraction.Value * PowerOfTen(power - places));
        return true;
    }

    // bcc prints BYTES, 7 wide, without a blank behind it: 7 digits and more touch what follows, from 1000.00 ms on. Of the places to cut
    // "131072010404.00" one alone leaves numbers that printf prints (no leading zero) and whole sectors; if not, it is not known, and nothing is cut.
    private static ReadOnlySpan<byte> TakeTouchingBytes(scoped ref ReadOnlySpan<byte> text)
    {
        int digits = text.IndexOf((byte)'.');
        int only = 0;
        int onlyOfSectors = 0;
        int possible = 0;
        int possibleOfSectors = 0;
        for (int length = BytesWidth; length <= Math.Min(digits - TouchingDigits, MostBytesDigits); length++)
        {
            if (text[0] == '0' || text[length] == '0' || !TryReadUnsigned(text[..length], uint.MaxValue, 0, out ulong bytes))
                continue;
            only = length;
            possible++;
            if (bytes % BlockEvent.SectorBytes == 0)
            {
                onlyOfSectors = length;
                possibleOfSectors++;
            }
        }

        int cut = possibleOfSectors == 1 ? onlyOfSectors : possible == 1 ? only : 0;
        ReadOnlySpan<byte> taken = text[..cut];
        text = text[cut..];
        return taken;
    }

    // "13:05:59.123", or without the fraction
    private static bool TryReadTimeOfDay(ReadOnlySpan<byte> text, out long timeNs)
    {
        timeNs = 0;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':')
            return false;
        TextNumbers.Number hours = TextNumbers.Read(text[..2], 0);
        TextNumbers.Number minutes = TextNumbers.Read(text[3..5], 0);
        TextNumbers.Number seconds = TextNumbers.Read(text[6..8], 0);
        if (hours.End != 2 || hours.Value > 23 || minutes.End != 2 || minutes.Value > 59 || seconds.End != 2 || seconds.Value > 60)
            return false;
        long secondsNs = (long)seconds.Value * 1_000_000_000;
        if (text.Length > 8 && !TryReadDecimal(text[6..], 9, out secondsNs))
            return false;
        timeNs = ((((long)hours.Value * 60) + (long)minutes.Value) * 60 * 1_000_000_000) + secondsNs;
        return true;
    }

    private static long PowerOfTen(int power)
    {
        long value = 1;
        for (; power > 0; power--)
            value *= 10;
        return value;
    }

    // Some versions print unsigned numbers as signed ones: up to maxNegative below zero, wrapped around max.
    private static bool TryReadUnsigned(ReadOnlySpan<byte> text, ulong max, ulong maxNegative, out ulong value)
    {
        bool isNegative = text.StartsWith("-"u8);
        if (isNegative)
            text = text[1..];
        TextNumbers.Number number = TextNumbers.Read(text, 0);
        value = isNegative ? max - number.Value + 1 : number.Value;
        return number.End > 0 && number.End == text.Length && number.Value <= (isNegative ? maxNegative : max) && !(isNegative && number.Value == 0);
    }

    private static ReadOnlySpan<byte> TakeFirst(scoped ref ReadOnlySpan<byte> text)
    {
        text = text.TrimStart((byte)' ');
        int end = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return word;
    }

    private static ReadOnlySpan<byte> TakeLast(scoped ref ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd((byte)' ');
        ReadOnlySpan<byte> word = text[(text.LastIndexOf((byte)' ') + 1)..];
        text = text[..^word.Length];
        return word;
    }
}

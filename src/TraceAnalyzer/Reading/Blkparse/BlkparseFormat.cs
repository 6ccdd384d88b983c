// '%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\n' prints
// 259,0    0    40380    52.239606900   820  G WSM 4194320 + 8 [python3]
using System.Buffers;
using System.Text;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Blkparse;

/// <summary>
/// A format given to blkparse's <c>-f</c>, compiled so that what was printed with it can be read back. Fields are matched as
/// printf pads them; where a field's end is open (names, numbers that touch), every end is tried until the rest fits.
/// </summary>
internal sealed class BlkparseFormat
{
    // Linux's command names have at most 15 (TASK_COMM_LEN).
    private const int MaxNameBytes = 16;

    private const int MaxWidth = 256;
    private const int NanosecondDigits = 9;

    // Enough to tell that a record starts, where records follow each other on one line.
    private const int LookaheadTokens = 6;

    private static readonly SearchValues<byte> s_payloadBytes = SearchValues.Create("0123456789abcdef ."u8);

    private readonly string _format;
    private readonly BlockAction? _statedAction;
    private readonly Rwbs? _statedRwbs;
    private readonly List<Token> _tokens = [];

    private BlkparseFormat(string format, ReadOptions options)
    {
        _format = format;
        _statedAction = options.BlkparseAction;
        _statedRwbs = options.BlkparseRwbs;
    }

    private enum Field
    {
        Literal,
        Action,
        Cgroup,
        Clock,
        Cpu,
        ElapsedUs,
        Error,
        LengthBytes,
        LengthSectors,
        Major,
        Minor,
        Nanoseconds,
        Payload,
        PayloadNumber,
        Pid,
        ProcessName,
        Rwbs,
        Seconds,
        Sector,
        Sequence,
    }

    /// <summary>True if every record is one line.</summary>
    public bool IsOneLine { get; private set; }

    /// <summary>Bytes that a record has at least, without its newline.</summary>
    public int ShortestLine => _tokens.Sum(token => token.Field switch
    {
        Field.Literal => token.Literal.Length,
        Field.Payload => 0,
        _ => Math.Max(token.Width, 1),
    }) - 1;

    /// <summary>True if times are finer than seconds, without which there are no latencies.</summary>
    public bool HasNanoseconds => Has(Field.Nanoseconds);

    /// <summary>What every line is taken for because the format does not print it, in words; empty if it prints all.</summary>
    public string Assumptions { get; private set; } = "";

    /// <summary>The format of <paramref name="options"/>, as it was given to blkparse: with <c>\n</c> and <c>\t</c> as two characters or as one. Null if there is none.</summary>
    /// <exception cref="TraceException">It cannot be understood, or lacks a field without which there is no event and whose value is not stated either.</exception>
    public static BlkparseFormat? Compile(ReadOptions options)
    {
        if (options.BlkparseFormat is not { } format)
            return null;
        var compiled = new BlkparseFormat(format, options);
        byte[] text = Encoding.UTF8.GetBytes(format);
        for (int i = 0; i < text.Length;)
        {
            i = text[i] switch
            {
                (byte)'%' => compiled.AddField(text, i + 1),
                (byte)'\\' => compiled.AddEscape(text, i + 1),
                byte literal => compiled.AddLiteral([literal], i + 1),
            };
        }

        compiled.RequireFields();
        compiled.AllowUnpaddedNanoseconds();
        compiled.IsOneLine = compiled._tokens[^1].Literal.EndsWith("\n"u8)
            && compiled._tokens.Sum(token => token.Literal.AsSpan().Count((byte)'\n')) == 1;
        return compiled;
    }

    /// <summary>Reads the record that <paramref name="text"/> starts with.</summary>
    /// <param name="text">Text from the start of a record on, as long as there is any.</param>
    /// <param name="endsInput">True if no record goes on after <paramref name="text"/>.</param>
    /// <param name="parsed">The event to fill in; all zero before. Undefined if there is no record.</param>
    /// <param name="processName">The command name of the event's process; empty if there is none.</param>
    /// <param name="length">The record's length in bytes.</param>
    /// <returns>False if there is no record, or it may go on after <paramref name="text"/>.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, bool endsInput, ref BlockEvent parsed, out ReadOnlySpan<byte> processName, out int length)
    {
        processName = default;
        length = 0;
        var match = new Match { Text = text, EndsInput = endsInput, TokenLimit = _tokens.Count };
        match.Event.Cpu = BlockEvent.UnknownCpu;
        match.Event.Pid = BlockEvent.UnknownPid;
        match.Event.Action = _statedAction ?? BlockAction.Unknown;
        match.Event.Rwbs = _statedRwbs ?? default;
        if (!TryMatch(0, 0, ref match))
            return false;

        parsed = match.Event;
        processName = match.Name;
        length = match.End;
        Finish(ref parsed, match);
        return true;
    }

    private int AddField(byte[] text, int i)
    {
        if (i == text.Length || text[i] == '%')
            return AddLiteral("%"u8, i + 1);

        bool leftAligned = text[i] == '-';
        if (leftAligned)
            i++;
        int width = 0;
        bool hasWidth = i < text.Length && char.IsAsciiDigit((char)text[i]);
        for (; i < text.Length && char.IsAsciiDigit((char)text[i]); i++)
            width = Math.Min((width * 10) + (text[i] - '0'), MaxWidth + 1);
        if (width > MaxWidth)
            throw Bad($"a width above {MaxWidth}");
        if (i == text.Length)
            throw Bad("a '%' without a field at the end");

        switch (text[i])
        {
            case (byte)'D':
                Add(Field.Major, 3, leftAligned: false);
                AddLiteral(","u8, i);
                Add(Field.Minor, 3, leftAligned: true);
                break;
            case (byte)'t':
                Add(Field.Nanoseconds, hasWidth ? Math.Max(width, 1) : 0, leftAligned: false);
                break;
            case (byte)'P':
                Add(Field.Payload, 0, leftAligned: false);
                break;
            default:
                if (FieldOf(text[i]) is Field field)
                    Add(field, width, leftAligned);
                else
                    AddLiteral(Pad(text[i], width, leftAligned), i);
                break;
        }

        return i + 1;
    }

    // What blkparse does with letters it doesn't know: prints them. To 1.2.0 'g' is one, which Field.Cgroup allows for.
    private static byte[] Pad(byte letter, int width, bool leftAligned)
    {
        string text = ((char)letter).ToString();
        return Encoding.Latin1.GetBytes(leftAligned ? text.PadRight(width) : text.PadLeft(width));
    }

    private static Field? FieldOf(byte letter) => (char)letter switch
    {
        'a' => Field.Action,
        'c' => Field.Cpu,
        'C' => Field.ProcessName,
        'd' => Field.Rwbs,
        'e' => Field.Error,
        'g' => Field.Cgroup,
        'm' => Field.Minor,
        'M' => Field.Major,
        'n' => Field.LengthSectors,
        'N' => Field.LengthBytes,
        'p' => Field.Pid,
        's' => Field.Sequence,
        'S' => Field.Sector,
        'T' => Field.Seconds,
        'u' => Field.ElapsedUs,
        'U' => Field.PayloadNumber,
        'z' => Field.Clock,
        _ => null,
    };

    private int AddEscape(byte[] text, int i)
    {
        byte literal = i == text.Length ? (byte)0 : text[i] switch
        {
            (byte)'a' => (byte)'\a',
            (byte)'b' => (byte)'\b',
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'\\' => (byte)'\\',
            _ => (byte)0,
        };
        return literal != 0 ? AddLiteral([literal], i + 1) : throw Bad("an escape other than \\a \\b \\n \\r \\t \\\\");
    }

    private int AddLiteral(ReadOnlySpan<byte> literal, int next)
    {
        if (_tokens.Count > 0 && _tokens[^1].Field == Field.Literal)
            _tokens[^1] = _tokens[^1] with { Literal = [.. _tokens[^1].Literal, .. literal] };
        else
            _tokens.Add(new Token(Field.Literal, 0, false, literal.ToArray()));
        return next;
    }

    private void Add(Field field, int width, bool leftAligned) => _tokens.Add(new Token(field, width, leftAligned, []));

    // Some versions print %t without leading zeros if no width is given. Digits that touch others must have all of them, to be told apart.
    private void AllowUnpaddedNanoseconds()
    {
        for (int i = 0; i < _tokens.Count; i++)
        {
            bool touches = (i > 0 && (_tokens[i - 1].Field != Field.Literal || char.IsAsciiDigit((char)_tokens[i - 1].Literal[^1]))) || TouchesNext(i);
            if (_tokens[i] is { Field: Field.Nanoseconds, Width: 0 } token)
                _tokens[i] = token with { Width = touches ? NanosecondDigits : 1 };
        }
    }

    private void RequireFields()
    {
        RequireOrState(
            "%a (action)", Field.Action, _statedAction is { } action ? $"every line {Name(action)}" : null,
            "if blktrace recorded or blkparse printed one action only, say which: --action issue, queue or complete");
        RequireOrState(
            "%d (rwbs)", Field.Rwbs, _statedRwbs is { } rwbs ? $"every line {rwbs}" : null,
            "if all lines are of one operation, say which: --operation read, write or other, or rwbs letters");
        Require("%T (seconds)", Field.Seconds);
        Require("%S (sector)", Field.Sector);
        Require("%n (sectors) or %N (bytes)", Field.LengthSectors, Field.LengthBytes);
    }

    private static string Name(BlockAction action) => action switch
    {
        BlockAction.Complete => "a completion",
        BlockAction.Queue => "a queueing",
        _ => "an issue",
    };

    private void RequireOrState(string what, Field field, string? stated, string advice)
    {
        if (Has(field))
            return;
        if (stated is null)
            throw Bad($"no {what}, without which events cannot be read; {advice}");
        Assumptions += $", {stated} as stated";
    }

    private void Require(string what, params ReadOnlySpan<Field> anyOf)
    {
        if (!Has(anyOf))
            throw Bad($"no {what}, without which events cannot be read");
    }

    private bool Has(params ReadOnlySpan<Field> anyOf)
    {
        foreach (Token token in _tokens)
        {
            if (anyOf.Contains(token.Field))
                return true;
        }

        return false;
    }

    private TraceException Bad(string found) =>
        new($"blkparse format '{_format.ReplaceLineEndings("\\n")}': expected the string given to blkparse -f; found {found}");

    // Matches the tokens from 'token' on at 'position'.
    private bool TryMatch(int token, int position, ref Match match)
    {
        for (; token < match.TokenLimit; token++)
        {
            Token current = _tokens[token];
            switch (current.Field)
            {
                case Field.Literal:
                    if (!TryMatchLiteral(current, token, ref position, ref match))
                        return false;
                    continue;
                case Field.ProcessName:
                    return TryMatchName(current, token, position, ref match);
                case Field.Payload:
                    return TryMatchPayload(token, position, ref match);
            }

            Extent extent = Measure(current, match.Text, position);
            // A field that other characters follow can only be as long as it is.
            int length = extent.MaxLength;
            for (; length > extent.MinLength && TouchesNext(token); length--)
            {
                if (TrySet(current.Field, match.Text.Slice(extent.Start, length), ref match)
                    && TryMatch(token + 1, extent.Start + length, ref match))
                {
                    return true;
                }
            }

            if (length < Math.Max(extent.MinLength, 1))
            {
                match.RanOut |= match.Text.Length - position < Math.Max(current.Width, 1);
                return false;
            }

            if (!TrySet(current.Field, match.Text.Slice(extent.Start, length), ref match))
                return false;
            position = extent.Start + length + extent.PaddingAfter;
        }

        match.End = position;
        return match.TokenLimit < _tokens.Count || IsOneLine || IsRecordEnd(position, ref match);
    }

    // True if the token's last character may be followed by one of its own kind.
    private bool TouchesNext(int token) => token + 1 == _tokens.Count || _tokens[token + 1].Field != Field.Literal
        || char.IsAsciiLetterOrDigit((char)_tokens[token + 1].Literal[0]);

    private bool TryMatchLiteral(Token current, int token, ref int position, ref Match match)
    {
        ReadOnlySpan<byte> text = match.Text[position..];
        ReadOnlySpan<byte> literal = current.Literal;
        if (text.StartsWith(literal))
        {
            position += literal.Length;
            return true;
        }

        if (!literal.StartsWith(text))
            return false;

        // The newline at the end of the input may be missing, if something else says that the record is whole.
        match.RanOut = true;
        bool isWhole = match.EndsInput && token == _tokens.Count - 1 && !text.IsEmpty && text.Length == literal.Length - 1 && literal[^1] == '\n';
        position += text.Length;
        return isWhole;
    }

    private bool TryMatchName(Token current, int token, int position, ref Match match)
    {
        ReadOnlySpan<byte> text = match.Text[position..];
        int longest = Math.Min(text.Length, Math.Max(MaxNameBytes, current.Width));
        int lineEnd = text[..longest].IndexOf((byte)'\n');
        longest = lineEnd < 0 ? longest : lineEnd;
        for (int length = Math.Max(current.Width, 1); length <= longest; length++)
        {
            if (!TryMatch(token + 1, position + length, ref match))
                continue;
            ReadOnlySpan<byte> name = text[..length];
            if (length == current.Width)
                name = name.Trim((byte)' ');
            match.Name = BlkparseLineParser.NameOrNone(name);
            return true;
        }

        match.RanOut |= longest == text.Length;
        return false;
    }

    // "00 00 00 12", with " .." for zeros left out; empty if there is none.
    private bool TryMatchPayload(int token, int position, ref Match match)
    {
        int longest = match.Text[position..].IndexOfAnyExcept(s_payloadBytes);
        longest = longest < 0 ? match.Text.Length - position : longest;
        for (int length = longest; length >= 0; length--)
        {
            if (TryMatch(token + 1, position + length, ref match))
                return true;
        }

        return false;
    }

    // Records that follow each other on one line: there must be another, or something else that blkparse prints, or nothing.
    private bool IsRecordEnd(int position, ref Match match)
    {
        ReadOnlySpan<byte> rest = match.Text[position..];
        if (rest.IsEmpty)
            return match.EndsInput;

        var next = new Match { Text = rest, EndsInput = match.EndsInput, TokenLimit = Math.Min(LookaheadTokens, _tokens.Count - 1) };
        if (TryMatchHead(ref next))
            return true;
        if (next.RanOut)
            return match.EndsInput;

        int newline = rest.IndexOf((byte)'\n');
        return BlkparseLineParser.LooksPrinted(rest) || (newline >= 0 && BlkparseSummary.IsSummaryLine(rest[..newline], out _));
    }

    private bool TryMatchHead(ref Match match)
    {
        // Names and payloads look ahead themselves; up to there is enough.
        for (int i = 0; i < match.TokenLimit; i++)
        {
            if (_tokens[i].Field is Field.ProcessName or Field.Payload)
                match.TokenLimit = i;
        }

        return TryMatch(0, 0, ref match);
    }

    // Where a field's value lies if it is as long as can be. printf pads with spaces up to the width.
    private static Extent Measure(Token token, ReadOnlySpan<byte> text, int position)
    {
        int start = position;
        int width = token.Width;
        if (!token.LeftAligned && token.Field != Field.Nanoseconds)
        {
            while (start < text.Length && start - position < width - 1 && text[start] == ' ')
                start++;
        }

        int length = 0;
        while (start + length < text.Length && IsPartOf(token.Field, text[start + length], length))
            length++;

        if (token.Field == Field.Nanoseconds)
            return new Extent(start, Math.Min(length, Math.Max(width, NanosecondDigits)), width, 0);
        if (start > position)
            return length < width - (start - position) ? default : new Extent(start, width - (start - position), width - (start - position), 0);
        if (!token.LeftAligned || length >= width)
            return length < width ? default : new Extent(start, length, Math.Max(width, 1), 0);

        int padding = 0;
        while (padding < width - length && start + length + padding < text.Length && text[start + length + padding] == ' ')
            padding++;
        return padding < width - length ? default : new Extent(start, length, length, padding);
    }

    private static bool IsPartOf(Field field, byte c, int index) => field switch
    {
        Field.Action => char.IsAsciiLetter((char)c),
        Field.Rwbs => char.IsAsciiLetterUpper((char)c),
        Field.Cgroup => char.IsAsciiHexDigitLower((char)c) || c is (byte)',' or (byte)'g',
        Field.Clock => char.IsAsciiDigit((char)c) || c is (byte)':' or (byte)'.',
        Field.Sequence or Field.Error or Field.Seconds => char.IsAsciiDigit((char)c) || (c == '-' && index == 0),
        _ => char.IsAsciiDigit((char)c),
    };

    private static bool TrySet(Field field, ReadOnlySpan<byte> value, ref Match match)
    {
        switch (field)
        {
            case Field.Action:
                match.Event.Action = BlockActions.FromLetters(value);
                return match.Event.Action != BlockAction.Unknown;
            case Field.Rwbs:
                return Rwbs.TryParse(value, out match.Event.Rwbs);
            case Field.Cgroup or Field.Clock:
                return true;
        }

        bool negative = value[0] == '-';
        if (negative)
            value = value[1..];
        TextNumbers.Number number = TextNumbers.Read(value, 0);
        return number.End == value.Length && number.End > 0 && TrySetNumber(field, number.Value, negative, ref match);
    }

    private static bool TrySetNumber(Field field, ulong value, bool negative, ref Match match)
    {
        ref BlockEvent e = ref match.Event;
        switch (field)
        {
            case Field.Cpu:
                e.Cpu = (ushort)value;
                return value < BlockEvent.UnknownCpu;
            case Field.Error:
                e.Error = negative ? (short)-(long)value : (short)value;
                return value <= ushort.MaxValue;
            case Field.LengthBytes:
                match.LengthBytes = (uint)value;
                match.HasLengthBytes = true;
                return value <= uint.MaxValue;
            case Field.LengthSectors:
                e.LengthSectors = (uint)value;
                return value <= BlkparseLineParser.MaxSectors;
            case Field.Major:
                match.Major = (uint)value;
                return value <= BlkparseLineParser.MaxMajor;
            case Field.Minor:
                match.Minor = (uint)value;
                return value <= BlkparseLineParser.MaxMinor;
            case Field.Nanoseconds:
                match.Nanoseconds = (long)value;
                return value < 1_000_000_000;
            case Field.PayloadNumber:
                match.PayloadNumber = value;
                return true;
            case Field.Pid:
                e.Pid = (int)value;
                return value <= uint.MaxValue;
            case Field.Seconds:
                match.Seconds = value;
                match.IsLate = negative;
                return BlkparseTime.TryTell(value, negative, 0, out _);
            case Field.Sector:
                e.Sector = value;
                return true;
            case Field.Sequence:
                e.Sequence = negative ? (uint)-(long)value : (uint)value;
                return value <= uint.MaxValue;
            default:
                return true;
        }
    }

    private static void Finish(ref BlockEvent e, in Match match)
    {
        BlkparseTime.TryTell(match.Seconds, match.IsLate, match.Nanoseconds, out e.TimeNs);
        e.Device = DeviceId.Of(match.Major, match.Minor);
        e.Class = e.Rwbs.Class;
        e.LengthBytes = match.HasLengthBytes ? match.LengthBytes : e.LengthSectors * BlockEvent.SectorBytes;
        if (match.HasLengthBytes)
            e.LengthSectors = match.LengthBytes / BlockEvent.SectorBytes;

        // Of other actions the payload is something else, or whatever lay in blkparse's memory.
        if (e.Action is BlockAction.Unplug or BlockAction.UnplugTimer)
            e.RelatedSector = match.PayloadNumber;
        else if (e.Action == BlockAction.Split && match.PayloadNumber > 0)
            e.RelatedSector = BlkparseLineParser.RestoreSplitSector(e.Sector, match.PayloadNumber);
        if (e.Action is not (BlockAction.Complete or BlockAction.Requeue))
            e.Error = 0;
    }

    private readonly record struct Token(Field Field, int Width, bool LeftAligned, byte[] Literal);

    // MinLength: a shorter value would have been padded.
    private readonly record struct Extent(int Start, int MaxLength, int MinLength, int PaddingAfter);

    private ref struct Match
    {
        public required ReadOnlySpan<byte> Text;
        public required bool EndsInput;
        public required int TokenLimit;
        public int End;
        public bool RanOut;
        public ReadOnlySpan<byte> Name;
        public BlockEvent Event;
        public uint Major;
        public uint Minor;
        public ulong Seconds;
        public bool IsLate;
        public long Nanoseconds;
        public uint LengthBytes;
        public bool HasLengthBytes;
        public ulong PayloadNumber;
    }
}

using System.Buffers;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Writing.Blkparse;

/// <summary>
/// Writes the text that blkparse 1.2.0 prints of a trace in its default format, with its summary and, where the trace is a per-CPU set, the list of files.
/// Time starts at the first event, as in blkparse. Messages that carry a cgroup's id, which that version does not print, are left out.
/// </summary>
internal sealed class BlkparseTextWriter : ITraceWriter
{
    private const long NsPerSecond = 1_000_000_000;

    private static readonly SearchValues<byte> s_perhapsHidden = SearchValues.Create([.. Enumerable.Range(0, 32).Select(value => (byte)value), 127, 0xC2]);

    private readonly WriteContext _context;
    private readonly OutputBuffer _output;
    private readonly BlkparseSummaryWriter _summary;
    private readonly Dictionary<Rwbs, byte[]> _letters = [];
    private readonly bool _isSet;
    private readonly TieOrder? _ties;
    private long _zeroNs = long.MinValue;

    private BlkparseTextWriter(Stream stream, WriteContext context)
    {
        _context = context;
        _output = new OutputBuffer(stream);

        // blkparse reads a set file by file, a dump or stream otherwise.
        _isSet = context.Source.Files.All(file => BlktraceSet.TrySplitName(file, out _, out _));
        _ties = _isSet ? new TieOrder() : null;
        _summary = new BlkparseSummaryWriter(_output, countsSkips: !_isSet);
    }

    /// <summary>Starts a text.</summary>
    public static ITraceWriter Create(Stream stream, WriteContext context) => new BlkparseTextWriter(stream, context);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads)
    {
        if (_ties is null)
        {
            foreach (ref readonly BlockEvent e in events)
                Write(e, payloads);
            return;
        }

        int start = 0;
        while (start < events.Length)
        {
            int end = start + 1;
            while (end < events.Length && events[end].TimeNs == events[start].TimeNs)
                end++;
            if (end == start + 1)
            {
                _ties.Print(events[start]);
                Write(events[start], payloads);
            }
            else
            {
                foreach (BlockEvent e in _ties.InOrder(events[start..end]))
                    Write(e, payloads);
            }

            start = end;
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<IoRequest> requests) => throw new NotSupportedException("blkparse prints events");

    /// <inheritdoc/>
    public void Finish()
    {
        if (_context.WallClock is not null)
            _context.NotCarried.Never("the wall clock");
        if (_context.StartNs is not (null or 0))
            _context.NotCarried.Never("the trace's clock (times count from the first event)");
        _summary.Write(_isSet ? _context.Source.Name : null);
        foreach (string file in _isSet ? _context.Source.Files : [])
        {
            // Packed or not, it is the file of this name.
            BlktraceSet.TrySplitName(file, out string name, out int cpu);
            _output.AppendUtf8(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Input file {name}.blktrace.{cpu} added\n"));
        }

        _output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Write(in BlockEvent e, EventPayloads payloads)
    {
        if (e.Action == BlockAction.Message)
        {
            WriteMessage(e, payloads.Take(e));
            return;
        }

        if (e.Action is BlockAction.Unknown or BlockAction.Abort or BlockAction.DriverData)
        {
            _context.NotCarried.Add("events of actions that blkparse does not print");
            return;
        }

        if (_zeroNs == long.MinValue)
            _zeroNs = e.TimeNs;
        if (e.Cpu == BlockEvent.UnknownCpu)
            _context.NotCarried.Add("events without a CPU, now of CPU 0");
        bool isPassthrough = Passthrough.Is(e);
        WriteHeader(e, LettersOf(e.Action));
        WriteRest(e, isPassthrough, isPassthrough && payloads.Count > 0 ? payloads.Take(e)?.Bytes ?? [] : []);
        _summary.Add(e, e.TimeNs - _zeroNs, isPassthrough);
    }

    // "259,0    0        1     0.000000000   241  Q WSM "
    private void WriteHeader(in BlockEvent e, ReadOnlySpan<byte> action)
    {
        WriteDeviceAndCpu(e);
        _output.AppendRight((int)e.Sequence, 8);
        WriteTimeAndPid(e);
        for (int i = action.Length; i < 2; i++)
            _output.Append((byte)' ');
        _output.Append(action);
        _output.Append((byte)' ');
        ReadOnlySpan<byte> rwbs = LettersOf(e.Rwbs);
        for (int i = rwbs.Length; i < 3; i++)
            _output.Append((byte)' ');
        _output.Append(rwbs);
        _output.Append((byte)' ');
    }

    private void WriteDeviceAndCpu(in BlockEvent e)
    {
        _output.AppendRight(e.Device.Major, 3);
        _output.Append((byte)',');
        _output.AppendLeft(e.Device.Minor, 3);
        _output.Append((byte)' ');
        _output.AppendRight(e.Cpu == BlockEvent.UnknownCpu ? 0 : e.Cpu, 2);
        _output.Append((byte)' ');
    }

    private void WriteTimeAndPid(in BlockEvent e)
    {
        long timeNs = Math.Max(0, e.TimeNs - _zeroNs);
        _output.Append((byte)' ');
        _output.AppendRight(timeNs / NsPerSecond, 5);
        _output.Append((byte)'.');
        _output.AppendRight(timeNs % NsPerSecond, 9, (byte)'0');
        _output.Append((byte)' ');
        _output.AppendRight(e.Pid == BlockEvent.UnknownPid ? 0 : (uint)e.Pid, 5);
        _output.Append((byte)' ');
    }

    private void WriteRest(in BlockEvent e, bool isPassthrough, ReadOnlySpan<byte> command)
    {
        switch (e.Action)
        {
            case BlockAction.Complete or BlockAction.Requeue:
                if (isPassthrough)
                {
                    WriteCommand(command);
                }
                else
                {
                    _output.AppendNumber(e.Sector);
                    WriteCount(e);
                    _output.Append((byte)' ');
                }

                // It prints the kernel's unsigned 16 bits.
                _output.Append((byte)'[');
                _output.AppendNumber((long)(ushort)e.Error);
                _output.Append("]\n"u8);
                break;

            case BlockAction.Issue or BlockAction.Insert or BlockAction.Queue or BlockAction.Bounce when isPassthrough:
                _output.AppendNumber((long)e.LengthBytes);
                _output.Append((byte)' ');
                WriteCommand(command);
                WriteName(e.Pid);
                _output.Append((byte)'\n');
                break;

            case BlockAction.Plug:
                WriteName(e.Pid);
                _output.Append((byte)'\n');
                break;

            case BlockAction.Unplug or BlockAction.UnplugTimer:
                WriteName(e.Pid);
                _output.Append((byte)' ');
                _output.AppendNumber((long)(uint)e.RelatedSector);
                _output.Append((byte)'\n');
                break;

            case BlockAction.Remap:
                _output.AppendNumber(e.Sector);
                _output.Append(" + "u8);
                _output.AppendNumber((long)e.LengthSectors);
                _output.Append(" <- ("u8);
                _output.AppendNumber((long)e.RelatedDevice.Major);
                _output.Append((byte)',');
                _output.AppendNumber((long)e.RelatedDevice.Minor);
                _output.Append(") "u8);
                _output.AppendNumber(e.RelatedSector);
                _output.Append((byte)'\n');
                break;

            case BlockAction.Split:
                // The lower 32 bits, as it prints them.
                _output.AppendNumber(e.Sector);
                _output.Append(" / "u8);
                _output.AppendNumber((long)(uint)e.RelatedSector);
                _output.Append((byte)' ');
                WriteName(e.Pid);
                _output.Append((byte)'\n');
                break;

            default:
                if (e.LengthSectors != 0)
                {
                    _output.AppendNumber(e.Sector);
                    WriteCount(e);
                    _output.Append((byte)' ');
                }

                WriteName(e.Pid);
                _output.Append((byte)'\n');
                break;
        }
    }

    private void WriteCount(in BlockEvent e)
    {
        if (e.LengthSectors == 0)
            return;
        _output.Append(" + "u8);
        _output.AppendNumber((long)e.LengthSectors);
    }

    // blkparse prints control characters as they are; on a terminal they could do anything, and a line feed would make two lines of one.
    private void AppendPrintable(ReadOnlySpan<byte> text)
    {
        int replaced = 0;
        for (int at; (at = text.IndexOfAny(s_perhapsHidden)) >= 0;)
        {
            // C1, which is 0x80 to 0x9F, in UTF-8; other letters begin alike.
            bool isTwoBytes = text[at] == 0xC2;
            bool isHidden = !isTwoBytes || (at + 1 < text.Length && text[at + 1] is >= 0x80 and < 0xA0);
            _output.Append(text[..(isHidden ? at : at + 1)]);
            if (isHidden)
                _output.Append((byte)'?');
            replaced += isHidden ? 1 : 0;
            text = text[(at + (isTwoBytes && isHidden ? 2 : 1))..];
        }

        _output.Append(text);
        _context.NotCarried.Add("control characters in names and messages (printed as ?)", replaced);
    }

    private void WriteName(int pid)
    {
        _output.Append((byte)'[');
        AppendPrintable(_context.Processes.Contains(pid) ? _context.Processes.FirstName(pid) : "(null)"u8);
        _output.Append((byte)']');
    }

    // The bytes in hexadecimal; what is zero to the end is "..".
    private void WriteCommand(ReadOnlySpan<byte> command)
    {
        if (command.IsEmpty)
            return;
        _output.Append((byte)'(');
        for (int i = 0; i < command.Length; i++)
        {
            if (i > 0)
                _output.Append((byte)' ');
            _output.Append("0123456789abcdef"u8[command[i] >> 4]);
            _output.Append("0123456789abcdef"u8[command[i] & 15]);
            if (command[i] == 0 && !command[i..].ContainsAnyExcept((byte)0))
            {
                _output.Append(" .."u8);
                break;
            }
        }

        _output.Append(") "u8);
    }

    private void WriteMessage(in BlockEvent e, EventPayload? payload)
    {
        if (payload is null || payload.CgroupId is not null)
        {
            _context.NotCarried.Add("kernel messages");
            return;
        }

        if (_zeroNs == long.MinValue)
            _zeroNs = e.TimeNs;
        WriteDeviceAndCpu(e);
        _output.Append("       0"u8);
        WriteTimeAndPid(e);
        _output.Append(" m   N "u8);
        AppendPrintable(payload.Bytes);
        _output.Append((byte)'\n');
        _summary.AddMessage(e, e.TimeNs - _zeroNs);
    }

    private static ReadOnlySpan<byte> LettersOf(BlockAction action) => action switch
    {
        BlockAction.Queue => "Q"u8,
        BlockAction.BackMerge => "M"u8,
        BlockAction.FrontMerge => "F"u8,
        BlockAction.GetRequest => "G"u8,
        BlockAction.SleepRequest => "S"u8,
        BlockAction.Requeue => "R"u8,
        BlockAction.Issue => "D"u8,
        BlockAction.Complete => "C"u8,
        BlockAction.Plug => "P"u8,
        BlockAction.Unplug => "U"u8,
        BlockAction.UnplugTimer => "UT"u8,
        BlockAction.Insert => "I"u8,
        BlockAction.Split => "X"u8,
        BlockAction.Bounce => "B"u8,
        _ => "A"u8,
    };

    private ReadOnlySpan<byte> LettersOf(Rwbs rwbs)
    {
        if (!_letters.TryGetValue(rwbs, out byte[]? letters))
            _letters.Add(rwbs, letters = System.Text.Encoding.ASCII.GetBytes(rwbs.ToString()));
        return letters;
    }
}

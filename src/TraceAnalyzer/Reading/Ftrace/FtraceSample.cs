using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Ftrace;

/// <summary>What the first lines of a text show about the whole: whether a tracer wrote it, and what keeps it from being read as a block trace.</summary>
internal readonly record struct FtraceSample
{
    // perf script prints events in the order of their times. One step back in so many steps is no accident, nor one of few short files joined.
    private const int StepsForEachStepBack = 32;

    /// <summary>True if most lines are those of perf script, trace-cmd or ftrace, whatever they traced.</summary>
    public bool IsTracerText { get; private init; }

    /// <summary>Why no event can be read, and what to do; null if one can, or if there is none.</summary>
    public string? Fault { get; private init; }

    /// <summary>Why the times of the events cannot be used, although they can be read; null if they can.</summary>
    public string? FaultOfTimes { get; private init; }

    /// <summary>True if one of the lines is an event of the block layer that can be read.</summary>
    public static bool HasEvent(ReadOnlySpan<byte> text)
    {
        for (int found = text.IndexOf("block_"u8); found >= 0; found = text.IndexOf("block_"u8))
        {
            int start = text[..found].LastIndexOf((byte)'\n') + 1;
            var lines = new TextLines(text[start..]);
            _ = lines.MoveNext();
            BlockEvent parsed = default;
            if (FtraceLineParser.Parse(lines.Line, ref parsed, out _, out _) == FtraceLine.Event)
                return true;
            text = text[(start + lines.Length)..];
        }

        return false;
    }

    /// <summary>Looks at the first <see cref="TraceFormat.SniffBytes"/> of <paramref name="text"/>.</summary>
    public static FtraceSample Of(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, TraceFormat.SniffBytes)];
        var count = default(Counts);
        var lines = new TextLines(text);
        while (lines.MoveNext())
        {
            // The last line may be cut.
            if (lines.IsTerminated)
                count.Add(lines.Line);
        }

        return new FtraceSample { IsTracerText = count.HasHeading || count.TracerLines > count.OtherLines, Fault = count.Fault(), FaultOfTimes = count.FaultOfTimes() };
    }

    private struct Counts
    {
        private long _readable;
        private long _withoutTime;
        private long _withoutClock;
        private long _withoutName;
        private long _withoutFields;
        private long _raw;
        private long _firstNs;
        private long _lastNs;
        private long _timed;
        private long _stepsBack;
        private long _belowSecond;

        public bool HasHeading { get; private set; }

        public long TracerLines { get; private set; }

        public long OtherLines { get; private set; }

        public void Add(ReadOnlySpan<byte> line)
        {
            BlockEvent parsed = default;
            switch (FtraceLineParser.Parse(line, ref parsed, out _, out _))
            {
                case FtraceLine.Event:
                    _readable++;
                    TracerLines++;
                    AddTime(line);
                    break;
                case FtraceLine.OtherEvent:
                    AddOther(line);
                    break;
                case FtraceLine.NoEvent:
                    HasHeading |= line.StartsWith("# tracer: "u8);
                    TracerLines += TaskPrefix.TryRead(line, out _) ? 1 : 0;
                    break;
                default:
                    AddUnreadable(line);
                    break;
            }
        }

        public readonly string? FaultOfTimes()
        {
            // The times between events are short.
            bool areSteps = _timed > 2 && _stepsBack > 0 && _stepsBack * StepsForEachStepBack >= _timed - 1 && (_firstNs == 0 || _stepsBack > 1);
            return areSteps && _belowSecond * 2 > _timed
                ? "its times are those between events (perf script --deltatime), each cut to its last digit, and do not add up to a clock; print it without --deltatime, or with --reltime"
                : null;
        }

        public readonly string? Fault()
        {
            long most = Math.Max(Math.Max(_withoutTime, _withoutClock), Math.Max(_withoutName, Math.Max(_withoutFields, _raw)));
            if (_readable > 0 || most == 0)
                return null;
            if (most == _withoutClock)
                return "its times are ticks of a trace clock (counter, uptime, x86-tsc), not seconds; trace with the clock mono ('trace-cmd record -C mono', 'echo mono > trace_clock')";
            if (most == _raw)
                return "its events are printed field by field (trace-cmd report -R, ftrace's option fields); print them without";
            string lacks = most == _withoutName ? "names of events" : most == _withoutFields ? "fields of the events" : "times in seconds";
            return $"events of the block layer without {lacks}; print them with 'perf script -F comm,tid,cpu,time,event,trace', or from ftrace with the option context-info";
        }

        private void AddOther(ReadOnlySpan<byte> line)
        {
            _ = TaskPrefix.TryRead(line, out TaskPrefix prefix);
            ReadOnlySpan<byte> rest = prefix.Rest;
            if (new FieldCursor(rest).TryReadDevice(out _))
            {
                _withoutName++;
                TracerLines++;
                return;
            }

            bool isTracers = prefix.Cpu != BlockEvent.UnknownCpu || HasSystem(rest);
            TracerLines += isTracers ? 1 : 0;
            OtherLines += isTracers ? 0 : 1;
            AddTime(line);
        }

        // Only perf prints differences, and only perf prints systems.
        private void AddTime(ReadOnlySpan<byte> line)
        {
            if (!TaskPrefix.TryRead(line, out TaskPrefix prefix) || !HasSystem(prefix.Rest))
                return;
            if (_timed++ == 0)
                _firstNs = prefix.TimeNs;
            else if (prefix.TimeNs < _lastNs)
                _stepsBack++;
            _belowSecond += prefix.TimeNs < 1_000_000_000 ? 1 : 0;
            _lastNs = prefix.TimeNs;
        }

        private void AddUnreadable(ReadOnlySpan<byte> line)
        {
            int name = line.IndexOf("block_"u8);
            int colon = name < 0 ? -1 : line[name..].IndexOf((byte)':');
            if (colon >= 0 && TracepointBody.IsEvent(line.Slice(name + "block_"u8.Length, colon - "block_"u8.Length)))
            {
                TracerLines++;
                AddUnreadable(line, line[..name], line[(name + colon + 1)..].Trim((byte)' '));
                return;
            }

            int rest = line.IndexOf((byte)':') + 1;
            bool isWithoutName = IsFieldsOfRequest(line[rest..].TrimStart((byte)' '));
            _withoutName += isWithoutName ? 1 : 0;
            TracerLines += isWithoutName ? 1 : 0;
            OtherLines += isWithoutName ? 0 : 1;
        }

        private void AddUnreadable(ReadOnlySpan<byte> line, ReadOnlySpan<byte> before, ReadOnlySpan<byte> fields)
        {
            if (TaskPrefix.TryRead(line, out _))
            {
                _withoutFields += fields.IsEmpty ? 1 : 0;
                _raw += fields.StartsWith("dev="u8) ? 1 : 0;
                return;
            }

            before = before.TrimEnd(" "u8);
            bool hasTicks = before.Length > 1 && before[^1] == ':' && char.IsAsciiDigit((char)before[^2]);
            _withoutClock += hasTicks ? 1 : 0;
            _withoutTime += hasTicks ? 0 : 1;
        }

        // "254,0 RS 131072 () 46804992 + 256 [dd]"
        private static bool IsFieldsOfRequest(ReadOnlySpan<byte> text)
        {
            var cursor = new FieldCursor(text);
            return cursor.TryReadDevice(out _) && cursor.TryReadWord(out ReadOnlySpan<byte> letters) && Rwbs.TryParse(letters, out _) && cursor.Rest.IndexOf("() "u8) >= 0;
        }

        private static bool HasSystem(ReadOnlySpan<byte> text)
        {
            int space = text.IndexOf((byte)' ');
            ReadOnlySpan<byte> name = space < 0 ? text : text[..space];
            return name.EndsWith(":"u8) && name[..^1].Contains((byte)':');
        }
    }
}

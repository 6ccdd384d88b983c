using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Biosnoop;

/// <summary>
/// Reads the output of biosnoop, bcc's and that of its libbpf-tools. A line is a request that has completed: its completion is at the time
/// printed, its issue earlier by the latency, its queueing, if printed, earlier by the time in the queue. Disks are named, not numbered:
/// see <see cref="Devices"/>.
/// </summary>
public sealed class BiosnoopReader : TextTraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "biosnoop text";

    // Shorter than anything that a line of events, or a prompt (a@b:~$), is.
    private const int ShortestLine = 6;

    private readonly BiosnoopColumns _columns;
    private DayCounter _days;

    private BiosnoopReader(TraceParts parts)
        : base(parts, FormatName)
    {
        TraceInput input = parts.Inputs.Single();
        _columns = BiosnoopColumns.FindIn(input.First.Span) ?? throw new TraceException($"{input.Name}: no line of headings (TIME(s) COMM PID DISK T SECTOR BYTES ... LAT(ms))");
    }

    /// <summary>The disks met so far.</summary>
    public override DeviceNames Devices { get; } = new();

    /// <inheritdoc/>
    public override bool HasCompletions => true;

    /// <summary>False: lines are in the order of the completions, of each CPU.</summary>
    public override bool PromisesTimeOrder => false;

    /// <summary>True if there is a line of biosnoop's headings.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options) => BiosnoopColumns.FindIn(bytes) is not null;

    /// <summary>Opens a text; <paramref name="parts"/> has one input.</summary>
    /// <exception cref="TraceException">The line of headings is missing.</exception>
    public static BiosnoopReader Open(TraceParts parts, ReadOptions options) => new(parts);

    /// <inheritdoc/>
    public override bool ReadChunk(TraceChunk chunk)
    {
        bool hasBytes = base.ReadChunk(chunk);
        chunk.TimeBeforeNs = _days.LastNs;
        var lines = new TextLines(chunk.Bytes) { Shortest = ShortestLine };
        while (lines.MoveNext())
        {
            if (!BiosnoopLine.TryParse(ToolLines.WithoutInterrupt(lines.Line), _columns, out BiosnoopLine line))
                continue;
            Devices.Observe(line.Disk);
            if (_columns.HasTimeOfDay)
                _days.Next(line.CompleteNs);
        }

        return hasBytes;
    }

    /// <inheritdoc/>
    public override void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        var days = new DayCounter(chunk.TimeBeforeNs);
        var lines = new TextLines(chunk.Bytes) { Shortest = ShortestLine };
        while (lines.MoveNext())
        {
            if (lines.TooShort > 0)
            {
                LineChunker.CountNotUnderstood(chunk, lines.Start, lines.Length, batch, lines.TooShort);
                continue;
            }

            // Without a newline the last number may have lost digits.
            if (lines.IsTerminated && BiosnoopLine.TryParse(ToolLines.WithoutInterrupt(lines.Line), _columns, out BiosnoopLine line))
            {
                Append(line, _columns.HasTimeOfDay ? days.Next(line.CompleteNs) : line.CompleteNs, batch);
                batch.UnderstoodBytes += lines.Length;
            }
            else if (IsOtherLine(lines.Line, out long lostEvents))
            {
                batch.UnderstoodBytes += lines.Length;
                batch.Diagnostics.Add(ReadCounter.LostEvents, lostEvents);
            }
            else
            {
                LineChunker.CountNotUnderstood(chunk, lines.Start, lines.Length, batch);
            }
        }
    }

    private void Append(in BiosnoopLine line, long completeNs, EventBatch batch)
    {
        if (line.Pid != BlockEvent.UnknownPid)
            batch.Processes.Observe(line.Pid, line.Command);
        DeviceId device = Devices.Find(line.Disk);
        long issueNs = completeNs - line.LatencyNs;
        if (line.QueueNs >= 0)
            Append(line, BlockAction.Queue, issueNs - line.QueueNs, device, batch);
        Append(line, BlockAction.Issue, issueNs, device, batch);
        Append(line, BlockAction.Complete, completeNs, device, batch);
    }

    private static void Append(in BiosnoopLine line, BlockAction action, long timeNs, DeviceId device, EventBatch batch)
    {
        ref BlockEvent e = ref batch.Append();
        e.TimeNs = timeNs;
        e.Sector = line.Sector;
        e.Rwbs = line.Rwbs;
        e.LengthBytes = line.LengthBytes;
        e.LengthSectors = (uint)(((ulong)line.LengthBytes + BlockEvent.SectorBytes - 1) / BlockEvent.SectorBytes);
        e.Device = device;
        e.Pid = line.Pid;
        e.Cpu = BlockEvent.UnknownCpu;
        e.Action = action;
        e.Class = line.Class;
    }

    // Headings, empty lines, and losses: "lost 12 events on CPU #3" (libbpf-tools), "Possibly lost 12 samples" (bcc).
    private static bool IsOtherLine(ReadOnlySpan<byte> line, out long lostEvents)
    {
        lostEvents = 0;
        if (line.IsEmpty)
            return true;
        if (line[0] == 'T' && BiosnoopColumns.Parse(line) is not null)
            return true;
        if (line[0] is not ((byte)'P' or (byte)'l'))
            return ToolLines.IsToolLine(line, out lostEvents);
        var cursor = new FieldCursor(line);
        _ = cursor.TrySkip("Possibly "u8);
        if (!cursor.TrySkip("lost "u8) || !cursor.TryReadNumber(int.MaxValue, out ulong count))
            return ToolLines.IsToolLine(line, out lostEvents);
        lostEvents = (long)count;
        return cursor.Rest.StartsWith("events on CPU"u8) || cursor.Rest.StartsWith("samples"u8);
    }
}

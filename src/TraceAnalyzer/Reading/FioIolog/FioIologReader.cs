using System.Collections.Concurrent;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.FioIolog;

/// <summary>
/// Reads I/O logs of fio (<c>write_iolog</c>), versions 2 and 3: what a job asked for, before file system, page cache and block layer. Each read,
/// write, trim and sync is an issue event; files are devices (see <see cref="Devices"/>), addresses are relative to the file.
/// </summary>
public sealed class FioIologReader : TextTraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "fio I/O log";

    private readonly int _version;

    // Version 2 tells the time by waiting only: the time at each chunk's start, so that chunks can be decoded in any order.
    private readonly ConcurrentDictionary<long, long> _startNs = new();
    private long _waitedNs;

    private FioIologReader(TraceParts parts)
        : base(parts, FormatName) => _version = VersionOf(parts.Inputs.Single().First.Span);

    /// <summary>The files met so far.</summary>
    public override DeviceNames Devices { get; } = new();

    /// <inheritdoc/>
    public override bool HasCompletions => false;

    /// <summary>True if the first line is that of an I/O log of version 2 or 3.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options) => VersionOf(bytes) > 0;

    /// <summary>Opens a log; <paramref name="parts"/> has one input.</summary>
    public static FioIologReader Open(TraceParts parts, ReadOptions options) => new(parts);

    /// <inheritdoc/>
    public override bool ReadChunk(TraceChunk chunk)
    {
        bool hasBytes = base.ReadChunk(chunk);
        if (hasBytes)
            _startNs[chunk.Slices[0].FileOffset] = _waitedNs;
        var lines = new TextLines(chunk.Bytes);
        while (lines.MoveNext())
        {
            if (!FioIologLine.TryParse(lines.Line, _version, out FioIologLine line))
                continue;
            if (line.WaitUntilMilliseconds < 0)
                Devices.Observe(line.File);
            Wait(line, ref _waitedNs);
        }

        return hasBytes;
    }

    /// <inheritdoc/>
    public override void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        long waitedNs = chunk.Slices.Count > 0 ? _startNs[chunk.Slices[0].FileOffset] : 0;
        var lines = new TextLines(chunk.Bytes);
        while (lines.MoveNext())
        {
            // Without a newline the last number may have lost digits.
            bool isRead = FioIologLine.TryParse(lines.Line, _version, out FioIologLine line) && (lines.IsTerminated || line.Rwbs == default);
            if (!isRead && !lines.Line.IsEmpty && !IsFirstLine(chunk, lines))
            {
                LineChunker.CountNotUnderstood(chunk, lines.Start, lines.Length, batch);
                continue;
            }

            batch.UnderstoodBytes += lines.Length;
            if (!isRead)
                continue;
            Wait(line, ref waitedNs);
            if (line.Rwbs != default)
                Append(line, waitedNs, batch);
        }
    }

    private static bool IsFirstLine(TraceChunk chunk, in TextLines lines) =>
        lines.Start == 0 && chunk.Slices[0].FileOffset == 0 && VersionOf(chunk.Bytes) > 0;

    // All waits are for a time since the start of the job, so one that is over waits no more.
    private static void Wait(in FioIologLine line, ref long waitedNs) => waitedNs = Math.Max(waitedNs, line.WaitUntilMilliseconds * 1_000_000);

    private static int VersionOf(ReadOnlySpan<byte> text)
    {
        var lines = new TextLines(text);
        _ = lines.MoveNext();
        if (lines.Line.SequenceEqual("fio version 3 iolog"u8))
            return 3;
        return lines.Line.SequenceEqual("fio version 2 iolog"u8) ? 2 : 0;
    }

    private void Append(in FioIologLine line, long waitedNs, EventBatch batch)
    {
        // Bytes need not fill sectors: those touched count.
        ulong sector = line.OffsetBytes / BlockEvent.SectorBytes;
        ulong lastSector = line.LengthBytes == 0 ? sector : (line.OffsetBytes + line.LengthBytes - 1) / BlockEvent.SectorBytes;
        ref BlockEvent e = ref batch.Append();
        e.TimeNs = _version == 2 ? waitedNs : line.TimeMicroseconds * 1000;
        e.Sector = sector;
        e.Rwbs = line.Rwbs;
        e.LengthBytes = line.LengthBytes;
        e.LengthSectors = line.LengthBytes == 0 ? 0 : (uint)(lastSector - sector + 1);
        e.Device = Devices.Find(line.File);
        e.Pid = BlockEvent.UnknownPid;
        e.Cpu = BlockEvent.UnknownCpu;
        e.Action = BlockAction.Issue;
        e.Class = line.Rwbs.Class;
    }
}

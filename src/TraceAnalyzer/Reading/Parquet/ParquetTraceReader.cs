using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>
/// Reads Parquet files that this tool wrote, or that an engine wrote of their columns: events as they are, requests taken apart into events again.
/// The devices of a set are merged by time. Of each a row group is read as a whole; chunks are cut from the events.
/// </summary>
public sealed class ParquetTraceReader : ITraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "Parquet of this tool";

    private const int EventsPerChunk = 4096;

    private readonly string _name;
    private readonly List<ParquetLane> _lanes = [];
    private readonly ReadDiagnostics _losses = new();
    private bool _toldClocks;

    private ParquetTraceReader(string name, string folder, IReadOnlyList<HiveDevice> devices, HiveRun? set)
    {
        _name = name;
        string[] files = [.. devices.SelectMany(device => device.Files).Select(nameOf)];
        try
        {
            foreach (HiveDevice device in devices)
                _lanes.Add(new ParquetLane([.. device.Files.Select(file => (file, nameOf(file)))], device.Device));
        }
        catch
        {
            Dispose();
            throw;
        }

        string content = _lanes[0].Content;
        if (_lanes.Find(lane => lane.Content != content) is { } other)
            throw new TraceException($"{folder}: some files hold {content}, others {other.Content}; expected files that 'traceanalyzer convert' wrote in one go");
        ParquetPart[] parts = [.. _lanes.SelectMany(lane => lane.Parts)];
        if (set is not null)
            ParquetPart.CountMissing(parts, set.IsWhole, _losses);
        CarriedLosses.Add(parts.FirstOrDefault(part => part.Integrity is not null)?.Integrity ?? "", content, _losses);
        Devices = DeviceNamesOf(_lanes.Select(lane => lane.Metadata.GetValueOrDefault(ParquetKeys.DeviceNames, "")).MaxBy(names => names.Length)!);
        Source = new TraceSource(_name, $"{FormatName}, {content}", files);

        string nameOf(string file) => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
    }

    /// <inheritdoc/>
    public TraceSource Source { get; }

    /// <inheritdoc/>
    public bool HasCompletions => true;

    /// <inheritdoc/>
    public bool PromisesTimeOrder => false;

    /// <inheritdoc/>
    public DeviceNames? Devices { get; }

    /// <summary>True if the bytes start as every Parquet file does.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options) => bytes.StartsWith("PAR1"u8);

    /// <summary>Opens a file, or the files of a run of a set.</summary>
    /// <exception cref="TraceException">It is not a plain file, is damaged, or has not the columns of this tool.</exception>
    public static ParquetTraceReader Open(TraceParts parts, ReadOptions options)
    {
        TraceInput input = parts.Inputs[0];
        if (input.Path is null || !StartsAsParquet(input.Path))
            throw new TraceException($"{input.Name}: Parquet can only be read from a plain file, not from a pipe or packed");
        ParquetTraceReader reader = input.Set is { } set
            ? new ParquetTraceReader(parts.Name, set.Folder, set.Devices, set)
            : new ParquetTraceReader(parts.Name, Path.GetDirectoryName(Path.GetFullPath(input.Path))!, [new HiveDevice(DeviceId.Unknown, [Path.GetFullPath(input.Path)])], set: null);
        input.Dispose();
        return reader;
    }

    /// <inheritdoc/>
    public bool ReadChunk(TraceChunk chunk)
    {
        chunk.Clear();
        chunk.InputBytes = 0;
        chunk.Diagnostics.Merge(_losses);
        _losses.Clear();
        using var messages = new MemoryStream();
        int count = 0;
        long lastNs = long.MinValue;
        while (count < EventsPerChunk && EarliestLane(chunk, out long nextOtherNs) is { } lane)
        {
            // Up to the next event of another device; a run of these, as a loop over single events would be slow.
            ReadOnlySpan<BlockEvent> ready = lane.Ready;
            int length = 1;
            int most = Math.Min(ready.Length, EventsPerChunk - count);
            while (length < most && ready[length].TimeNs < nextOtherNs)
                length++;
            ready = ready[..length];
            chunk.Append(MemoryMarshal.AsBytes(ready));
            TakeMessages(lane, ready, count, messages);
            lastNs = Math.Max(lastNs, ready[^1].TimeNs);
            lane.Take(length);
            count += length;
        }

        if (count == 0)
            return false;
        chunk.Slices.Add(new ChunkSlice(0, chunk.Length, _name, 0));
        Append(chunk, TakeNames(lastNs));
        Append(chunk, messages.ToArray());
        Append(chunk, TakeClocks());
        return true;
    }

    /// <inheritdoc/>
    public void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        if (chunk.Slices.Count == 0)
            return;
        ReadOnlySpan<BlockEvent> events = MemoryMarshal.Cast<byte, BlockEvent>(BytesOf(chunk, 0));
        foreach (ref readonly BlockEvent e in events)
            batch.Append() = e;
        batch.UnderstoodBytes = chunk.InputBytes;
        for (ReadOnlySpan<byte> rest = BytesOf(chunk, 1); !rest.IsEmpty;)
        {
            int pid = BinaryPrimitives.ReadInt32LittleEndian(rest);
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            batch.Processes.Observe(pid, rest.Slice(8, length));
            rest = rest[(8 + length)..];
        }

        for (ReadOnlySpan<byte> rest = BytesOf(chunk, 2); !rest.IsEmpty;)
        {
            int place = BinaryPrimitives.ReadInt32LittleEndian(rest);
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            batch.Payloads.Add(events[place], rest.Slice(8, length), cgroupId: null);
            rest = rest[(8 + length)..];
        }

        ReadOnlySpan<byte> clocks = BytesOf(chunk, 3);
        if (clocks.Length >= sizeof(long))
            batch.StartNs = BinaryPrimitives.ReadInt64LittleEndian(clocks);
        if (clocks.Length == 3 * sizeof(long))
            batch.WallClock = new WallClockAnchor(BinaryPrimitives.ReadInt64LittleEndian(clocks[8..]), BinaryPrimitives.ReadInt64LittleEndian(clocks[16..]));
    }

    /// <inheritdoc/>
    public void Dispose() => _lanes.ForEach(lane => lane.Dispose());

    private static bool StartsAsParquet(string path)
    {
        Span<byte> first = stackalloc byte[4];
        using FileStream stream = File.OpenRead(path);
        return stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && Sniff(first, new ReadOptions());
    }

    // Numbers that were made for names stand in their order, which is how they were given.
    private static DeviceNames? DeviceNamesOf(string text)
    {
        if (text.Length == 0)
            return null;
        var names = new DeviceNames(isComplete: true);
        foreach (string line in text.Split('\n'))
        {
            string[] sides = line.Split('=', 2);
            if (!DeviceId.TryParse(sides[0], out DeviceId device))
                return null;
            names.Give(sides[^1], device);
        }

        return names;
    }

    // The lane whose next event is the earliest, and the time of the next event of any other.
    private ParquetLane? EarliestLane(TraceChunk chunk, out long nextOtherNs)
    {
        nextOtherNs = long.MaxValue;
        long earliestNs = long.MaxValue;
        ParquetLane? earliest = null;
        foreach (ParquetLane lane in _lanes)
        {
            if (!lane.HasNext(chunk))
                continue;
            long timeNs = lane.Ready[0].TimeNs;
            if (earliest is null || timeNs < earliestNs)
            {
                nextOtherNs = earliestNs;
                earliestNs = timeNs;
                earliest = lane;
            }
            else
            {
                nextOtherNs = Math.Min(nextOtherNs, timeNs);
            }
        }

        return earliest;
    }

    private void Append(TraceChunk chunk, ReadOnlySpan<byte> bytes)
    {
        chunk.Slices.Add(new ChunkSlice(chunk.Length, bytes.Length, _name, 0));
        chunk.Append(bytes);
    }

    private static ReadOnlySpan<byte> BytesOf(TraceChunk chunk, int slice) => chunk.Bytes.Slice(chunk.Slices[slice].Start, chunk.Slices[slice].Length);

    // With the first chunk: when the trace started, and a moment on both clocks, if the file tells.
    private byte[] TakeClocks()
    {
        if (_toldClocks)
            return [];
        _toldClocks = true;
        if (!TryGetNumber(ParquetKeys.StartNs, out long startNs))
            return [];
        bool tellsWallClock = TryGetNumber(ParquetKeys.WallClockTraceNs, out long traceNs) & TryGetNumber(ParquetKeys.WallClockUnixNs, out long unixNs);
        byte[] clocks = new byte[tellsWallClock ? 3 * sizeof(long) : sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(clocks, startNs);
        if (tellsWallClock)
        {
            BinaryPrimitives.WriteInt64LittleEndian(clocks.AsSpan(8), traceNs);
            BinaryPrimitives.WriteInt64LittleEndian(clocks.AsSpan(16), unixNs);
        }

        return clocks;
    }

    private bool TryGetNumber(string key, out long number)
    {
        number = 0;
        return _lanes[0].Metadata.TryGetValue(key, out string? text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    // Those told up to a time, of all lanes in the order of time.
    private byte[] TakeNames(long untilNs)
    {
        using var bytes = new MemoryStream();
        while (_lanes.Where(lane => lane.Named.TryPeek(out NamedProcess next) && next.TimeNs <= untilNs).MinBy(lane => lane.Named.Peek().TimeNs) is { } lane)
        {
            NamedProcess named = lane.Named.Dequeue();
            WriteEntry(bytes, named.Pid, Encoding.UTF8.GetBytes(named.Name));
        }

        return bytes.ToArray();
    }

    private static void TakeMessages(ParquetLane lane, ReadOnlySpan<BlockEvent> events, int place, MemoryStream bytes)
    {
        if (lane.Messages.Count == 0)
            return;
        for (int i = 0; i < events.Length; i++)
        {
            if (events[i].Action == BlockAction.Message && lane.Messages.Take(events[i]) is { } message)
                WriteEntry(bytes, place + i, message.Bytes);
        }
    }

    private static void WriteEntry(MemoryStream bytes, int number, byte[] text)
    {
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(header, number);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], text.Length);
        bytes.Write(header);
        bytes.Write(text);
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Tracepoints;

namespace TraceAnalyzer.Reading.Nettrace;

/// <summary>
/// Reads a <c>.nettrace</c> that <c>dotnet-trace collect-linux --perf-events block:...</c> recorded: the kernel's block tracepoints with call
/// stacks, names of processes and kernel functions. TraceEvent parses the file (see <see cref="NettraceSource"/>); the tracepoints' records are decoded here.
/// </summary>
public sealed class NettraceReader : ITraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = ".nettrace";

    private const int MultiProcessVersion = 6;

    private readonly NettraceSource _source;
    private readonly TracepointDecoder _decoder;

    private NettraceReader(TraceParts parts)
    {
        TraceInput input = parts.Inputs.Single();
        int version = VersionOf(input.First.Span);
        if (version != MultiProcessVersion)
        {
            throw new TraceException(string.Create(CultureInfo.InvariantCulture,
                $"{input.Name}: .nettrace of version {version}; expected version {MultiProcessVersion}, which 'dotnet-trace collect-linux' writes (older ones hold one .NET process, no block events)"));
        }

        Source = new TraceSource(parts.Name, FormatName, [input.Name]);
        Stacks.Symbols.AddKallsymsBeside(input.Path);
        _decoder = TracepointDecoder.For(input.Path);
        _source = new NettraceSource(input, Stacks);
    }

    /// <inheritdoc/>
    public TraceSource Source { get; }

    /// <inheritdoc/>
    public StackTable Stacks { get; } = new();

    /// <inheritdoc/>
    public bool HasCompletions => true;

    /// <inheritdoc/>
    public bool PromisesTimeOrder => true;

    /// <summary>Names of the tracepoints whose layout a <c>format</c> file beside the trace gave; the others are recognized by their length.</summary>
    public IReadOnlyList<string> Formats => _decoder.Formats;

    private static ReadOnlySpan<byte> Magic => "Nettrace"u8;

    /// <summary>True if the bytes start with the format's name.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options) => bytes.StartsWith(Magic);

    /// <summary>Opens a trace; <paramref name="parts"/> has one input.</summary>
    /// <exception cref="TraceException">It is of a version that holds no kernel events, or a file beside it cannot be read.</exception>
    public static NettraceReader Open(TraceParts parts, ReadOptions options) => new(parts);

    /// <inheritdoc/>
    public bool ReadChunk(TraceChunk chunk)
    {
        chunk.Clear();
        if (_source.Next() is not { } piece)
            return false;
        chunk.Append(piece.Bytes.AsSpan(0, piece.Length));
        chunk.InputBytes = piece.InputBytes;
        chunk.WallClock = piece.WallClock;
        chunk.Diagnostics.Merge(piece.Diagnostics);
        chunk.Slices.Add(new ChunkSlice(0, piece.Length, Source.Files[0], piece.Offset));
        return true;
    }

    /// <inheritdoc/>
    public void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        batch.WallClock = chunk.WallClock;
        ReadOnlySpan<byte> rest = chunk.Bytes;
        long skipped = 0;
        while (!rest.IsEmpty)
        {
            NettraceRecord record = MemoryMarshal.Read<NettraceRecord>(rest);
            ReadOnlySpan<byte> payload = rest.Slice(NettraceRecord.Bytes, record.PayloadBytes);
            rest = rest[(NettraceRecord.Bytes + payload.Length)..];
            if (record.Kind == NettraceRecord.ProcessName)
                batch.Processes.Observe(record.ProcessId, payload);
            else if (!TryDecode(record, payload, batch))
                skipped += CountBad(chunk, payload.Length, batch);
        }

        // May be negative: a block's bytes count for the first of the pieces that its events come in.
        batch.UnderstoodBytes = chunk.InputBytes - skipped - chunk.Diagnostics[ReadCounter.SkippedBytes];
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private bool TryDecode(in NettraceRecord record, ReadOnlySpan<byte> payload, EventBatch batch)
    {
        ref BlockEvent e = ref batch.Append();
        if (!_decoder.TryDecode(record.Kind, payload, ref e, out ReadOnlySpan<byte> command))
        {
            batch.RemoveLast();
            return false;
        }

        e.TimeNs = record.TimeNs;
        e.Cpu = record.Cpu;
        e.Stack = record.Stack;
        if (!command.IsEmpty)
            batch.Processes.Observe(e.Pid, command);
        return true;
    }

    // The block that the event lies in is as near as TraceEvent tells.
    private static int CountBad(TraceChunk chunk, int length, EventBatch batch)
    {
        ChunkSlice slice = chunk.Slices[0];
        batch.Diagnostics.AddAt(ReadCounter.BadRecords, slice.File, slice.FileOffset);
        batch.Diagnostics.AddAt(ReadCounter.SkippedBytes, slice.File, slice.FileOffset, length);
        return length;
    }

    // Zero, then major and minor version; older versions have the length of a name there.
    private static int VersionOf(ReadOnlySpan<byte> first)
    {
        ReadOnlySpan<byte> header = first[Math.Min(first.Length, Magic.Length)..];
        if (header.Length < 2 * sizeof(uint))
            return MultiProcessVersion;
        bool isOld = BinaryPrimitives.ReadUInt32LittleEndian(header) != 0;
        return isOld ? MultiProcessVersion - 1 : (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(uint)..]));
    }
}

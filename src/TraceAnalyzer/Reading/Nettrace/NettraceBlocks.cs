using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Nettrace;

/// <summary>
/// The bytes of a <c>.nettrace</c> of version 6 on their way to TraceEvent, block by block. TraceEvent delivers no event of a block that is
/// cut or damaged, and keeps call stacks and the numbers of CPUs above 255 to itself: so this stream mends blocks, by leaving out what is
/// not whole, and notes threads, stacks and CPUs as they pass.
/// </summary>
internal sealed class NettraceBlocks : ForwardStream
{
    private const int StreamHeaderBytes = 20;
    private const int BlockHeaderBytes = 4;
    private const int MaxBlockBytes = 0xFF_FFFF;
    private const int EventBlockHeaderBytes = 20;
    private const int CompressedHeaders = 1;

    // Notes whose event never comes (of a kind that is unknown) must not fill the memory.
    private const int MaxNotes = 1 << 22;

    private readonly TraceInput _input;
    private readonly ReadDiagnostics _diagnostics;
    private readonly StackTable _stacks;
    private readonly Dictionary<ulong, int> _threadIds = [];
    private readonly Dictionary<uint, ushort> _stackNumbers = [];
    private readonly Dictionary<(long Ticks, int ThreadId), EventNote> _notes = [];
    private byte[] _block = new byte[64 * 1024];
    private int _length;
    private int _taken;
    private long _blockOffset;
    private bool _ended;

    public NettraceBlocks(TraceInput input, StackTable stacks, ReadDiagnostics diagnostics)
    {
        _input = input;
        _stacks = stacks;
        _diagnostics = diagnostics;
        _length = input.Content.ReadAtLeast(_block.AsSpan(0, StreamHeaderBytes), StreamHeaderBytes, throwOnEndOfStream: false);
        Offset = _length;
    }

    /// <summary>The kinds of blocks.</summary>
    private enum BlockKind : byte
    {
        EndOfStream = 0,
        Trace = 1,
        Event = 2,
        Metadata = 3,
        SequencePoint = 4,
        Stack = 5,
        Thread = 6,
    }

    /// <summary>What is known of an event beyond what TraceEvent tells.</summary>
    /// <param name="Stack">Its stack in the <see cref="StackTable"/>.</param>
    /// <param name="Cpu">Its CPU.</param>
    internal readonly record struct EventNote(ushort Stack, ushort Cpu);

    /// <summary>Bytes of the input that were read.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the block that is being read lies in the input.</summary>
    public long BlockOffset => _blockOffset;

    /// <summary>Events that went to TraceEvent.</summary>
    public long Events { get; private set; }

    /// <summary>Ticks of the clock in a second; 0 before the first block.</summary>
    public long TicksPerSecond { get; private set; }

    /// <summary>Clock and time of day when the trace was started.</summary>
    public (long Ticks, long UnixNs) Start { get; private set; }

    /// <summary>Set to make the next read fail.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Takes the note of an event.</summary>
    public bool TryTakeNote(long ticks, int threadId, out EventNote note) => _notes.Remove((ticks, threadId), out note);

    /// <summary>Reads what is left of the input and counts it as skipped.</summary>
    public void SkipRest()
    {
        long from = Offset;
        int read;
        while ((read = _input.Content.Read(_block)) > 0)
            Offset += read;
        _ended = true;
        if (Offset == from)
            return;
        if (_diagnostics[ReadCounter.BadRecords] == 0)
            _diagnostics.AddAt(ReadCounter.BadRecords, _input.Name, from);
        _diagnostics.AddAt(ReadCounter.SkippedBytes, _input.Name, from, Offset - from);
    }

    public override int Read(Span<byte> buffer)
    {
        Stop.ThrowIfCancellationRequested();
        if (_taken == _length && !NextBlock())
            return 0;
        int count = Math.Min(buffer.Length, _length - _taken);
        _block.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    private bool NextBlock()
    {
        // Blocks of which nothing is left give no bytes.
        do
        {
            _taken = _length = 0;
            if (_ended)
                return false;
            _blockOffset = Offset;
            if (TryFill(0, BlockHeaderBytes))
                ReadBlock(BinaryPrimitives.ReadUInt32LittleEndian(_block));
            else
                EndEarly(_length);
        }
        while (_length == 0);
        return true;
    }

    private void ReadBlock(uint header)
    {
        int size = (int)(header & MaxBlockBytes);
        var kind = (BlockKind)(header >> 24);
        bool isWhole = TryFill(BlockHeaderBytes, size);
        if (kind == BlockKind.EndOfStream)
            _ended = true;
        else if (kind == BlockKind.Event)
            MendEvents(isWhole);
        else if (isWhole)
            Note(kind, _block.AsSpan(BlockHeaderBytes, size));
        else
            EndEarly(_length);
    }

    // The bytes from start on; _length is then where the bytes end.
    private bool TryFill(int start, int count)
    {
        if (_block.Length < start + count)
            Array.Resize(ref _block, start + count);
        int read = _input.Content.ReadAtLeast(_block.AsSpan(start, count), count, throwOnEndOfStream: false);
        Offset += read;
        _length = start + read;
        return read == count;
    }

    // The input ends without its end mark, and with that many bytes of a block that cannot be used: put an end in their place.
    private void EndEarly(int unusedBytes)
    {
        _ended = true;
        if (_input.IsDamaged())
            _diagnostics.AddAt(ReadCounter.DamagedCompression, _input.Name, Offset);
        _diagnostics.AddAt(ReadCounter.TruncatedRecords, _input.Name, Offset - unusedBytes);
        _diagnostics.AddAt(ReadCounter.SkippedBytes, _input.Name, Offset - unusedBytes, unusedBytes);
        _length -= unusedBytes;
        AppendEnd();
    }

    // A sequence point lets go of events that wait for older ones.
    private void AppendEnd()
    {
        const int SequencePointBytes = 16;
        Span<byte> end = stackalloc byte[BlockHeaderBytes + SequencePointBytes + BlockHeaderBytes];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, ((uint)BlockKind.SequencePoint << 24) | SequencePointBytes);
        BinaryPrimitives.WriteInt64LittleEndian(end[BlockHeaderBytes..], long.MaxValue);
        if (_block.Length < _length + end.Length)
            Array.Resize(ref _block, _length + end.Length);
        end.CopyTo(_block.AsSpan(_length));
        _length += end.Length;
    }

    private void Note(BlockKind kind, ReadOnlySpan<byte> content)
    {
        var cursor = new ByteCursor(content);
        switch (kind)
        {
            case BlockKind.Trace:
                NoteClock(ref cursor);
                break;
            case BlockKind.Thread:
                while (!cursor.IsAtEnd && cursor.IsGood)
                    NoteThread(ref cursor);
                break;
            case BlockKind.Stack:
                NoteStacks(ref cursor);
                break;
            case BlockKind.SequencePoint:
                // Stacks are numbered anew behind it.
                _stackNumbers.Clear();
                break;
        }
    }

    // Each entry: its length, its place in the table, then what is known of it.
    private void NoteThread(ref ByteCursor cursor)
    {
        const byte Name = 1, ProcessId = 2, ThreadId = 3, KeyAndValue = 4;
        var entry = new ByteCursor(cursor.Take(cursor.TakeUInt16()));
        ulong index = entry.TakeVarUInt();
        int threadId = 0;
        while (!entry.IsAtEnd && entry.IsGood)
        {
            switch (entry.TakeByte())
            {
                case Name:
                    _ = entry.Take((long)entry.TakeVarUInt());
                    break;
                case ProcessId:
                    _ = entry.TakeVarUInt();
                    break;
                case ThreadId:
                    threadId = unchecked((int)entry.TakeVarUInt());
                    break;
                case KeyAndValue:
                    _ = entry.Take((long)entry.TakeVarUInt());
                    _ = entry.Take((long)entry.TakeVarUInt());
                    break;
                default:
                    _threadIds[index] = threadId;
                    return;
            }
        }

        _threadIds[index] = threadId;
    }

    // year, month, day of the week, day, hour, minute, second, millisecond; ticks; ticks a second
    private void NoteClock(ref ByteCursor cursor)
    {
        Span<ushort> date = stackalloc ushort[8];
        foreach (ref ushort part in date)
            part = cursor.TakeUInt16();
        long ticks = cursor.TakeInt64();
        TicksPerSecond = cursor.TakeInt64();
        if (!cursor.IsGood || date[0] is 0 or > 9999 || date[1] is 0 or > 12 || date[3] is 0 or > 31)
            return;
        DateTimeOffset day = new DateTimeOffset(date[0], date[1], 1, 0, 0, 0, TimeSpan.Zero).AddDays(date[3] - 1);
        TimeSpan time = new(0, date[4], date[5], date[6], date[7]);
        Start = (ticks, (day + time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
    }

    // The kernel's frames only: they say which path an I/O took, and user addresses mean something else in each process.
    private void NoteStacks(ref ByteCursor cursor)
    {
        uint id = (uint)cursor.TakeInt32();
        int count = cursor.TakeInt32();
        for (int i = 0; i < count && cursor.IsGood; i++, id++)
        {
            ReadOnlySpan<ulong> frames = MemoryMarshal.Cast<byte, ulong>(cursor.Take(cursor.TakeInt32()));
            int kernel = 0;
            while (kernel < frames.Length && frames[kernel] >= KernelSymbols.FirstKernelAddress)
                kernel++;
            _stackNumbers[id] = _stacks.OfAddresses(frames[..kernel]);
        }
    }

    private void MendEvents(bool isWhole)
    {
        ReadOnlySpan<byte> content = _block.AsSpan(BlockHeaderBytes, _length - BlockHeaderBytes);
        int good = NoteEvents(content);
        int bad = content.Length - good;
        if (bad == 0 && isWhole)
            return;

        // A block without an event is none for TraceEvent.
        int unused = good == 0 ? _length : bad;
        BinaryPrimitives.WriteUInt32LittleEndian(_block, ((uint)BlockKind.Event << 24) | (uint)good);
        if (!isWhole)
        {
            EndEarly(unused);
            return;
        }

        if (content.Length > EventBlockHeaderBytes)
        {
            _diagnostics.AddAt(ReadCounter.BadRecords, _input.Name, Offset - unused);
            _diagnostics.AddAt(ReadCounter.SkippedBytes, _input.Name, Offset - unused, unused);
        }

        _length -= unused;
    }

    // Notes the events of a block and returns the length of those that are whole, with the block's own header; 0 if there are none.
    private int NoteEvents(ReadOnlySpan<byte> content)
    {
        var cursor = new ByteCursor(content);
        int headerBytes = cursor.TakeUInt16();
        int flags = cursor.TakeUInt16();
        _ = cursor.Take(headerBytes - cursor.Position);
        if (!cursor.IsGood || headerBytes < EventBlockHeaderBytes || (flags & CompressedHeaders) == 0)
            return 0;

        int good = 0;
        var header = default(BlobHeader);
        while (!cursor.IsAtEnd)
        {
            if (!header.TryRead(ref cursor))
                return good;
            _ = cursor.Take(header.PayloadBytes);
            if (!cursor.IsGood || header.MetadataId == 0)
                return good;
            good = cursor.Position;
            Events++;
            Note(header);
        }

        return good;
    }

    private void Note(in BlobHeader header)
    {
        ushort stack = _stackNumbers.GetValueOrDefault(header.StackId);
        if (stack == 0 && header.Cpu <= byte.MaxValue)
            return;
        if (_notes.Count == MaxNotes)
            _notes.Clear();
        _notes[(header.Ticks, _threadIds.GetValueOrDefault(header.Thread))] =
            new EventNote(stack, header.Cpu < BlockEvent.UnknownCpu ? (ushort)header.Cpu : BlockEvent.UnknownCpu);
    }
}

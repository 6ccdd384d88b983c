using System.Buffers.Binary;
using System.Text;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>
/// Writes <c>.nettrace</c> files of version 6 as <c>dotnet-trace collect-linux</c> does, after NetTraceFormat.md of the perfview repository:
/// one event block for each call of <see cref="EndBlock"/>.
/// </summary>
internal sealed class NettraceBytes
{
    /// <summary>A kernel's block_rq_issue and block_rq_complete before the I/O priority (up to 6.8), and of 6.18.</summary>
    public enum Layout
    {
        Old,
        New,
    }

    private const int Issue = 1;
    private const int Complete = 2;
    private const int Process = 3;
    private const int Symbol = 4;
    private const int Other = 5;

    private readonly Stream _file;
    private readonly MemoryStream _events = new();
    private readonly Layout _layout;
    private long _lastTicks;
    private int _sequence;

    public NettraceBytes(Layout layout = Layout.New, long ticksPerSecond = 1_000_000_000, bool hasDescriptions = true, Stream? file = null)
    {
        _file = file ?? new MemoryStream();
        _layout = layout;
        _file.Write("Nettrace"u8);
        Int32(_file, 0);
        Int32(_file, 6);
        Int32(_file, 0);
        Block(1, TraceBlock(ticksPerSecond));
        if (hasDescriptions)
            Block(3, Descriptions());
        Thread(0, 77, 77);
    }

    /// <summary>Bytes written so far, without the block of events that is open.</summary>
    public int Length => (int)_file.Length;

    /// <summary>Names thread <paramref name="index"/> of the table.</summary>
    public NettraceBytes Thread(int index, int processId, int threadId)
    {
        var entry = new MemoryStream();
        VarUInt(entry, (uint)index);
        entry.WriteByte(2);
        VarUInt(entry, (uint)processId);
        entry.WriteByte(3);
        VarUInt(entry, (uint)threadId);
        var content = new MemoryStream();
        UInt16(content, (int)entry.Length);
        entry.WriteTo(content);
        Block(6, content);
        return this;
    }

    /// <summary>Stacks with the numbers <paramref name="firstId"/>, ...</summary>
    public NettraceBytes Stacks(int firstId, params ulong[][] stacks)
    {
        var content = new MemoryStream();
        Int32(content, firstId);
        Int32(content, stacks.Length);
        foreach (ulong[] stack in stacks)
        {
            Int32(content, stack.Length * 8);
            foreach (ulong frame in stack)
                Int64(content, (long)frame);
        }

        Block(5, content);
        return this;
    }

    public NettraceBytes ProcessCreate(int thread, string name)
    {
        var payload = new MemoryStream();
        VarUInt(payload, 1);
        Text(payload, name);
        Text(payload, "");
        return Event(Process, thread, 0, 0, _lastTicks, payload);
    }

    public NettraceBytes ProcessSymbol(ulong start, ulong end, string name)
    {
        var payload = new MemoryStream();
        VarUInt(payload, 1);
        VarUInt(payload, 1);
        VarUInt(payload, start);
        VarUInt(payload, end);
        Text(payload, name);
        return Event(Symbol, 0, 0, 0, _lastTicks, payload);
    }

    /// <summary>An event of another provider.</summary>
    public NettraceBytes OtherEvent(long ticks) => Event(Other, 0, 0, 0, ticks, new MemoryStream());

    public NettraceBytes IssueEvent(long ticks, ulong sector, int sectors, string rwbs, int thread = 0, int stack = 0, int cpu = 0, int pid = 77, uint? bytes = null)
    {
        var record = Record(pid, sector, sectors);
        Int32(record, (int)(bytes ?? (uint)sectors * 512));
        Letters(record, rwbs);
        record.Write(Padded("fio", 16));
        return Event(Issue, thread, stack, cpu, ticks, WithPacket(record));
    }

    public NettraceBytes CompleteEvent(long ticks, ulong sector, int sectors, string rwbs, int thread = 0, int error = 0, int cpu = 0, int pid = 77)
    {
        var record = Record(pid, sector, sectors);
        Int32(record, error);
        Letters(record, rwbs);
        return Event(Complete, thread, 0, cpu, ticks, WithPacket(record));
    }

    /// <summary>Ends a block of events.</summary>
    public NettraceBytes EndBlock()
    {
        if (_events.Length == 0)
            return this;
        var content = new MemoryStream();
        UInt16(content, 20);
        UInt16(content, 1);
        Int64(content, 0);
        Int64(content, _lastTicks);
        _events.WriteTo(content);
        Block(2, content);
        _events.SetLength(0);
        _lastTicks = 0;
        return this;
    }

    /// <summary>The file, ended; it was not given a stream.</summary>
    public byte[] ToArray()
    {
        End();
        return ((MemoryStream)_file).ToArray();
    }

    /// <summary>Ends the file.</summary>
    public void End()
    {
        EndBlock();
        var content = new MemoryStream();
        Int64(content, long.MaxValue);
        Int32(content, 0);
        Int32(content, 0);
        Block(4, content);
        Int32(_file, 0);
    }

    private NettraceBytes Event(int metadataId, int thread, int stack, int cpu, long ticks, MemoryStream payload)
    {
        // A number counts from the one before in its block, and one more.
        int sequence = _events.Length == 0 ? _sequence : 0;
        _sequence++;

        // Metadata, capture thread, thread, stack, sorted, size: everything is written, nothing taken from the event before.
        _events.WriteByte(1 | 2 | 4 | 8 | 64 | 128);
        VarUInt(_events, (uint)metadataId);
        VarUInt(_events, (uint)sequence);
        VarUInt(_events, 0);
        VarUInt(_events, (uint)cpu);
        VarUInt(_events, (uint)thread);
        VarUInt(_events, (uint)stack);
        VarUInt(_events, (ulong)(ticks - _lastTicks));
        VarUInt(_events, (uint)payload.Length);
        payload.WriteTo(_events);
        _lastTicks = ticks;
        return this;
    }

    private static MemoryStream Record(int pid, ulong sector, int sectors)
    {
        var record = new MemoryStream();
        Int32(record, 0x1000_0838);
        Int32(record, pid);
        Int32(record, (259 << 20) | 1);
        Int32(record, 0);
        Int64(record, (long)sector);
        Int32(record, sectors);
        return record;
    }

    private void Letters(MemoryStream record, string rwbs)
    {
        if (_layout == Layout.New)
            UInt16(record, 0x4004);
        record.Write(Padded(rwbs, _layout == Layout.New ? 10 : 8));
    }

    // The location of the packet command, which follows and is empty; records end at 4 bytes before a multiple of 8.
    private static MemoryStream WithPacket(MemoryStream record)
    {
        while (record.Length % 4 != 0)
            record.WriteByte(0);
        Int32(record, (int)(record.Length + 4) | (1 << 16));
        record.WriteByte(0);
        while ((record.Length + 4) % 8 != 0)
            record.WriteByte(0);
        return record;
    }

    private static MemoryStream TraceBlock(long ticksPerSecond)
    {
        var content = new MemoryStream();
        foreach (int part in (int[])[2026, 11, 1, 23, 3, 18, 36, 907])
            UInt16(content, part);
        Int64(content, 1000);
        Int64(content, ticksPerSecond);
        Int32(content, 8);
        Int32(content, 0);
        return content;
    }

    private static MemoryStream Descriptions()
    {
        var content = new MemoryStream();
        UInt16(content, 0);
        Description(content, Issue, "block", 2104, "block_rq_issue");
        Description(content, Complete, "block", 2107, "block_rq_complete");
        Description(content, Process, "Universal.System", 1, "ProcessCreate");
        Description(content, Symbol, "Universal.System", 4, "ProcessSymbol");
        Description(content, Other, "Another", 9, "Something");
        return content;
    }

    private static void Description(MemoryStream content, int id, string provider, int eventId, string name)
    {
        var entry = new MemoryStream();
        VarUInt(entry, (uint)id);
        LongText(entry, provider);
        VarUInt(entry, (uint)eventId);
        LongText(entry, name);
        UInt16(entry, 0);
        UInt16(entry, 0);
        UInt16(content, (int)entry.Length);
        entry.WriteTo(content);
    }

    private void Block(int kind, MemoryStream content)
    {
        Int32(_file, (int)content.Length | (kind << 24));
        content.WriteTo(_file);
    }

    private static byte[] Padded(string text, int length)
    {
        byte[] bytes = new byte[length];
        Encoding.ASCII.GetBytes(text, bytes);
        return bytes;
    }

    private static void LongText(MemoryStream stream, string text)
    {
        VarUInt(stream, (uint)text.Length);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void Text(MemoryStream stream, string text)
    {
        UInt16(stream, text.Length);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void VarUInt(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }

    private static void UInt16(Stream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        stream.Write(bytes);
    }

    private static void Int32(Stream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Int64(Stream stream, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}

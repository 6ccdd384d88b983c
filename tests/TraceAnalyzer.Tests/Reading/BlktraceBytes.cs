using System.Buffers.Binary;
using System.Text;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Writes blktrace records for tests, field by field as the kernel's header file gives them.</summary>
internal sealed class BlktraceBytes(int version = 7, bool bigEndian = false)
{
    public const uint Read = 1 << 0, Write = 1 << 1, Flush = 1 << 2, Sync = 1 << 3, Passthrough = 1 << 9, Notify = 1 << 10, Ahead = 1 << 11, Meta = 1 << 12, Discard = 1 << 13, Fua = 1 << 15;
    public const uint CgroupBit = 0x100;

    private readonly MemoryStream _bytes = new();
    private uint _sequence;

    public byte[] ToArray() => _bytes.ToArray();

    public BlktraceBytes Event(
        char action, long timeNs, ulong sector, uint bytes, ulong category, uint cpu = 0, uint pid = 100, uint device = (259u << 20), short error = 0, uint? sequence = null, byte[]? payload = null, bool cgroup = false)
    {
        ulong what = action switch { 'Q' => 1, 'M' => 2, 'F' => 3, 'G' => 4, 'R' => 6, 'D' => 7, 'C' => 8, 'P' => 9, 'U' => 10, 'T' => 11, 'X' => 13, 'A' => 15, _ => throw new ArgumentOutOfRangeException(nameof(action)) };
        byte[] pdu = cgroup ? [.. new byte[8], .. payload ?? []] : payload ?? [];
        Record(sequence ?? ++_sequence, timeNs, sector, bytes, what | (cgroup ? CgroupBit : 0) | (category << 16), pid, device, cpu, (ushort)error, pdu);
        return this;
    }

    public BlktraceBytes Process(uint pid, string name)
    {
        byte[] payload = new byte[16];
        Encoding.UTF8.GetBytes(name, payload);
        Record(0, 0, 0, 0, 0 | ((ulong)Notify << 16), pid, 0, 0, 0, payload);
        return this;
    }

    public BlktraceBytes Timestamp(long timeNs, uint seconds, uint nanoseconds)
    {
        byte[] payload = new byte[8];
        Put32(payload, seconds);
        Put32(payload.AsSpan(4), nanoseconds);
        Record(0, timeNs, 0, 0, 1 | ((ulong)Notify << 16), 0, 0, 0, 0, payload);
        return this;
    }

    public BlktraceBytes Message(long timeNs, string text, bool cgroup = true)
    {
        byte[] message = Encoding.UTF8.GetBytes(text);
        Record(0, timeNs, 0, 0, 2 | (cgroup ? CgroupBit : 0) | ((ulong)Notify << 16), 0, 259u << 20, 0, 0, cgroup ? [.. new byte[8], .. message] : message);
        return this;
    }

    public BlktraceBytes Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public static byte[] BigEndian64(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private void Record(uint sequence, long timeNs, ulong sector, uint bytes, ulong action, uint pid, uint device, uint cpu, ushort error, byte[] payload)
    {
        byte[] header = new byte[version == 7 ? 48 : 64];
        Put32(header, 0x65617400u | (uint)version);
        Put32(header.AsSpan(4), sequence);
        Put64(header.AsSpan(8), (ulong)timeNs);
        Put64(header.AsSpan(16), sector);
        Put32(header.AsSpan(24), bytes);
        if (version == 7)
        {
            Put32(header.AsSpan(28), (uint)action);
            Put32(header.AsSpan(32), pid);
            Put32(header.AsSpan(36), device);
            Put32(header.AsSpan(40), cpu);
            Put16(header.AsSpan(44), error);
            Put16(header.AsSpan(46), (ushort)payload.Length);
        }
        else
        {
            Put32(header.AsSpan(28), pid);
            Put64(header.AsSpan(32), action);
            Put32(header.AsSpan(40), device);
            Put32(header.AsSpan(44), cpu);
            Put16(header.AsSpan(48), error);
            Put16(header.AsSpan(50), (ushort)payload.Length);
        }

        _bytes.Write(header);
        _bytes.Write(payload);
    }

    private void Put16(Span<byte> to, ushort value)
    {
        if (bigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(to, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(to, value);
    }

    private void Put32(Span<byte> to, uint value)
    {
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(to, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(to, value);
    }

    private void Put64(Span<byte> to, ulong value)
    {
        if (bigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(to, value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(to, value);
    }
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>
/// The binary records of blktrace, version 7 (<c>struct blk_io_trace</c>, 48 bytes) and version 8 (<c>struct blk_io_trace2</c>, 64 bytes),
/// of <c>include/uapi/linux/blktrace_api.h</c>, in the byte order of the machine that traced. A payload of <c>pdu_len</c> bytes follows the header.
/// </summary>
internal static class BlktraceRecord
{
    public const int Version7HeaderBytes = 48;
    public const int Version8HeaderBytes = 64;
    public const int MaxRecordBytes = Version8HeaderBytes + ushort.MaxValue;

    private const uint Magic = 0x65617400;
    private const uint MagicMask = 0xFFFFFF00;

    private const uint ActionMask = 0xFF;
    private const uint CgroupBit = 0x100;
    private const int CgroupIdBytes = 8;
    private const int CategoryShift = 16;

    private const ulong CategoryPassthrough = 1 << 9;
    private const ulong CategoryNotify = 1 << 10;

    // The categories that version 8 added, in bits 16 and up, and the letters the kernel gives them.
    private static readonly (int Bit, Rwbs Letters)[] s_version8Operations =
    [
        (16, Rwbs.Of("ZA")), (17, Rwbs.Of("ZR")), (18, Rwbs.Of("ZRA")), (19, Rwbs.Of("ZF")), (20, Rwbs.Of("ZO")), (21, Rwbs.Of("ZC")), (22, Rwbs.Of("WZ")),
    ];

    private static readonly (Rwbs Letters, OperationClass Class)[] s_rwbs = BuildRwbsTable();

    /// <summary>Length of the header if <paramref name="bytes"/> (at least 4) start with a magic of a version that is known; else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HeaderBytes(ReadOnlySpan<byte> bytes, out bool bigEndian)
    {
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        bigEndian = false;
        if ((magic & MagicMask) != Magic)
        {
            magic = BinaryPrimitives.ReverseEndianness(magic);
            bigEndian = true;
            if ((magic & MagicMask) != Magic)
                return 0;
        }

        return (magic & ~MagicMask) switch
        {
            7 => Version7HeaderBytes,
            8 => Version8HeaderBytes,
            _ => 0,
        };
    }

    /// <summary>As <see cref="HeaderBytes"/>, for any number of bytes.</summary>
    public static int HeaderBytesOrZero(ReadOnlySpan<byte> bytes) => bytes.Length < sizeof(uint) ? 0 : HeaderBytes(bytes, out _);

    /// <summary>Version number behind a magic, or -1 if there is no magic.</summary>
    public static int VersionOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
            return -1;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if ((magic & MagicMask) != Magic)
            magic = BinaryPrimitives.ReverseEndianness(magic);
        return (magic & MagicMask) == Magic ? (int)(magic & ~MagicMask) : -1;
    }

    /// <summary>Reads the header at the start of <paramref name="record"/>, which is whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Header ReadHeader(ReadOnlySpan<byte> record, int headerBytes, bool bigEndian)
    {
        // The layouts are little-endian here; on a big-endian machine the order to reverse is the other one.
        bool reverse = bigEndian == BitConverter.IsLittleEndian;
        if (headerBytes == Version7HeaderBytes)
        {
            Version7 version7 = MemoryMarshal.Read<Version7>(record);
            return reverse ? version7.Reversed() : version7.ToHeader();
        }

        Version8 version8 = MemoryMarshal.Read<Version8>(record);
        return reverse ? version8.Reversed() : version8.ToHeader();
    }

    /// <summary>Decodes the record at the start of <paramref name="record"/>, which is whole and has a known magic, into <paramref name="batch"/>.</summary>
    /// <returns>Its length, header and payload.</returns>
    public static int Decode(ReadOnlySpan<byte> record, EventBatch batch)
    {
        int headerBytes = HeaderBytes(record, out bool bigEndian);
        Header header = ReadHeader(record, headerBytes, bigEndian);
        int length = headerBytes + header.PayloadBytes;
        if (header.IsNotify)
        {
            DecodeNotify(header, Payload(record, headerBytes, header), bigEndian, batch);
            return length;
        }

        ulong category = header.Action >> CategoryShift;
        ulong what = header.Action & ActionMask;
        ref BlockEvent added = ref batch.Append();
        added.TimeNs = header.TimeNs;
        added.Sector = header.Sector;
        added.LengthBytes = header.Bytes;
        added.Device = new DeviceId(header.Device);
        added.Pid = (int)header.Pid;
        added.Cpu = (ushort)header.Cpu;
        added.Sequence = header.Sequence;
        added.Error = (short)header.Error;
        added.Action = what is > 0 and <= (ulong)BlockAction.DriverData ? (BlockAction)what : BlockAction.Unknown;
        (added.Rwbs, added.Class) = RwbsOf(category, header.Bytes);
        if ((category & CategoryPassthrough) != 0)
            added.Class = OperationClass.Other;
        else
            added.LengthSectors = header.Bytes / BlockEvent.SectorBytes;
        if (header.PayloadBytes != 0)
            DecodePayload(Payload(record, headerBytes, header), ref added);
        return length;
    }

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> record, int headerBytes, in Header header)
    {
        ReadOnlySpan<byte> payload = record.Slice(headerBytes, header.PayloadBytes);
        return (header.Action & CgroupBit) != 0 ? payload[Math.Min(CgroupIdBytes, payload.Length)..] : payload;
    }

    // Always big-endian, whatever the machine (cpu_to_be64() in kernel/trace/blktrace.c).
    private static void DecodePayload(ReadOnlySpan<byte> payload, ref BlockEvent added)
    {
        if (added.Action is BlockAction.Split or BlockAction.Unplug or BlockAction.UnplugTimer && payload.Length >= 8)
        {
            added.RelatedSector = BinaryPrimitives.ReadUInt64BigEndian(payload);
        }
        else if (added.Action == BlockAction.Remap && payload.Length >= 16)
        {
            added.RelatedDevice = new DeviceId(BinaryPrimitives.ReadUInt32BigEndian(payload));
            added.RelatedSector = BinaryPrimitives.ReadUInt64BigEndian(payload[8..]);
        }
    }

    private static void DecodeNotify(in Header header, ReadOnlySpan<byte> payload, bool bigEndian, EventBatch batch)
    {
        const int NotifyProcess = 0;
        const int NotifyTimestamp = 1;
        const int NotifyMessage = 2;

        switch ((int)(header.Action & ActionMask))
        {
            case NotifyProcess:
                int end = payload.IndexOf((byte)0);
                batch.Processes.Observe((int)header.Pid, end < 0 ? payload : payload[..end]);
                break;

            case NotifyTimestamp when payload.Length >= 8:
                long unixNs = (ReadUInt32(payload, bigEndian) * 1_000_000_000L) + ReadUInt32(payload[4..], bigEndian);
                batch.WallClock ??= new WallClockAnchor(header.TimeNs, unixNs);
                break;

            case NotifyMessage:
                ref BlockEvent message = ref batch.Append();
                message.TimeNs = header.TimeNs;
                message.Action = BlockAction.Message;
                message.Class = OperationClass.Other;
                message.Rwbs = s_messageRwbs;
                message.Device = new DeviceId(header.Device);
                message.Cpu = (ushort)header.Cpu;
                message.Pid = (int)header.Pid;
                break;
        }
    }

    private static readonly Rwbs s_messageRwbs = Rwbs.Of("N");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Rwbs Letters, OperationClass Class) RwbsOf(ulong category, uint lengthBytes)
    {
        if (category >> 16 != 0)
            return RwbsOfVersion8(category, lengthBytes);
        return s_rwbs[TableIndex((uint)category, lengthBytes)];
    }

    private static (Rwbs Letters, OperationClass Class) RwbsOfVersion8(ulong category, uint lengthBytes)
    {
        foreach ((int bit, Rwbs letters) in s_version8Operations)
        {
            if ((category & (1ul << bit)) != 0)
                return (letters, letters.Class);
        }

        return s_rwbs[TableIndex((uint)category & 0xFFFF, lengthBytes)];
    }

    // The bits that have letters: write, flush, sync (1-3), ahead, meta, discard (11-13), fua (15), and whether there are bytes.
    private static int TableIndex(uint category, uint lengthBytes) =>
        (int)(((category >> 1) & 7) | (((category >> 11) & 7) << 3) | (((category >> 15) & 1) << 6) | (lengthBytes != 0 ? 128u : 0));

    // The letters of blkparse's fill_rwbs() (blkparse_fmt.c).
    private static (Rwbs Letters, OperationClass Class)[] BuildRwbsTable()
    {
        var table = new (Rwbs Letters, OperationClass Class)[256];
        for (int index = 0; index < table.Length; index++)
        {
            bool write = (index & 1) != 0, flush = (index & 2) != 0, sync = (index & 4) != 0;
            bool ahead = (index & 8) != 0, meta = (index & 16) != 0, discard = (index & 32) != 0, fua = (index & 64) != 0, bytes = (index & 128) != 0;
            var letters = new StringBuilder();
            if (flush)
                letters.Append('F');
            letters.Append(discard ? 'D' : write ? 'W' : bytes ? 'R' : 'N');
            if (fua)
                letters.Append('F');
            if (ahead)
                letters.Append('A');
            if (sync)
                letters.Append('S');
            if (meta)
                letters.Append('M');
            Rwbs rwbs = Rwbs.Of(letters.ToString());
            table[index] = (rwbs, rwbs.Class);
        }

        return table;
    }

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>The fields of a header of either version, in this machine's byte order.</summary>
    internal readonly record struct Header(
        long TimeNs, ulong Sector, ulong Action, uint Sequence, uint Bytes, uint Pid, uint Device, uint Cpu, ushort Error, ushort PayloadBytes)
    {
        /// <summary>True if the record tells of a process, the time or a message, and not of an I/O.</summary>
        public bool IsNotify => (Action & (CategoryNotify << CategoryShift)) != 0;
    }

    // struct blk_io_trace
    [StructLayout(LayoutKind.Sequential, Pack = 1, Size = Version7HeaderBytes)]
    private readonly struct Version7
    {
        private readonly uint _magic;
        private readonly uint _sequence;
        private readonly ulong _time;
        private readonly ulong _sector;
        private readonly uint _bytes;
        private readonly uint _action;
        private readonly uint _pid;
        private readonly uint _device;
        private readonly uint _cpu;
        private readonly ushort _error;
        private readonly ushort _payloadBytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Header ToHeader() => new((long)_time, _sector, _action, _sequence, _bytes, _pid, _device, _cpu, _error, _payloadBytes);

        public Header Reversed() => new(
            (long)BinaryPrimitives.ReverseEndianness(_time),
            BinaryPrimitives.ReverseEndianness(_sector),
            BinaryPrimitives.ReverseEndianness(_action),
            BinaryPrimitives.ReverseEndianness(_sequence),
            BinaryPrimitives.ReverseEndianness(_bytes),
            BinaryPrimitives.ReverseEndianness(_pid),
            BinaryPrimitives.ReverseEndianness(_device),
            BinaryPrimitives.ReverseEndianness(_cpu),
            BinaryPrimitives.ReverseEndianness(_error),
            BinaryPrimitives.ReverseEndianness(_payloadBytes));
    }

    // struct blk_io_trace2
    [StructLayout(LayoutKind.Sequential, Pack = 1, Size = Version8HeaderBytes)]
    private readonly struct Version8
    {
        private readonly uint _magic;
        private readonly uint _sequence;
        private readonly ulong _time;
        private readonly ulong _sector;
        private readonly uint _bytes;
        private readonly uint _pid;
        private readonly ulong _action;
        private readonly uint _device;
        private readonly uint _cpu;
        private readonly ushort _error;
        private readonly ushort _payloadBytes;

        public Header ToHeader() => new((long)_time, _sector, _action, _sequence, _bytes, _pid, _device, _cpu, _error, _payloadBytes);

        public Header Reversed() => new(
            (long)BinaryPrimitives.ReverseEndianness(_time),
            BinaryPrimitives.ReverseEndianness(_sector),
            BinaryPrimitives.ReverseEndianness(_action),
            BinaryPrimitives.ReverseEndianness(_sequence),
            BinaryPrimitives.ReverseEndianness(_bytes),
            BinaryPrimitives.ReverseEndianness(_pid),
            BinaryPrimitives.ReverseEndianness(_device),
            BinaryPrimitives.ReverseEndianness(_cpu),
            BinaryPrimitives.ReverseEndianness(_error),
            BinaryPrimitives.ReverseEndianness(_payloadBytes));
    }
}

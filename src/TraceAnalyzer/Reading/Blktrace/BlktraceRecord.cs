using System.Buffers.Binary;
using System.Runtime.CompilerServices;
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

    private static readonly Rwbs[] s_rwbs = BuildRwbsTable();

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

    /// <summary>The fields that cutting a trace into chunks needs. <paramref name="header"/> holds a whole header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecordFrame ReadFrame(ReadOnlySpan<byte> header, int headerBytes, bool bigEndian)
    {
        if (headerBytes == Version7HeaderBytes)
        {
            return new RecordFrame(
                TimeNs: (long)ReadUInt64(header[8..], bigEndian),
                Sequence: ReadUInt32(header[4..], bigEndian),
                Device: ReadUInt32(header[36..], bigEndian),
                Cpu: ReadUInt32(header[40..], bigEndian),
                PayloadBytes: ReadUInt16(header[46..], bigEndian),
                IsNotify: ((ReadUInt32(header[28..], bigEndian) >> CategoryShift) & CategoryNotify) != 0);
        }

        return new RecordFrame(
            TimeNs: (long)ReadUInt64(header[8..], bigEndian),
            Sequence: ReadUInt32(header[4..], bigEndian),
            Device: ReadUInt32(header[40..], bigEndian),
            Cpu: ReadUInt32(header[44..], bigEndian),
            PayloadBytes: ReadUInt16(header[50..], bigEndian),
            IsNotify: ((ReadUInt64(header[32..], bigEndian) >> CategoryShift) & CategoryNotify) != 0);
    }

    /// <summary>Decodes the record at the start of <paramref name="record"/>, which is whole and has a known magic, into <paramref name="batch"/>.</summary>
    /// <returns>Its length, header and payload.</returns>
    public static int Decode(ReadOnlySpan<byte> record, EventBatch batch)
    {
        int headerBytes = HeaderBytes(record, out bool bigEndian);
        ulong action;
        uint pid, device, cpu;
        ushort error, payloadBytes;
        if (headerBytes == Version7HeaderBytes)
        {
            action = ReadUInt32(record[28..], bigEndian);
            pid = ReadUInt32(record[32..], bigEndian);
            device = ReadUInt32(record[36..], bigEndian);
            cpu = ReadUInt32(record[40..], bigEndian);
            error = ReadUInt16(record[44..], bigEndian);
            payloadBytes = ReadUInt16(record[46..], bigEndian);
        }
        else
        {
            pid = ReadUInt32(record[28..], bigEndian);
            action = ReadUInt64(record[32..], bigEndian);
            device = ReadUInt32(record[40..], bigEndian);
            cpu = ReadUInt32(record[44..], bigEndian);
            error = ReadUInt16(record[48..], bigEndian);
            payloadBytes = ReadUInt16(record[50..], bigEndian);
        }

        ulong category = action >> CategoryShift;
        int length = headerBytes + payloadBytes;
        if ((category & CategoryNotify) != 0)
        {
            DecodeNotify(record, headerBytes, payloadBytes, action, pid, device, cpu, bigEndian, batch);
            return length;
        }

        ref BlockEvent added = ref batch.Append();
        added.TimeNs = (long)ReadUInt64(record[8..], bigEndian);
        added.Sector = ReadUInt64(record[16..], bigEndian);
        added.LengthBytes = ReadUInt32(record[24..], bigEndian);
        added.Device = new DeviceId(device);
        added.Pid = (int)pid;
        added.Cpu = (ushort)cpu;
        added.Sequence = ReadUInt32(record[4..], bigEndian);
        added.Error = (short)error;
        added.Action = (action & ActionMask) is > 0 and <= (ulong)BlockAction.DriverData ? (BlockAction)(action & ActionMask) : BlockAction.Unknown;
        added.Rwbs = RwbsOf(category, added.LengthBytes);
        if ((category & CategoryPassthrough) != 0)
        {
            added.Class = OperationClass.Other;
        }
        else
        {
            added.Class = added.Rwbs.Class;
            added.LengthSectors = added.LengthBytes / BlockEvent.SectorBytes;
        }

        if (payloadBytes != 0)
            DecodePayload(Payload(record, headerBytes, payloadBytes, action), ref added);
        return length;
    }

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> record, int headerBytes, int payloadBytes, ulong action)
    {
        ReadOnlySpan<byte> payload = record.Slice(headerBytes, payloadBytes);
        return (action & CgroupBit) != 0 ? payload[Math.Min(CgroupIdBytes, payload.Length)..] : payload;
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

    private static void DecodeNotify(
        ReadOnlySpan<byte> record, int headerBytes, int payloadBytes, ulong action, uint pid, uint device, uint cpu, bool bigEndian, EventBatch batch)
    {
        const int NotifyProcess = 0;
        const int NotifyTimestamp = 1;
        const int NotifyMessage = 2;

        ReadOnlySpan<byte> payload = Payload(record, headerBytes, payloadBytes, action);
        long timeNs = (long)ReadUInt64(record[8..], bigEndian);
        switch ((int)(action & ActionMask))
        {
            case NotifyProcess:
                int end = payload.IndexOf((byte)0);
                batch.Processes.Observe((int)pid, end < 0 ? payload : payload[..end]);
                break;

            case NotifyTimestamp when payload.Length >= 8:
                long unixNs = (ReadUInt32(payload, bigEndian) * 1_000_000_000L) + ReadUInt32(payload[4..], bigEndian);
                batch.WallClock ??= new WallClockAnchor(timeNs, unixNs);
                break;

            case NotifyMessage:
                ref BlockEvent message = ref batch.Append();
                message.TimeNs = timeNs;
                message.Action = BlockAction.Message;
                message.Class = OperationClass.Other;
                message.Rwbs = s_messageRwbs;
                message.Device = new DeviceId(device);
                message.Cpu = (ushort)cpu;
                message.Pid = (int)pid;
                break;
        }
    }

    private static readonly Rwbs s_messageRwbs = Rwbs.Of("N");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Rwbs RwbsOf(ulong category, uint lengthBytes)
    {
        if (category >> 16 != 0)
            return RwbsOfVersion8(category, lengthBytes);
        return s_rwbs[TableIndex((uint)category, lengthBytes)];
    }

    private static Rwbs RwbsOfVersion8(ulong category, uint lengthBytes)
    {
        foreach ((int bit, Rwbs letters) in s_version8Operations)
        {
            if ((category & (1ul << bit)) != 0)
                return letters;
        }

        return s_rwbs[TableIndex((uint)category & 0xFFFF, lengthBytes)];
    }

    // The bits that have letters: write, flush, sync (1-3), ahead, meta, discard (11-13), fua (15), and whether there are bytes.
    private static int TableIndex(uint category, uint lengthBytes) =>
        (int)(((category >> 1) & 7) | (((category >> 11) & 7) << 3) | (((category >> 15) & 1) << 6) | (lengthBytes != 0 ? 128u : 0));

    // The letters of blkparse's fill_rwbs() (blkparse_fmt.c).
    private static Rwbs[] BuildRwbsTable()
    {
        var table = new Rwbs[256];
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
            table[index] = Rwbs.Of(letters.ToString());
        }

        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadUInt64(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}

/// <summary>What cutting needs of a record.</summary>
internal readonly record struct RecordFrame(long TimeNs, uint Sequence, uint Device, uint Cpu, ushort PayloadBytes, bool IsNotify);

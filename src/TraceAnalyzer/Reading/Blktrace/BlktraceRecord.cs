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

    private const int NotifyProcess = 0;
    private const int NotifyTimestamp = 1;
    private const int NotifyMessage = 2;

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

    /// <summary>The fields that cutting a trace into chunks needs, of the header at the start of <paramref name="record"/>, which is whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecordFrame ReadFrame(ReadOnlySpan<byte> record, int headerBytes, bool bigEndian)
    {
        bool reversed = bigEndian == BitConverter.IsLittleEndian;
        if (headerBytes == Version7HeaderBytes && !reversed)
            return FrameOf(in MemoryMarshal.AsRef<Version7<NativeOrder>>(record));
        return ReadRareFrame(record, headerBytes, reversed);
    }

    /// <summary>As <see cref="ReadFrame"/>, of a header (whole) of version 7 in this machine's order that no payload follows and that is not a notify record; false for any other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadPlainFrame(ReadOnlySpan<byte> record, out RecordFrame frame)
    {
        frame = FrameOf(in MemoryMarshal.AsRef<Version7<NativeOrder>>(record));
        return MemoryMarshal.Read<uint>(record) == (Magic | 7) && frame.PayloadBytes == 0 && !frame.IsNotify;
    }

    /// <summary>Decodes the record at the start of <paramref name="record"/>, which is whole and has a known magic, into <paramref name="batch"/>.</summary>
    /// <returns>Its length, header and payload.</returns>
    public static int Decode(ReadOnlySpan<byte> record, EventBatch batch)
    {
        int headerBytes = HeaderBytes(record, out bool bigEndian);
        bool reversed = bigEndian == BitConverter.IsLittleEndian;
        if (headerBytes == Version7HeaderBytes)
        {
            return reversed
                ? Decode(in MemoryMarshal.AsRef<Version7<ReversedOrder>>(record), record, headerBytes, bigEndian, batch)
                : Decode(in MemoryMarshal.AsRef<Version7<NativeOrder>>(record), record, headerBytes, bigEndian, batch);
        }

        return reversed
            ? Decode(in MemoryMarshal.AsRef<Version8<ReversedOrder>>(record), record, headerBytes, bigEndian, batch)
            : Decode(in MemoryMarshal.AsRef<Version8<NativeOrder>>(record), record, headerBytes, bigEndian, batch);
    }

    // Compiled for each layout by itself, so that reading a field is one load.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Decode<TLayout>(in TLayout header, ReadOnlySpan<byte> record, int headerBytes, bool bigEndian, EventBatch batch)
        where TLayout : struct, IRecordLayout
    {
        ulong action = header.Action;
        ulong category = action >> CategoryShift;
        int payloadBytes = header.PayloadBytes;
        if ((category & CategoryNotify) != 0)
        {
            DecodeNotify(header.TimeNs, action, header.Pid, header.Device, header.Cpu, record.Slice(headerBytes, payloadBytes), bigEndian, batch);
            return headerBytes + payloadBytes;
        }

        ulong what = action & ActionMask;
        uint bytes = header.Bytes;
        ref BlockEvent added = ref batch.Append();
        added.TimeNs = header.TimeNs;
        added.Sector = header.Sector;
        added.LengthBytes = bytes;
        added.Device = new DeviceId(header.Device);
        added.Pid = (int)header.Pid;
        added.Cpu = (ushort)header.Cpu;
        added.Sequence = header.Sequence;
        added.Error = (short)header.Error;
        added.Action = what is > 0 and <= (ulong)BlockAction.DriverData ? (BlockAction)what : BlockAction.Unknown;
        (added.Rwbs, added.Class) = RwbsOf(category, bytes);
        if ((category & CategoryPassthrough) != 0)
        {
            added.Class = OperationClass.Other;
            if (payloadBytes != 0)
                batch.Payloads.Add(added, Payload(record, headerBytes, payloadBytes, action), cgroupId: null);
        }
        else
        {
            added.LengthSectors = bytes / BlockEvent.SectorBytes;
            if (payloadBytes != 0)
                DecodePayload(Payload(record, headerBytes, payloadBytes, action), ref added);
        }

        return headerBytes + payloadBytes;
    }

    private static RecordFrame ReadRareFrame(ReadOnlySpan<byte> record, int headerBytes, bool reversed)
    {
        if (headerBytes == Version7HeaderBytes)
            return FrameOf(in MemoryMarshal.AsRef<Version7<ReversedOrder>>(record));
        return reversed
            ? FrameOf(in MemoryMarshal.AsRef<Version8<ReversedOrder>>(record))
            : FrameOf(in MemoryMarshal.AsRef<Version8<NativeOrder>>(record));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RecordFrame FrameOf<TLayout>(in TLayout header)
        where TLayout : struct, IRecordLayout =>
        new(
            header.TimeNs,
            header.Sequence,
            header.Device,
            header.Cpu,
            header.PayloadBytes,
            ((header.Action >> CategoryShift) & CategoryNotify) != 0,
            (header.Action & ActionMask) == NotifyMessage);

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
        long timeNs, ulong action, uint pid, uint device, uint cpu, ReadOnlySpan<byte> wholePayload, bool bigEndian, EventBatch batch)
    {
        bool hasCgroup = (action & CgroupBit) != 0 && wholePayload.Length >= CgroupIdBytes;
        ReadOnlySpan<byte> payload = hasCgroup ? wholePayload[CgroupIdBytes..] : wholePayload;
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
                batch.Payloads.Add(message, payload, hasCgroup ? BinaryPrimitives.ReadUInt64LittleEndian(wholePayload) : null);
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
}

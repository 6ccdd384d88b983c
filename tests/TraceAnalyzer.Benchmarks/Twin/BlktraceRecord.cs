using System.Runtime.InteropServices;

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary><c>struct blk_io_trace</c>, version 7, of <c>include/uapi/linux/blktrace_api.h</c>; in this machine's byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BlktraceRecord
{
    public const uint Version7 = 0x65617407;

    public uint Magic;
    public uint Sequence;
    public ulong TimeNs;
    public ulong Sector;
    public uint Bytes;
    public uint Action;
    public uint Pid;
    public uint Device;
    public uint Cpu;
    public ushort Error;
    public ushort PduLength;

    // The high half says what kind of I/O it is, the low half what happened to it.
    private const uint Read = 1 << 16, WriteBit = 2 << 16, Queue = 16 << 16, Issue = 64 << 16, Complete = 128 << 16, Notify = 1024 << 16, Ahead = 2048 << 16;

    public static BlktraceRecord Of(in TwinEvent traceEvent, long timeNs) => new()
    {
        Magic = Version7,
        Sequence = traceEvent.Sequence,
        TimeNs = (ulong)timeNs,
        Sector = (ulong)traceEvent.Request.Sector,
        Bytes = KvRun.RequestBytes,
        Action = (traceEvent.Request.IsWrite ? WriteBit : Read | Ahead) | traceEvent.Action switch
        {
            TwinAction.Q => Queue | 1,
            TwinAction.G => Queue | 4,
            TwinAction.D => Issue | 7,
            _ => Complete | 8,
        },
        Pid = (uint)TwinProcesses.IdOf(traceEvent.Request),
        Device = 259u << 20,
        Cpu = (uint)traceEvent.Request.Cpu,
    };

    /// <summary>The records that begin a trace: its wall-clock start and the names of its processes. They have no sequence.</summary>
    public static void WriteNotes(OutputBuffer output, long startNs)
    {
        Span<byte> wallClock = stackalloc byte[8];
        MemoryMarshal.Write(wallClock, 1_737_033_954u);
        MemoryMarshal.Write(wallClock[4..], 949_000_000u);
        WriteNote(output, startNs, Notify | 1, pid: 0, wallClock);

        Span<byte> name = stackalloc byte[16];
        name.Clear();
        TwinProcesses.ReaderName.CopyTo(name);
        WriteNote(output, startNs, Notify, TwinProcesses.ReaderId, name);
        name.Clear();
        TwinProcesses.WriterName.CopyTo(name);
        WriteNote(output, startNs, Notify, TwinProcesses.WriterId, name);
    }

    public readonly void WriteTo(OutputBuffer output) => MemoryMarshal.Write(output.Take(Marshal.SizeOf<BlktraceRecord>()), this);

    private static void WriteNote(OutputBuffer output, long timeNs, uint action, int pid, ReadOnlySpan<byte> pdu)
    {
        new BlktraceRecord
        {
            Magic = Version7,
            TimeNs = (ulong)timeNs,
            Action = action,
            Pid = (uint)pid,
            Device = 259u << 20,
            PduLength = (ushort)pdu.Length,
        }.WriteTo(output);
        output.Write(pdu);
    }
}

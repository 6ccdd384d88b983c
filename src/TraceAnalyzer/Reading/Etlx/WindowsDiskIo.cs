using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Kernel;

namespace TraceAnalyzer.Reading.Etlx;

/// <summary>
/// A read, write or flush that Windows' kernel logger tells of when it has completed (DiskIO/Read, Write and FlushBuffers; classes DiskIo_TypeGroup1 and
/// DiskIo_TypeGroup3 of the ETW documentation).
/// </summary>
/// <param name="Rwbs"><c>R</c>, <c>W</c> or <c>FF</c>.</param>
/// <param name="DiskNumber">The disk, as in <c>\\.\PhysicalDrive0</c>.</param>
/// <param name="OffsetBytes">Where on the disk; 0 for a flush.</param>
/// <param name="LengthBytes">How much; 0 for a flush.</param>
/// <param name="CompleteNs">When it completed, nanoseconds since the start of the session.</param>
/// <param name="LatencyNs">Time since it was given to the disk's driver.</param>
/// <param name="ProcessId">Process that issued it; -1 if unknown.</param>
internal readonly record struct WindowsDiskIo(Rwbs Rwbs, int DiskNumber, long OffsetBytes, uint LengthBytes, long CompleteNs, long LatencyNs, int ProcessId)
{
    private static readonly Rwbs s_read = Rwbs.Of("R");
    private static readonly Rwbs s_write = Rwbs.Of("W");
    private static readonly Rwbs s_flush = Rwbs.Of("FF");

    /// <summary>Reads an event; false if it is another one.</summary>
    public static bool TryRead(TraceEvent e, out WindowsDiskIo io)
    {
        io = default;
        switch (e)
        {
            case DiskIOTraceData { OpcodeName: "Read" or "Write" } data when data.DiskNumber >= 0 && data.ByteOffset >= 0 && data.TransferSize >= 0:
                Rwbs letters = data.OpcodeName == "Read" ? s_read : s_write;
                io = new WindowsDiskIo(letters, data.DiskNumber, data.ByteOffset, (uint)data.TransferSize, NsOf(e.TimeStampRelativeMSec), NsOf(data.ElapsedTimeMSec), e.ProcessID);
                return true;
            case DiskIOFlushBuffersTraceData data when data.DiskNumber >= 0:
                io = new WindowsDiskIo(s_flush, data.DiskNumber, 0, 0, NsOf(e.TimeStampRelativeMSec), NsOf(data.ElapsedTimeMSec), e.ProcessID);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes its issue and its completion.</summary>
    public void Write(DeviceId device, ushort cpu, Span<BlockEvent> two)
    {
        BlockEvent e = default;
        e.Action = BlockAction.Issue;
        e.TimeNs = CompleteNs - Math.Max(0, LatencyNs);
        e.Rwbs = Rwbs;
        e.Class = Rwbs.Class;
        e.Sector = (ulong)OffsetBytes / BlockEvent.SectorBytes;
        e.LengthBytes = LengthBytes;
        e.LengthSectors = (uint)(((ulong)LengthBytes + BlockEvent.SectorBytes - 1) / BlockEvent.SectorBytes);
        e.Device = device;
        e.Pid = ProcessId;
        e.Cpu = BlockEvent.UnknownCpu;
        two[0] = e;
        e.Action = BlockAction.Complete;
        e.TimeNs = CompleteNs;
        e.Cpu = cpu;
        two[1] = e;
    }

    /// <summary>Nanoseconds of TraceEvent's milliseconds, which are exact enough for them over days.</summary>
    public static long NsOf(double milliseconds) => (long)Math.Round(milliseconds * 1e6);
}

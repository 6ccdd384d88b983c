using System.Runtime.InteropServices;

namespace TraceAnalyzer;

/// <summary>
/// One event of a block trace: one line of blkparse, one record of blktrace. 64 bytes, one cache line, so that
/// millions of them pass through arrays without an allocation. A field the source does not carry is zero,
/// but for <see cref="Cpu"/> (<see cref="UnknownCpu"/>) and <see cref="Pid"/> (<see cref="UnknownPid"/>).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockEvent
{
    /// <summary><see cref="Cpu"/> of a source that does not say.</summary>
    public const ushort UnknownCpu = ushort.MaxValue;

    /// <summary><see cref="Pid"/> of a source that does not say.</summary>
    public const int UnknownPid = -1;

    /// <summary>Size of a sector, in bytes, whatever the device's block size (<c>include/linux/blk_types.h</c>).</summary>
    public const int SectorBytes = 512;

    /// <summary>Sectors beyond this (8 EiB) cannot be: the record is damaged.</summary>
    public const ulong MaxSector = 1ul << 54;

    /// <summary>Time on the trace's clock, in nanoseconds.</summary>
    public long TimeNs;

    /// <summary>First sector, in units of 512 bytes, relative to <see cref="Device"/>.</summary>
    public ulong Sector;

    /// <summary>The operation's letters.</summary>
    public Rwbs Rwbs;

    /// <summary>Remap: the sector it came from. Split: first sector of the second part. Unplug: number of requests.</summary>
    public ulong RelatedSector;

    /// <summary>Length in bytes; for a discard the bytes discarded.</summary>
    public uint LengthBytes;

    /// <summary>Length in sectors of 512 bytes. Zero for passthrough commands, whatever their length in bytes.</summary>
    public uint LengthSectors;

    /// <summary>The device.</summary>
    public DeviceId Device;

    /// <summary>Remap: the device it came from.</summary>
    public DeviceId RelatedDevice;

    /// <summary>Process that was current; on completions often whatever was interrupted.</summary>
    public int Pid;

    /// <summary>Sequence number within the CPU (within the trace for text); 0 if unknown.</summary>
    public uint Sequence;

    /// <summary>CPU the event was recorded on.</summary>
    public ushort Cpu;

    /// <summary>Completion status: 0 or a negated errno, e.g. -5 for EIO.</summary>
    public short Error;

    /// <summary>Number of the kernel call stack that led here, in the table of its reader; 0 if the source has none.</summary>
    public ushort Stack;

    /// <summary>What happened.</summary>
    public BlockAction Action;

    /// <summary>What the operation does to the data; <see cref="OperationClass.Other"/> for passthrough commands whatever their letters.</summary>
    public OperationClass Class;

    /// <summary>First sector after the event's last.</summary>
    public readonly ulong EndSector => Sector + LengthSectors;
}

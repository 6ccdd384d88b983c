using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Reading.Nettrace;

/// <summary>What leads an event in the chunks of <see cref="NettraceReader"/>; its payload follows. Not a format: it never leaves the process.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct NettraceRecord
{
    /// <summary><see cref="Kind"/> of a process's name: the payload is the name.</summary>
    public const ushort ProcessName = ushort.MaxValue;

    /// <summary>Bytes of it.</summary>
    public static int Bytes => Unsafe.SizeOf<NettraceRecord>();

    /// <summary>Time, nanoseconds.</summary>
    public long TimeNs;

    /// <summary>Process that the name belongs to.</summary>
    public int ProcessId;

    /// <summary>CPU.</summary>
    public ushort Cpu;

    /// <summary>Call stack in the <see cref="StackTable"/>.</summary>
    public ushort Stack;

    /// <summary>Place of the tracepoint in <see cref="Tracepoints.BlockTracepoints.All"/>, or <see cref="ProcessName"/>.</summary>
    public ushort Kind;

    /// <summary>Bytes of the payload.</summary>
    public ushort PayloadBytes;
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>What cutting needs of a record.</summary>
internal readonly record struct RecordFrame(long TimeNs, uint Sequence, uint Device, uint Cpu, ushort PayloadBytes, bool IsNotify, bool IsMessage = false);

/// <summary>The fields of a record's header, wherever a version keeps them.</summary>
internal interface IRecordLayout
{
    long TimeNs { get; }

    ulong Sector { get; }

    /// <summary>What happened in the low 16 bits, categories above.</summary>
    ulong Action { get; }

    uint Sequence { get; }

    uint Bytes { get; }

    uint Pid { get; }

    uint Device { get; }

    uint Cpu { get; }

    ushort Error { get; }

    ushort PayloadBytes { get; }
}

/// <summary>How the bytes of a number lie, against this machine's own order.</summary>
internal interface IByteOrder
{
    static abstract ushort Read(ushort value);

    static abstract uint Read(uint value);

    static abstract ulong Read(ulong value);
}

/// <summary>As on this machine.</summary>
internal readonly struct NativeOrder : IByteOrder
{
    public static ushort Read(ushort value) => value;

    public static uint Read(uint value) => value;

    public static ulong Read(ulong value) => value;
}

/// <summary>The other way round.</summary>
internal readonly struct ReversedOrder : IByteOrder
{
    public static ushort Read(ushort value) => BinaryPrimitives.ReverseEndianness(value);

    public static uint Read(uint value) => BinaryPrimitives.ReverseEndianness(value);

    public static ulong Read(ulong value) => BinaryPrimitives.ReverseEndianness(value);
}

/// <summary><c>struct blk_io_trace</c>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct Version7<TOrder> : IRecordLayout
    where TOrder : struct, IByteOrder
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

    public long TimeNs => (long)TOrder.Read(_time);

    public ulong Sector => TOrder.Read(_sector);

    public ulong Action => TOrder.Read(_action);

    public uint Sequence => TOrder.Read(_sequence);

    public uint Bytes => TOrder.Read(_bytes);

    public uint Pid => TOrder.Read(_pid);

    public uint Device => TOrder.Read(_device);

    public uint Cpu => TOrder.Read(_cpu);

    public ushort Error => TOrder.Read(_error);

    public ushort PayloadBytes => TOrder.Read(_payloadBytes);
}

/// <summary><c>struct blk_io_trace2</c>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct Version8<TOrder> : IRecordLayout
    where TOrder : struct, IByteOrder
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

    public long TimeNs => (long)TOrder.Read(_time);

    public ulong Sector => TOrder.Read(_sector);

    public ulong Action => TOrder.Read(_action);

    public uint Sequence => TOrder.Read(_sequence);

    public uint Bytes => TOrder.Read(_bytes);

    public uint Pid => TOrder.Read(_pid);

    public uint Device => TOrder.Read(_device);

    public uint Cpu => TOrder.Read(_cpu);

    public ushort Error => TOrder.Read(_error);

    public ushort PayloadBytes => TOrder.Read(_payloadBytes);
}

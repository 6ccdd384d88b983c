using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace TraceAnalyzer.Cli.Capture.Files;

/// <summary>Where a file lies on its file system's device, by FS_IOC_FIEMAP (kernel, Documentation/filesystems/fiemap.rst).</summary>
internal static class Fiemap
{
    /// <summary>Extents that are kept of one file: a file of 16 TiB in pieces of 128 MiB has half as many.</summary>
    public const int MostExtents = 1 << 18;

    private const int HeaderBytes = 32;
    private const int ExtentBytes = 56;
    private const int ExtentsAtOnce = 512;
    private const int SectorShift = 9;
    private const uint SyncFirst = 1;
    private const uint Last = 1;

    // include/uapi/linux/fiemap.h, in the words of filefrag.
    private static readonly (uint Flag, string Name)[] s_flags =
    [
        (1, "last"), (2, "unknown_loc"), (4, "delalloc"), (8, "encoded"), (0x80, "encrypted"), (0x100, "not_aligned"), (0x200, "inline"),
        (0x400, "tail_packed"), (0x800, "unwritten"), (0x1000, "merged"), (0x2000, "shared"),
    ];

    /// <summary>The extents of an open file; null if its file system does not tell.</summary>
    /// <param name="file">The file.</param>
    /// <param name="sync">Whether to write out first what has no place yet.</param>
    public static List<Extent>? Of(SafeFileHandle file, bool sync)
    {
        byte[] request = new byte[HeaderBytes + (ExtentsAtOnce * ExtentBytes)];
        var extents = new List<Extent>();
        ulong start = 0;
        while (extents.Count < MostExtents)
        {
            request.AsSpan(0, HeaderBytes).Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(request, start);
            BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(8), ulong.MaxValue - start);
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(16), sync ? SyncFirst : 0);
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(24), ExtentsAtOnce);
            if (!LinuxCalls.Fiemap(file, request))
                return null;
            int count = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(request.AsSpan(20)), ExtentsAtOnce);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> extent = request.AsSpan(HeaderBytes + (i * ExtentBytes), ExtentBytes);
                ulong logical = BinaryPrimitives.ReadUInt64LittleEndian(extent);
                ulong length = BinaryPrimitives.ReadUInt64LittleEndian(extent[16..]);
                uint flags = BinaryPrimitives.ReadUInt32LittleEndian(extent[40..]);
                extents.Add(new Extent((long)(logical >> SectorShift), (long)(BinaryPrimitives.ReadUInt64LittleEndian(extent[8..]) >> SectorShift), (long)(length >> SectorShift), flags));
                start = logical + length;
                if ((flags & Last) != 0)
                    return extents;
            }

            if (count == 0)
                return extents;
        }

        return extents;
    }

    /// <summary>Flags in filefrag's words.</summary>
    public static string NamesOf(uint flags) => string.Join(',', s_flags.Where(flag => (flags & flag.Flag) != 0).Select(flag => flag.Name));
}

/// <summary>A piece of a file, in sectors of 512 bytes.</summary>
/// <param name="LogicalSector">Where in the file it begins.</param>
/// <param name="PhysicalSector">Where on the file system's device.</param>
/// <param name="Sectors">Its length.</param>
/// <param name="Flags">Flags of FIEMAP.</param>
internal readonly record struct Extent(long LogicalSector, long PhysicalSector, long Sectors, uint Flags);

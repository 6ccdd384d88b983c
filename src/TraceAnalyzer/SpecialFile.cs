using System.Globalization;
using System.Runtime.InteropServices;

namespace TraceAnalyzer;

/// <summary>What .NET does not say of a path: whether it is a device or a pipe (they exist as files, but opening a pipe waits until somebody writes to it), and which file it is.</summary>
internal static partial class SpecialFile
{
    // include/uapi/linux/fcntl.h, stat.h: struct statx has 256 bytes, the mode at byte 28, the inode at 32, the device it lies on at 136.
    private const int RelativeToWorkingFolder = -100;
    private const uint AskForType = 0x001;
    private const uint AskForInode = 0x100;
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int DeviceOffset = 136;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>True if there is something at <paramref name="path"/> that is neither file nor folder. Only Linux tells; elsewhere false.</summary>
    public static bool IsAt(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        Span<byte> status = stackalloc byte[StatxBytes];
        if (Statx(RelativeToWorkingFolder, path, 0, AskForType, ref MemoryMarshal.GetReference(status)) != 0)
            return false;
        return (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) is not (RegularFile or Folder);
    }

    /// <summary>Device and inode of what is at <paramref name="path"/>, links followed: the same for every path to one file. Null if there is nothing, or off Linux.</summary>
    public static string? InodeOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> status = stackalloc byte[StatxBytes];
        if (Statx(RelativeToWorkingFolder, path, 0, AskForInode, ref MemoryMarshal.GetReference(status)) != 0)
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"{MemoryMarshal.Read<ulong>(status[DeviceOffset..]):X}:{MemoryMarshal.Read<ulong>(status[InodeOffset..])}");
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte status);
}

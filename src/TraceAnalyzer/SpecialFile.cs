using System.Runtime.InteropServices;

namespace TraceAnalyzer;

/// <summary>Tells devices and pipes from files, which .NET does not: all of them exist as files, but opening a pipe waits until somebody writes to it.</summary>
internal static partial class SpecialFile
{
    // include/uapi/linux/fcntl.h, stat.h: struct statx has 256 bytes, the mode at byte 28.
    private const int RelativeToWorkingFolder = -100;
    private const uint AskForType = 1;
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
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

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte status);
}

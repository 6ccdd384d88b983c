using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TraceAnalyzer.Cli.Capture;

/// <summary>The system calls of Linux that .NET does not offer. Each is documented in section 2 of the manual pages; numbers are those of <c>include/uapi</c>, alike on x64 and arm64.</summary>
internal static partial class LinuxCalls
{
    private const int Monotonic = 1;
    private const int Realtime = 0;
    private const int ReadOnlyNonBlocking = 0x800 | 0x80000;
    private const int ChildSubreaper = 36;
    private const int InterruptSignal = 2;
    private const int TerminateSignal = 15;
    private const int CurrentDirectory = -100;
    private const uint StatxBasic = 0x7FF;

    /// <summary>Now on the monotonic and on the wall clock, read one after the other, in nanoseconds.</summary>
    public static ClockReading Now()
    {
        long before = Clock(Monotonic);
        long real = Clock(Realtime);
        return new ClockReading(before + ((Clock(Monotonic) - before) / 2), real);
    }

    /// <summary>CLOCK_MONOTONIC in nanoseconds: the clock of the trace.</summary>
    public static long MonotonicNs() => Clock(Monotonic);

    /// <summary>True for root.</summary>
    public static bool IsRoot => GetEffectiveUser() == 0;

    /// <summary>Makes orphaned children of this process's descendants children of it, so that what a command starts in the background stays in its tree.</summary>
    public static void AdoptOrphans() => _ = ProcessControl(ChildSubreaper, 1, 0, 0, 0);

    /// <summary>Leaves the session of the terminal: its end and its Ctrl-C do not reach this process any more.</summary>
    public static void LeaveSession() => _ = SetSession();

    /// <summary>True if the terminal's Ctrl-C reaches the children of this process by itself.</summary>
    public static bool IsForegroundOfTerminal()
    {
        int group = TerminalGroup(0);
        return group > 0 && group == OwnGroup();
    }

    /// <summary>Sends SIGINT, or SIGTERM.</summary>
    public static void Signal(int process, bool terminate) => _ = Kill(process, terminate ? TerminateSignal : InterruptSignal);

    /// <summary>Writes what is dirty to all disks.</summary>
    public static void WriteBack() => Sync();

    /// <summary>Gives a file, or a link itself, to a user.</summary>
    public static void ChangeOwner(string path, uint user, uint group) => _ = ChangeLinkOwner(path, user, group);

    /// <summary>Removes an empty folder; of a control group or a tracer's instance one whose files are the kernel's.</summary>
    public static bool RemoveFolder(string path) => RemoveDirectory(path) == 0;

    /// <summary>Opens a file for reading that returns at once if there is nothing to read; null if it cannot be opened.</summary>
    public static SafeFileHandle? OpenNonBlocking(string path)
    {
        int descriptor = Open(path, ReadOnlyNonBlocking, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Reads what is there; 0 or less if there is nothing.</summary>
    public static unsafe int Read(SafeFileHandle file, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return (int)Read(file, start, (nuint)buffer.Length);
    }

    /// <summary>Which device a file lies on, which it is there, and of a device node which device it is; null if there is no such file.</summary>
    public static unsafe FileIdentity? IdentityOf(string path)
    {
        byte* status = stackalloc byte[256];
        if (Statx(CurrentDirectory, path, 0, StatxBasic, status) != 0)
            return null;
        uint U32(int offset) => *(uint*)(status + offset);
        const int FileType = 0xF000;
        const int RegularFile = 0x8000;
        const int BlockNode = 0x6000;
        int type = *(ushort*)(status + 28) & FileType;
        return new FileIdentity(
            DeviceId.Of(U32(136), U32(140)), *(ulong*)(status + 32), *(long*)(status + 40), type == RegularFile, type == BlockNode ? DeviceId.Of(U32(128), U32(132)) : null);
    }

    /// <summary>FS_IOC_FIEMAP on an open file; false if the file system has none.</summary>
    public static unsafe bool Fiemap(SafeFileHandle file, Span<byte> request)
    {
        const uint FsIocFiemap = 0xC020660B;
        fixed (byte* start = request)
            return Ioctl(file, FsIocFiemap, start) == 0;
    }

    /// <summary>Bytes of a file's range that are in the page cache; null if the kernel does not say. Nothing is read.</summary>
    public static unsafe long? ResidentBytes(SafeFileHandle file, long offset, long length)
    {
        const int NoAccess = 0;
        const int Shared = 1;
        void* mapped = Map(null, (nuint)length, NoAccess, Shared, file, offset);
        if ((nint)mapped == -1)
            return null;
        try
        {
            int page = Environment.SystemPageSize;
            byte[] pages = new byte[(length + page - 1) / page];
            fixed (byte* states = pages)
            {
                if (Mincore(mapped, (nuint)length, states) != 0)
                    return null;
            }

            return Math.Min(length, pages.LongCount(state => (state & 1) != 0) * page);
        }
        finally
        {
            _ = Unmap(mapped, (nuint)length);
        }
    }

    private static unsafe long Clock(int clock)
    {
        long* time = stackalloc long[2];
        _ = GetTime(clock, time);
        return (time[0] * 1_000_000_000) + time[1];
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int GetTime(int clock, long* time);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int TerminalGroup(int descriptor);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int OwnGroup();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeLinkOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "rmdir", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "sync")]
    private static partial void Sync();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int Ioctl(SafeFileHandle file, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static unsafe partial void* Map(void* address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "mincore")]
    private static unsafe partial int Mincore(void* address, nuint length, byte* states);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static unsafe partial int Unmap(void* address, nuint length);
}

/// <summary>A moment on two clocks.</summary>
/// <param name="MonotonicNs">CLOCK_MONOTONIC in nanoseconds.</param>
/// <param name="UnixNs">Nanoseconds since 1970 UTC.</param>
internal readonly record struct ClockReading(long MonotonicNs, long UnixNs);

/// <summary>What <c>statx</c> says of a file.</summary>
/// <param name="FileSystem">The device number of its file system; not that of a disk on btrfs, overlayfs and tmpfs.</param>
/// <param name="Inode">Its inode.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="IsRegular">True for a file with data of its own.</param>
/// <param name="Device">The device it stands for; null unless it is the node of a block device.</param>
internal readonly record struct FileIdentity(DeviceId FileSystem, ulong Inode, long LengthBytes, bool IsRegular, DeviceId? Device);

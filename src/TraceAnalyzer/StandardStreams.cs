using System.Runtime.InteropServices;

namespace TraceAnalyzer;

/// <summary>Tells a standard stream that was closed (<c>&gt;&amp;-</c>) from one that is open.</summary>
internal static partial class StandardStreams
{
    /// <summary>Number of standard input.</summary>
    public const int Input = 0;

    /// <summary>Number of standard output.</summary>
    public const int Output = 1;

    /// <summary>Number of standard error.</summary>
    public const int Error = 2;

    // include/uapi/asm-generic/fcntl.h
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;

    /// <summary>
    /// True if the stream was closed when the process began. Its number is then taken by whatever the runtime opened first, a pipe of its own perhaps: but the
    /// runtime opens everything so that a program it starts would not get it, which a stream that this process got cannot be.
    /// </summary>
    public static bool IsClosed(int number)
    {
        if (OperatingSystem.IsWindows())
            return false;
        int flags = Fcntl(number, GetDescriptorFlags, 0);
        return flags < 0 || (flags & CloseOnExec) != 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Fcntl(int descriptor, int command, int argument);
}

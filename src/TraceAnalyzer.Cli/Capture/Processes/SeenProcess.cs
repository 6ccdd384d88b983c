using System.Globalization;

namespace TraceAnalyzer.Cli.Capture.Processes;

/// <summary>A process of the command.</summary>
/// <param name="id">Its number.</param>
/// <param name="parent">That of its parent when first seen.</param>
/// <param name="startTicks">When it started, in the kernel's ticks: with its number what tells it from others.</param>
/// <param name="firstNs">When it was first seen, on the monotonic clock.</param>
internal sealed class SeenProcess(int id, int parent, long startTicks, long firstNs)
{
    /// <summary>Its number.</summary>
    public int Id { get; } = id;

    /// <summary>That of its parent when first seen.</summary>
    public int Parent { get; } = parent;

    /// <summary>When it started, in ticks.</summary>
    public long StartTicks { get; } = startTicks;

    /// <summary>When it was first seen, in nanoseconds of the monotonic clock.</summary>
    public long FirstNs { get; } = firstNs;

    /// <summary>True until it was looked at.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>Its name when last seen.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its command line.</summary>
    public string Command { get; set; } = "";

    /// <summary>Page faults that had to wait for a disk.</summary>
    public long MajorFaults { get; set; }

    /// <summary>Page faults that had not.</summary>
    public long MinorFaults { get; set; }
}

/// <summary>What <c>/proc/PID/stat</c> says (proc(5)).</summary>
/// <param name="Name">The process's name.</param>
/// <param name="Parent">Its parent.</param>
/// <param name="StartTicks">When it started, in ticks since the machine did.</param>
/// <param name="MinorFaults">Page faults without a disk.</param>
/// <param name="MajorFaults">Page faults that waited for a disk.</param>
internal sealed record ProcessStat(string Name, int Parent, long StartTicks, long MinorFaults, long MajorFaults)
{
    /// <summary>Of a process; null if it is gone.</summary>
    public static ProcessStat? Of(int id)
    {
        if (KernelFile.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat")) is not { } line)
            return null;
        // A name may hold blanks and brackets; fields are counted behind it, from the third on.
        int open = line.IndexOf('(', StringComparison.Ordinal);
        int close = line.LastIndexOf(')');
        string[] fields = close < 0 ? [] : line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long Number(int field) => long.TryParse(fields[field - 3], CultureInfo.InvariantCulture, out long number) ? number : 0;
        return open < 0 || fields.Length < 20 ? null : new ProcessStat(line[(open + 1)..close], (int)Number(4), Number(22), Number(10), Number(12));
    }
}

using System.Globalization;

namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>The kernel's tracing file system (kernel, Documentation/trace/ftrace.rst).</summary>
internal static class Tracefs
{
    private const int LeastBufferKiB = 1024;
    private const int MostBufferKiB = 64 * 1024;

    // Of the memory that is free, all CPUs' buffers together.
    private const int ShareOfMemory = 16;

    /// <summary>Where it is mounted; null if it is not.</summary>
    public static string? Root => Array.Find(["/sys/kernel/tracing", "/sys/kernel/debug/tracing"], root => File.Exists(root + "/current_tracer"));

    /// <summary>Names of the folders of CPUs.</summary>
    public static string[] Cpus(string root) => [.. KernelFile.Names(root + "/per_cpu").Where(name => name.StartsWith("cpu", StringComparison.Ordinal))];

    /// <summary>
    /// KiB of the buffer of each CPU: a second of 300,000 requests per second with issue and completion on one CPU is about 40 MiB; less where memory is short.
    /// </summary>
    public static string BufferKiB(int cpus)
    {
        long freeKiB = (new AvailableMemory().Bytes() ?? 0) / 1024;
        return Math.Clamp(freeKiB / ShareOfMemory / Math.Max(1, cpus), LeastBufferKiB, MostBufferKiB).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Makes an instance print text with times of the monotonic clock. It begins with the options of the whole machine's tracer, which another capture may have changed.</summary>
    /// <returns>Null, or what was not taken.</returns>
    public static string? SetText(string instance, string bufferKiB)
    {
        (string File, string Value)[] settings =
        [
            ("trace_clock", "mono"), ("buffer_size_kb", bufferKiB), ("options/context-info", "1"), ("options/bin", "0"), ("options/raw", "0"), ("options/hex", "0"), ("options/fields", "0"), ("tracing_on", "1"),
        ];
        foreach ((string file, string value) in settings)
        {
            if (File.Exists($"{instance}/{file}") && KernelFile.Write($"{instance}/{file}", value) is { } fault)
                return $"{instance}/{file}: {fault}";
        }

        return null;
    }

    /// <summary>Events that a buffer lost until now: overwritten, and not stored.</summary>
    public static (long Overrun, long Dropped) Losses(string root)
    {
        long overrun = 0;
        long dropped = 0;
        foreach (string cpu in Cpus(root))
        {
            foreach (string line in KernelFile.Lines($"{root}/per_cpu/{cpu}/stats"))
            {
                string[] parts = line.Split(": ");
                long count = parts.Length == 2 && long.TryParse(parts[1], CultureInfo.InvariantCulture, out long number) ? number : 0;
                overrun += parts[0] is "overrun" or "commit overrun" ? count : 0;
                dropped += parts[0] is "dropped events" ? count : 0;
            }
        }

        return (overrun, dropped);
    }
}

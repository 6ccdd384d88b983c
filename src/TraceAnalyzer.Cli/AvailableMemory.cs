using System.Globalization;

namespace TraceAnalyzer.Cli;

/// <summary>How much memory is free: of the machine and, on Linux, of the control groups (version 1 or 2) that this process is in.</summary>
/// <param name="procPath">Where <c>/proc</c> is.</param>
/// <param name="cgroupPath">Where control groups are mounted.</param>
internal sealed class AvailableMemory(string procPath = "/proc", string cgroupPath = "/sys/fs/cgroup")
{
    /// <summary>Bytes that are free now; null if nothing says.</summary>
    public long? Bytes()
    {
        long? bytes = OfMachine();
        foreach (string folder in CgroupFolders("0::", ""))
            bytes = Least(bytes, Left(folder, "memory.max", "memory.current", "inactive_file "));
        foreach (string folder in CgroupFolders("memory:", "memory"))
            bytes = Least(bytes, Left(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "));
        if (bytes is not null)
            return bytes;
        GCMemoryInfo info = GC.GetGCMemoryInfo();
        return info.TotalAvailableMemoryBytes > 0 ? Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes) : null;
    }

    private long? OfMachine()
    {
        foreach (string line in Lines(Path.Combine(procPath, "meminfo")))
        {
            if (line.StartsWith("MemAvailable:", StringComparison.Ordinal) && TryParse(line["MemAvailable:".Length..].Replace("kB", "", StringComparison.Ordinal), out long kib))
                return kib * 1024;
        }

        return null;
    }

    // The group and all that it lies in: each may have a limit. In a container the path may be one of the host, and the mount is the group itself.
    private IEnumerable<string> CgroupFolders(string controllers, string mount)
    {
        string root = Path.Combine(cgroupPath, mount);
        yield return root;
        foreach (string line in Lines(Path.Combine(procPath, "self", "cgroup")))
        {
            // 0::/path, or 9:memory:/path, or 4:cpu,memory:/path
            string[] fields = line.Split(':', 3);
            bool isWanted = controllers == "0::" ? line.StartsWith("0::", StringComparison.Ordinal) : fields.Length == 3 && fields[1].Split(',').Contains("memory");
            if (!isWanted)
                continue;
            string path = fields[2].Trim('/');
            while (path.Length > 0)
            {
                yield return Path.Combine(root, path);
                path = Path.GetDirectoryName(path) ?? "";
            }
        }
    }

    // "max", or a number near 2^63, is no limit. Cached files make room when they must.
    private static long? Left(string folder, string limitFile, string usageFile, string cacheField)
    {
        if (!TryParse(Lines(Path.Combine(folder, limitFile)).FirstOrDefault(), out long limit) || limit > 1L << 60
            || !TryParse(Lines(Path.Combine(folder, usageFile)).FirstOrDefault(), out long usage))
            return null;
        string? cached = Lines(Path.Combine(folder, "memory.stat")).FirstOrDefault(line => line.StartsWith(cacheField, StringComparison.Ordinal));
        long cache = TryParse(cached?[cacheField.Length..], out long bytes) ? bytes : 0;
        return Math.Max(0, limit - Math.Max(0, usage - cache));
    }

    private static long? Least(long? left, long? right) => left is null ? right : right is null ? left : Math.Min(left.Value, right.Value);

    private static bool TryParse(string? text, out long value) => long.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

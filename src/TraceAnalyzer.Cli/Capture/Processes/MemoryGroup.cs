using System.Globalization;
using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.Cli.Capture.Tracers;

namespace TraceAnalyzer.Cli.Capture.Processes;

/// <summary>Control groups that limit memory, of version 1 or 2 (kernel, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst). The page cache counts too.</summary>
/// <param name="Folder">The group's folder.</param>
/// <param name="IsVersion2">Whether it is of version 2.</param>
internal sealed record MemoryGroup(string Folder, bool IsVersion2)
{
    private static readonly string[] s_kept =
        ["anon", "file", "cache", "rss", "mapped_file", "file_mapped", "file_dirty", "dirty", "workingset_refault_file", "workingset_refault", "pgfault", "pgmajfault", "inactive_file", "active_file"];

    /// <summary>The file that takes processes into the group.</summary>
    public string ProcessesFile => Folder + "/cgroup.procs";

    /// <summary>The limit in bytes; null if there is none.</summary>
    public long? LimitBytes => KernelFile.Number(Folder + (IsVersion2 ? "/memory.max" : "/memory.limit_in_bytes")) is { } limit && limit < 1L << 60 ? limit : null;

    /// <summary>Makes a group with a limit.</summary>
    /// <exception cref="UsageException">The machine has no memory controller, or it refuses.</exception>
    public static MemoryGroup Make(long limitBytes, UndoLog undo)
    {
        MemoryGroup root = Roots().FirstOrDefault() ?? throw new UsageException("--memory-max: no control group here can limit memory (neither the memory controller of version 1 nor of version 2 is mounted)");
        var group = new MemoryGroup(string.Create(CultureInfo.InvariantCulture, $"{root.Folder}/traceanalyzer-{Environment.ProcessId}"), root.IsVersion2);
        string limit = limitBytes.ToString(CultureInfo.InvariantCulture);
        string? fault = root.IsVersion2 && !(KernelFile.Read(root.Folder + "/cgroup.subtree_control") ?? "").Split(' ').Contains("memory") ? KernelFile.Write(root.Folder + "/cgroup.subtree_control", "+memory") : null;
        fault ??= undo.MakeFolder(group.Folder) ?? KernelFile.Write(group.Folder + (root.IsVersion2 ? "/memory.max" : "/memory.limit_in_bytes"), limit);
        return fault is null ? group : throw new UsageException($"--memory-max: {group.Folder}: {fault}");
    }

    /// <summary>The group that this process is in; null if none accounts memory.</summary>
    public static MemoryGroup? Own()
    {
        string[] lines = KernelFile.Lines("/proc/self/cgroup");
        foreach (MemoryGroup root in Roots())
        {
            string? path = lines.Select(line => line.Split(':', 3)).FirstOrDefault(parts => parts.Length == 3 && (root.IsVersion2 ? parts[1].Length == 0 : parts[1].Split(',').Contains("memory")))?[2];
            // In a container the path may be one of the host, and the mount is the group itself.
            if (path is not null)
                return Directory.Exists(root.Folder + path) ? root with { Folder = root.Folder + path } : root;
        }

        return null;
    }

    /// <summary>What the group holds now, by the kernel's own names; bytes, but for faults and refaults.</summary>
    public IReadOnlyDictionary<string, long> Read()
    {
        var numbers = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (string line in KernelFile.Lines(Folder + "/memory.stat"))
        {
            string[] words = line.Split(' ');
            if (words.Length == 2 && s_kept.Contains(words[0]) && long.TryParse(words[1], CultureInfo.InvariantCulture, out long number))
                numbers[words[0]] = number;
        }

        foreach ((string name, string file) in ((string, string)[])[("usage", IsVersion2 ? "memory.current" : "memory.usage_in_bytes"), ("max_usage", IsVersion2 ? "memory.peak" : "memory.max_usage_in_bytes"), ("failcnt", "memory.failcnt")])
        {
            if (KernelFile.Number($"{Folder}/{file}") is { } number)
                numbers[name] = number;
        }

        if (LimitBytes is { } limit)
            numbers["limit"] = limit;
        return numbers;
    }

    private static IEnumerable<MemoryGroup> Roots()
    {
        IReadOnlyList<Mount> mounts = Mount.All();
        foreach (Mount mount in mounts.Where(mount => mount.Type == "cgroup" && mount.Options.Split(',').Contains("memory")))
            yield return new MemoryGroup(mount.Point, false);
        foreach (Mount mount in mounts.Where(mount => mount.Type == "cgroup2" && (KernelFile.Read(mount.Point + "/cgroup.controllers") ?? "").Split(' ').Contains("memory")))
            yield return new MemoryGroup(mount.Point, true);
    }
}

using System.Text.Json;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

/// <summary>The machine a run was made on, from <c>run.json</c> or <c>env.json</c> (docs/run-schema.json).</summary>
public sealed record RunEnvironment
{
    private const string StartSuffix = "_start";
    private const string EndSuffix = "_end";

    /// <summary>The kernel's release, such as <c>6.1.0-50-amd64</c>.</summary>
    public string? Kernel { get; init; }

    /// <summary>The clock of the trace, in words.</summary>
    public string? TraceClock { get; init; }

    /// <summary>Block devices and their queues.</summary>
    public IReadOnlyList<QueueSettings> Devices { get; init; } = [];

    /// <summary>Moments known on the monotonic and on the wall clock, in time order.</summary>
    public IReadOnlyList<ClockAnchor> Anchors { get; init; } = [];

    /// <summary>The run's phases as its driver noted them, by their start.</summary>
    public IReadOnlyList<RunPhase> Phases { get; init; } = [];

    /// <summary>What block devices moved while it was traced, by the kernel's own counters; empty if they were not noted.</summary>
    public IReadOnlyList<DiskCounters> Disks { get; init; } = [];

    /// <summary>This, and from <paramref name="other"/> what this does not know. Moments of both count.</summary>
    public RunEnvironment Or(RunEnvironment other) => new()
    {
        Kernel = Kernel ?? other.Kernel,
        TraceClock = TraceClock ?? other.TraceClock,
        Devices = [.. Devices, .. other.Devices.Where(device => !Devices.Any(own => own.Device == device.Device && own.Name == device.Name))],
        Anchors = [.. Anchors.Concat(other.Anchors).OrderBy(anchor => anchor.MonotonicNs)],
        Phases = Phases.Count > 0 ? Phases : other.Phases,
        Disks = Disks.Count > 0 ? Disks : other.Disks,
    };

    /// <summary>True if <paramref name="root"/> is a run.json or env.json.</summary>
    internal static bool IsEnvironment(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && ((string[])["framework", "model", "phases", "queue", "kernel", "device", "parts", "clock_offset_ns", "device_read_gib_per_s", "device_write_gib_per_s", "batch_size", "prompt_len", "gen_len", "offloaded", "shape", "utc_offset_minutes", "file_system_start_sector"])
            .Any(name => root.TryGetProperty(name, out _));

    /// <summary>Reads a run.json or env.json.</summary>
    internal static RunEnvironment FromJson(JsonElement root, SideRemarks remarks)
    {
        var anchors = new List<ClockAnchor>();
        AddAnchor(anchors, remarks, "started", JsonText.Object(root, "started"));
        AddAnchor(anchors, remarks, "ended", JsonText.Object(root, "ended"));
        AddAnchor(anchors, remarks, "start", JsonText.Object(root, "clocks_start"));
        AddAnchor(anchors, remarks, "stop", JsonText.Object(root, "clocks_stop"));
        foreach (JsonProperty trace in JsonText.Members(JsonText.Object(root, "traces")))
        {
            AddAnchor(anchors, remarks, $"trace {trace.Name} start", JsonText.Object(trace.Value, "start"));
            AddAnchor(anchors, remarks, $"trace {trace.Name} stop", JsonText.Object(trace.Value, "stop"));
        }

        JsonElement phases = JsonText.Object(root, "phases");
        foreach (JsonProperty phase in JsonText.Members(phases))
            AddAnchor(anchors, remarks, phase.Name, phase.Value);

        int? mdtsExponent = MdtsIn(JsonText.Text(root, "id_ctrl") ?? "");
        return new RunEnvironment
        {
            Kernel = KernelRelease(JsonText.Text(root, "kernel") ?? JsonText.Text(JsonText.Object(root, "host"), "uname")),
            TraceClock = JsonText.Text(root, "trace_clock"),
            Devices = [.. DevicesIn(root, mdtsExponent, remarks)],
            Anchors = [.. anchors.OrderBy(anchor => anchor.MonotonicNs)],
            Phases = [.. PhasesIn(phases, remarks).OrderBy(phase => phase.StartMonotonicNs)],
            Disks = DiskStatistics.InEnvironment(root, remarks),
        };
    }

    private static IEnumerable<RunPhase> PhasesIn(JsonElement phases, SideRemarks remarks)
    {
        foreach (JsonProperty start in JsonText.Members(phases).Where(phase => phase.Name.EndsWith(StartSuffix, StringComparison.Ordinal)))
        {
            string name = start.Name[..^StartSuffix.Length];
            if (JsonText.Number(start.Value, "mono_ns", SideRanges.TimeNs, remarks) is { } startNs)
                yield return new RunPhase(name, startNs, JsonText.Number(JsonText.Object(phases, name + EndSuffix), "mono_ns", SideRanges.TimeNs, remarks));
        }
    }

    // run.json has one "device"; env.json has "queue", with the files of /sys/block/NAME/queue under each device. People write the same under "env", or as a list of "disks".
    private static IEnumerable<QueueSettings> DevicesIn(JsonElement root, int? mdtsExponent, SideRemarks remarks)
    {
        JsonElement device = JsonText.Object(root, "device");
        if (device.ValueKind == JsonValueKind.Object)
            yield return QueueSettings.FromJson(JsonText.Text(device, "name"), device, device, mdtsExponent, remarks);
        foreach (JsonProperty named in JsonText.Members(JsonText.Object(root, "queue")))
            yield return QueueSettings.FromJson(named.Name, named.Value, JsonText.Object(named.Value, "queue"), mdtsExponent, remarks);
        foreach (JsonProperty named in JsonText.Members(JsonText.Object(root, "env")).Where(named => QueueSettings.IsQueue(named.Value)))
            yield return QueueSettings.FromJson(named.Name, named.Value, named.Value, mdtsExponent, remarks);
        if (root.TryGetProperty("disks", out JsonElement disks) && disks.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement disk in disks.EnumerateArray().Where(QueueSettings.IsQueue))
                yield return QueueSettings.FromJson(JsonText.Text(disk, "name"), disk, disk, mdtsExponent, remarks);
        }
    }

    private static void AddAnchor(List<ClockAnchor> anchors, SideRemarks remarks, string name, JsonElement moment)
    {
        long? monotonicNs = JsonText.Number(moment, "mono_ns", SideRanges.TimeNs, remarks) ?? JsonText.Number(moment, "monotonic_ns", SideRanges.TimeNs, remarks);
        long? unixNs = JsonText.Number(moment, "real_ns", SideRanges.TimeNs, remarks) ?? JsonText.Number(moment, "realtime_ns", SideRanges.TimeNs, remarks);
        if (monotonicNs is { } mono && unixNs is { } unix)
            anchors.Add(new ClockAnchor(name, mono, unix));
    }

    // "Linux HOST RELEASE #1 SMP ..." (uname -a), or the release alone.
    private static string? KernelRelease(string? text)
    {
        string[] words = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? null : words[0] == "Linux" && words.Length >= 3 ? words[2] : words[0];
    }

    // "mdts      : 5" of nvme id-ctrl.
    private static int? MdtsIn(string identity)
    {
        foreach (ReadOnlySpan<char> line in identity.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Trim() is "mdts")
                return new NumberRange<int>(0, byte.MaxValue).Parse(line[(colon + 1)..].Trim());
        }

        return null;
    }
}

/// <summary>A moment on two clocks.</summary>
/// <param name="Name">What happened then.</param>
/// <param name="MonotonicNs">CLOCK_MONOTONIC in nanoseconds: the clock of blktrace and bpftrace.</param>
/// <param name="UnixNs">Wall-clock time in nanoseconds since 1970 UTC.</param>
public readonly record struct ClockAnchor(string Name, long MonotonicNs, long UnixNs);

/// <summary>A phase of a run, such as <c>init</c>, <c>warmup</c> or <c>bench</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="StartMonotonicNs">Start on the monotonic clock, in nanoseconds.</param>
/// <param name="EndMonotonicNs">End; null if it was not noted.</param>
public sealed record RunPhase(string Name, long StartMonotonicNs, long? EndMonotonicNs);

/// <summary>Limits and settings of a block device's queue: <c>/sys/block/NAME/queue</c> (kernel, Documentation/ABI/stable/sysfs-block). Null is what is not known.</summary>
public sealed record QueueSettings
{
    /// <summary>The device's name, such as <c>nvme0n1</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Its number.</summary>
    public DeviceId? Device { get; init; }

    /// <summary>Size of a logical block, in bytes.</summary>
    public int? LogicalBlockBytes { get; init; }

    /// <summary>max_sectors_kb: the largest request the kernel makes, in KiB.</summary>
    public int? MaxRequestKiB { get; init; }

    /// <summary>max_hw_sectors_kb: the largest request the driver takes, in KiB.</summary>
    public int? MaxHardwareRequestKiB { get; init; }

    /// <summary>read_ahead_kb, in KiB.</summary>
    public int? ReadAheadKiB { get; init; }

    /// <summary>nr_requests.</summary>
    public int? RequestCount { get; init; }

    /// <summary>The chosen I/O scheduler.</summary>
    public string? Scheduler { get; init; }

    /// <summary>
    /// The largest transfer the NVMe controller takes, in KiB: 2^MDTS memory pages of 4 KiB, the least size CAP.MPSMIN can state
    /// (NVM Express Base Specification, Identify Controller). Null if it states no limit or is not known.
    /// </summary>
    public int? MaxDataTransferKiB { get; init; }

    /// <summary>True if <paramref name="element"/> holds files of a device's queue.</summary>
    internal static bool IsQueue(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && ((string[])["max_sectors_kb", "read_ahead_kb", "nr_requests"]).Any(name => element.TryGetProperty(name, out _));

    internal static QueueSettings FromJson(string? name, JsonElement device, JsonElement queue, int? mdtsExponent, SideRemarks remarks)
    {
        string? scheduler = JsonText.Text(queue, "scheduler");
        int open = scheduler?.IndexOf('[', StringComparison.Ordinal) ?? -1;
        int close = scheduler?.IndexOf(']', StringComparison.Ordinal) ?? -1;
        // The kernel's "no limit" is as good as the greatest number.
        int? Limit(string member) => (int?)Math.Min(int.MaxValue, JsonText.Number(queue, member, SideRanges.QueueLimit, remarks) ?? -1) is >= 0 and var limit ? limit : null;
        bool isNvme = name?.StartsWith("nvme", StringComparison.Ordinal) == true;
        return new QueueSettings
        {
            Name = name,
            Device = DeviceId.TryParse(JsonText.Text(device, "dev")?.Replace(':', ','), out DeviceId id) ? id : null,
            LogicalBlockBytes = Limit("logical_block_size"),
            MaxRequestKiB = Limit("max_sectors_kb"),
            MaxHardwareRequestKiB = Limit("max_hw_sectors_kb"),
            ReadAheadKiB = Limit("read_ahead_kb"),
            RequestCount = Limit("nr_requests"),
            Scheduler = open >= 0 && close > open ? scheduler![(open + 1)..close] : scheduler,
            MaxDataTransferKiB = isNvme && mdtsExponent is > 0 and < 20 ? 4 << mdtsExponent.Value : Limit("mdts_kib"),
        };
    }
}

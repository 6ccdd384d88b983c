using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.Cli.Capture.Files;
using TraceAnalyzer.Cli.Capture.Processes;

namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>Writes <c>run.json</c> and the small files beside it: what the machine was, and what happened (docs/run-folder.md, docs/capture.md).</summary>
internal static class RunRecord
{
    /// <summary>The file's name.</summary>
    public const string FileName = "run.json";

    /// <summary>The names of threads.</summary>
    public const string ThreadsFileName = "comm.txt";

    // The file is read up to 16 MiB.
    private const int MostListed = 4096;
    private const int LongestCommand = 2048;

    private static readonly JsonWriterOptions s_json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] s_queueFiles =
    [
        "scheduler", "read_ahead_kb", "max_sectors_kb", "max_hw_sectors_kb", "nr_requests", "logical_block_size", "physical_block_size", "minimum_io_size", "optimal_io_size",
        "max_segments", "discard_granularity", "rotational", "rq_affinity", "nomerges", "write_cache", "fua", "io_poll", "wbt_lat_usec", "iostats",
    ];

    /// <summary>Writes what is known; called at the start too, so that a capture that is killed has it.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public static void Write(string folder, CaptureFacts facts)
    {
        using var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content, s_json))
            Write(json, facts);
        File.WriteAllBytes(Path.Combine(folder, FileName), content.ToArray());
    }

    /// <summary>Writes the names of the command's threads.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public static void WriteThreads(string folder, ProcessWatch watch)
    {
        var text = new StringBuilder("# tid comm tgid\n");
        foreach ((int thread, (string name, int process)) in watch.Threads)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{thread} {name.ReplaceLineEndings(" ")} {process}\n");
        File.WriteAllText(Path.Combine(folder, ThreadsFileName), text.ToString());
    }

    private static void Write(Utf8JsonWriter json, CaptureFacts facts)
    {
        json.WriteStartObject();
        json.WriteString("name", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(facts.Options.Output))));
        json.WriteString("command", CommandProcess.Quoted(facts.Options.Command));
        json.WriteString("working_directory", Environment.CurrentDirectory);
        json.WriteString("recorded_by", $"traceanalyzer {typeof(RunRecord).Assembly.GetName().Version?.ToString(3)} capture");
        json.WriteString("kernel", $"{KernelFile.Read("/proc/sys/kernel/osrelease")}");
        json.WriteString("kernel_version", KernelFile.Read("/proc/version"));
        json.WriteString("trace_clock", "CLOCK_MONOTONIC");
        json.WriteNumber("utc_offset_minutes", (int)TimeZoneInfo.Local.GetUtcOffset(DateTimeOffset.UtcNow).TotalMinutes);
        json.WriteBoolean("caches_dropped", facts.Options.DropsCaches);
        if (facts.Options.MemoryMaxBytes is { } limit)
            json.WriteNumber("memory_max_bytes", limit);
        WriteMoment(json, "started", facts.Started);
        WriteMoment(json, "ended", facts.Ended);
        if (facts.ExitCode is { } code)
            json.WriteNumber("exit_code", code);
        WriteEnvironment(json, facts);
        WriteMachine(json);
        WriteNumbers(json, "memory_before", facts.MemoryBefore);
        WriteNumbers(json, "memory_after", facts.MemoryAfter);
        WriteTrace(json, facts);
        WriteProcesses(json, facts);
        WriteFiles(json, facts);
        WriteGpu(json, facts);
        if (facts.NvmeIdentity is { } identity)
            json.WriteString("id_ctrl", identity);
        WriteList(json, "notes", facts.Notes);
        json.WriteStartArray("gates");
        foreach (Gate gate in facts.Gates)
        {
            json.WriteStartObject();
            json.WriteString("name", gate.Name);
            json.WriteString("state", gate.State.ToString().ToLowerInvariant());
            json.WriteString("sentence", gate.Sentence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMoment(Utf8JsonWriter json, string name, ClockReading? moment)
    {
        if (moment is not { } reading)
            return;
        json.WriteStartObject(name);
        json.WriteNumber("mono_ns", reading.MonotonicNs);
        json.WriteNumber("real_ns", reading.UnixNs);
        json.WriteEndObject();
    }

    private static void WriteEnvironment(Utf8JsonWriter json, CaptureFacts facts)
    {
        json.WriteStartObject("env");
        foreach (BlockDevice device in facts.Devices.Devices)
        {
            json.WriteStartObject(device.Name);
            json.WriteString("dev", FormattableString.Invariant($"{device.Number.Major}:{device.Number.Minor}"));
            foreach (string file in s_queueFiles)
            {
                if (KernelFile.Read($"{device.Folder}/queue/{file}") is { } value)
                    json.WriteString(file, value);
            }

            json.WriteNumber("size_sectors", KernelFile.Number(device.Folder + "/size") ?? 0);
            if (KernelFile.Read(device.Folder + "/device/model") is { } model)
                json.WriteString("device_model", model);
            if (device.BackingFile is { } file2)
            {
                json.WriteString("loop_backing_file", file2);
                json.WriteString("loop_dio", KernelFile.Read(device.Folder + "/loop/dio"));
            }

            WriteList(json, "made_of", [.. device.Members().Select(member => member.Name)]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("file_systems");
        foreach (Mount mount in facts.Devices.FileSystems)
        {
            json.WriteStartObject();
            json.WriteString("point", mount.Point);
            json.WriteString("type", mount.Type);
            json.WriteString("source", mount.Source);
            json.WriteString("options", mount.Options);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMachine(Utf8JsonWriter json)
    {
        json.WriteNumber("cpus", Environment.ProcessorCount);
        json.WriteStartObject("meminfo_kib");
        foreach (string line in KernelFile.Lines("/proc/meminfo"))
        {
            string[] words = line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] is "MemTotal" or "MemAvailable" or "Cached" or "Dirty" or "SwapTotal" or "SwapFree" && long.TryParse(words[1], out long kib))
                json.WriteNumber(words[0], kib);
        }

        json.WriteEndObject();
        WriteList(json, "swaps", KernelFile.Lines("/proc/swaps").Skip(1));
        if (MemoryGroup.Own() is not { } group)
            return;
        json.WriteStartObject("cgroup");
        json.WriteNumber("version", group.IsVersion2 ? 2 : 1);
        json.WriteString("folder", group.Folder);
        if (group.LimitBytes is { } limit)
            json.WriteNumber("limit_bytes", limit);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long>? numbers)
    {
        if (numbers is null)
            return;
        json.WriteStartObject(name);
        foreach ((string key, long number) in numbers)
            json.WriteNumber(key, number);
        json.WriteEndObject();
    }

    private static void WriteTrace(Utf8JsonWriter json, CaptureFacts facts)
    {
        json.WriteStartObject("trace");
        json.WriteString("tracer", facts.TracerName ?? "none");
        json.WriteString("actions", facts.Actions);
        WriteList(json, "devices", [.. facts.Devices.Devices.Select(device => device.Name)]);
        WriteMoment(json, "start", facts.TraceStarted);
        WriteMoment(json, "end", facts.TraceEnded);
        if (facts.Losses is { } losses)
        {
            json.WriteNumber("overrun_events", losses.Overrun);
            json.WriteNumber("dropped_events", losses.Dropped);
            json.WriteNumber("unwritten_bytes", losses.UnwrittenBytes);
        }

        if (facts is { DisksBefore: { } before, DisksAfter: { } after })
        {
            json.WriteStartObject("diskstats_delta");
            foreach (BlockDevice device in facts.Devices.Devices)
            {
                if (after.Since(before, device.Name) is not { } moved)
                    continue;
                json.WriteStartObject(device.Name);
                json.WriteNumber("reads", moved.Reads);
                json.WriteNumber("sectors_read", moved.ReadSectors);
                json.WriteNumber("writes", moved.Writes);
                json.WriteNumber("sectors_written", moved.WriteSectors);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteProcesses(Utf8JsonWriter json, CaptureFacts facts)
    {
        if (facts.Watch is not { } watch)
            return;
        json.WriteNumber("longest_time_between_looks_ns", watch.LongestGapNs);
        json.WriteStartArray("processes");
        foreach (SeenProcess process in watch.Processes.OrderBy(process => process.FirstNs).Take(MostListed))
        {
            json.WriteStartObject();
            json.WriteNumber("pid", process.Id);
            json.WriteNumber("parent", process.Parent);
            json.WriteString("name", process.Name);
            json.WriteString("command", process.Command.Length > LongestCommand ? process.Command[..LongestCommand] : process.Command);
            json.WriteNumber("first_seen_mono_ns", process.FirstNs);
            json.WriteNumber("major_faults", process.MajorFaults);
            json.WriteNumber("minor_faults", process.MinorFaults);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFiles(Utf8JsonWriter json, CaptureFacts facts)
    {
        if (facts.Files is not { } files)
            return;
        json.WriteNumber("files_seen", files.All.Count);
        json.WriteStartArray("files");
        foreach (SeenFile file in files.All.OrderByDescending(file => file.LengthBytes).Take(MostListed))
        {
            json.WriteStartObject();
            json.WriteString("file", file.FilePath);
            json.WriteNumber("bytes", file.LengthBytes);
            if (file.FirstResidentBytes is { } first)
                json.WriteNumber("resident_bytes_first", first);
            if (file.LastResidentBytes is { } last)
                json.WriteNumber("resident_bytes_last", last);
            json.WriteNumber("extents", (file.LastExtents ?? file.FirstExtents ?? []).Count);
            if (file.IsDeleted)
                json.WriteBoolean("deleted", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGpu(Utf8JsonWriter json, CaptureFacts facts)
    {
        if (facts.Gpu is not { } gpu)
            return;
        json.WriteStartObject("gpu_sampling");
        json.WriteNumber("samples", gpu.Samples);
        json.WriteNumber("restarts", gpu.Restarts);
        json.WriteNumber("longest_gap_ns", gpu.LongestGapNs);
        if (gpu.Fault is { } fault)
            json.WriteString("fault", fault);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}

using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>A capture with what is true of it, for what the tool claims once that is hidden from it.</summary>
/// <param name="Name">Its folder below <c>traces</c>.</param>
/// <param name="Folder">The folder.</param>
/// <param name="StartNs">When each token, or pass of what is no language model, began, as the run noted it; empty if it has none.</param>
/// <param name="EndNs">When the last one ended; null if nothing says.</param>
internal sealed record CalibrationCapture(string Name, string Folder, long[] StartNs, long? EndNs)
{
    // The trace stays in one form. What lists files stays: it says nothing of times.
    private static readonly string[] s_otherForms = ["blkparse", "bpftrace", "trace_pipe", "perf.", "trace-cmd", ".custom.", "per-disk", "oracle.json"];
    private static readonly string[] s_times = ["tokens.csv", "layers.csv", "marks.json", "phases.csv", "memory.csv", "ops.csv", "run.json", "env.json", "driver.json", "gpu.txt", "tensor_io"];
    private static readonly string[] s_logs = ["stdout.txt", "flexgen.log", "llama.log"];

    /// <summary>True if a language model, or a workload that moves data as one does, ran.</summary>
    public bool IsInference => !((string[])["md-raid0", "btrfs-raid0-4dev", "zero-optimizer-swap", "deepnvme", "-mixed-", "-xfs-", "-stream", "-cgroup"]).Any(Name.Contains);

    /// <summary>All captures, those of the repository or also those beside it.</summary>
    public static CalibrationCapture[] All(bool withShared)
    {
        string own = Repository.Path("traces");
        string[] roots = withShared ? [Path.GetDirectoryName(Path.GetDirectoryName(Captures.Folder("flexgen/model-offload-b16")))!, own] : [own];
        return
        [
            .. from root in roots
               from kind in (string[])["flexgen", "deepspeed", "new", "new/hf-memory-sweep", "nvmevirt"]
               let parent = Path.Combine(root, kind)
               where Directory.Exists(parent)
               from folder in Directory.GetDirectories(parent)
               where Path.GetFileName(folder) != "hf-memory-sweep"
               let name = kind + "/" + Path.GetFileName(folder)
               group folder by name into folders
               orderby folders.Key
               select Of(folders.Key, folders.First()),
        ];
    }

    /// <summary>A copy of the folder with the whole run, but each trace in one form.</summary>
    public string Whole() => Copy(s_otherForms);

    /// <summary>A copy without any file that tells times of day or of the trace's clock; a framework's log, which says how long things took, stays.</summary>
    public string WithoutTimes() => Copy([.. s_otherForms, .. s_times]);

    /// <summary>A copy that is left with the trace, with where files lie, and with the name of a model if one ran.</summary>
    public string WithoutLogs()
    {
        string folder = Copy([.. s_otherForms, .. s_times, .. s_logs]);
        if (IsInference && StartNs.Length > 0)
            System.IO.File.WriteAllText(Path.Combine(folder, "run.json"), """{"model": "model"}""");
        return folder;
    }

    private string Copy(string[] without)
    {
        string folder = Path.Combine(Runs.RunCaptures.NewFolder(), "run");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(Folder).Where(file => !without.Any(Path.GetFileName(file).Contains)))
            System.IO.File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    private static CalibrationCapture Of(string name, string folder)
    {
        string File(string file) => Path.Combine(folder, file);
        if (System.IO.File.Exists(File("tokens.csv")))
        {
            using var text = new StreamReader(File("tokens.csv"));
            TokenTime[] all = [.. TokenTimes.Read(text).Tokens];
            TokenTime[] tokens = [.. all.Where(token => token.Phase == all[^1].Phase)];
            return new CalibrationCapture(name, folder, [.. tokens.Select(token => token.StartMonotonicNs)], tokens[^1].EndMonotonicNs);
        }

        if (name == "nvmevirt/b-deepnvme-fio")
            return new CalibrationCapture(name, folder, FirstReadsOfLoops(folder), null);
        if (System.IO.File.Exists(File("marks.json")))
        {
            JsonElement marks = Json(File("marks.json"));
            return marks.TryGetProperty("steps", out JsonElement steps) ? OfSteps(name, folder, steps) : OfMarks(name, folder, [.. marks.GetProperty("marks").EnumerateArray()]);
        }

        JsonElement[] windows = System.IO.File.Exists(File("oracle.json")) && Json(File("oracle.json")).TryGetProperty("windows", out JsonElement noted) && noted.ValueKind == JsonValueKind.Array
            ? [.. noted.EnumerateArray().Where(window => window.GetProperty("window").GetString()!.StartsWith("pass", StringComparison.Ordinal))]
            : [];
        return new CalibrationCapture(name, folder, [.. windows.Select(window => Ns(window, "start_mono_ns"))], windows.Length == 0 ? null : Ns(windows[^1], "end_mono_ns"));
    }

    // An optimizer's steps, by the first and the last read that the capture's author found in the trace: fio takes its time before and after.
    private static CalibrationCapture OfSteps(string name, string folder, JsonElement steps)
    {
        JsonElement[][] reads = [.. steps.EnumerateArray().Select(step => step.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("read")).ToArray())];
        return new CalibrationCapture(name, folder, [.. reads.Select(step => step.Min(read => Ns(read, "first_issue_mono_ns")))], reads[^1].Max(read => Ns(read, "last_issue_mono_ns")));
    }

    private static CalibrationCapture OfMarks(string name, string folder, JsonElement[] marks)
    {
        static string What(JsonElement mark) => mark.GetProperty("what").GetString()!;
        long[] steps = [.. marks.Where(mark => !mark.TryGetProperty("layer", out _) && (mark.TryGetProperty("step", out _) || What(mark) == "iter")).Select(mark => Ns(mark, "ns"))];
        long[] prefill = [.. marks.Where(mark => What(mark) == "prefill").Select(mark => Ns(mark, "ns")).Take(1)];
        return new CalibrationCapture(name, folder, [.. prefill, .. steps], Ns(marks.First(mark => What(mark) == "end"), "ns"));
    }

    // fio noted no times: each loop begins with the first sector of its first file (filefrag.txt).
    private static long[] FirstReadsOfLoops(string folder)
    {
        string[] extent = File.ReadLines(Path.Combine(folder, "filefrag.txt")).First(line => line.StartsWith("   0:", StringComparison.Ordinal)).Split(':', '.');
        ulong sector = ulong.Parse(extent.Where(field => field.Trim().Length > 0).ElementAt(3), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        var starts = new List<long>();
        using ITraceReader reader = TraceFormats.Open([Directory.GetFiles(folder, "*.blktrace.0*").Single()]);
        var chunk = new TraceChunk();
        var batch = new EventBatch();
        while (reader.ReadChunk(chunk))
        {
            reader.Decode(chunk, batch);
            foreach (BlockEvent e in batch.Events)
            {
                if (e is { Action: BlockAction.Issue, LengthSectors: > 0 } && e.Sector == sector && e.Rwbs.Class == OperationClass.Read)
                    starts.Add(e.TimeNs);
            }
        }

        return [.. starts];
    }

    private static long Ns(JsonElement parent, string name) => parent.GetProperty(name).GetInt64();

    private static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        return document.RootElement.Clone();
    }
}

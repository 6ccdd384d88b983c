using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Capture;

/// <summary>Real captures, as root on an ext4 loop device.</summary>
[Trait("Kind", "process")]
public sealed class CaptureTests : IClassFixture<LoopDisk>, IDisposable
{
    private readonly LoopDisk _disk;
    private readonly TemporaryFolder _folder = new();
    private readonly string _before;

    public CaptureTests(LoopDisk disk)
    {
        Assert.SkipWhen(disk.WhyNot is not null, $"captures: {disk.WhyNot}");
        _disk = disk;
        _before = TracerState.Read();
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("blk", "capture")]
    [InlineData("events", "capture.trace_pipe.txt")]
    public void Direct_reads_are_in_the_trace_byte_by_byte_and_the_files_extents_are_those_of_filefrag(string tracer, string trace)
    {
        ToolResult result = Capture(["--tracer", tracer, "--device", _disk.Name, "--no-gpu"], "dd", $"if={_disk.File}", "of=/dev/null", "bs=1M", "iflag=direct");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("can be trusted", result.Error);
        Assert.Equal(_before, TracerState.Read());

        BlockEvent[] issues = [.. Events(_folder[$"run/{trace}"]).Where(e => e.Action == BlockAction.Issue && e.Class == OperationClass.Read)];
        (long First, long Sectors)[] extents = Filefrag(_disk.File);
        long ofFile = issues.Sum(e => extents.Sum(extent => Math.Max(0, Math.Min((long)e.EndSector, extent.First + extent.Sectors) - Math.Max((long)e.Sector, extent.First)))) * 512;
        Assert.Equal(LoopDisk.FileBytes, ofFile);
        using RunFolder run = RunFolder.Open(_folder["run"]);
        Assert.Empty(run.Problems);
        Assert.Equal(extents, run.Extents.Single().Content.Extents.Where(extent => extent.File == _disk.File).Select(extent => (extent.PhysicalSector, extent.Sectors)));
        Assert.Equal(_disk.Name, run.Extents.Single().Content.Extents[0].Device);
        Assert.Contains(run.ThreadNames.Single(part => part.File == "comm.txt").Content.Names, name => name.Name == "dd");
        Assert.Equal(2, run.Environments.Single(part => part.File == "run.json").Content.Anchors.Count(anchor => anchor.Name is "started" or "ended"));
        JsonElement json = RunJson();
        Assert.Equal("passed", Gate(json, "offload-path"));
        Assert.Equal("passed", Gate(json, $"counters-{_disk.Name}"));
        // Read past the page cache, it is in it no more than before.
        JsonElement file = json.GetProperty("files").EnumerateArray().Single(each => each.GetProperty("file").GetString() == _disk.File);
        Assert.Equal(file.GetProperty("resident_bytes_first").GetInt64(), file.GetProperty("resident_bytes_last").GetInt64());
    }

    [Fact]
    public void A_file_that_is_in_memory_already_fails_the_gates_and_one_that_is_mapped_from_disk_passes_them()
    {
        LoopDisk.Sh($"cat '{_disk.File}' > /dev/null");
        ToolResult cached = Capture(["--path", _disk.MountPoint, "--no-gpu"], "cat", _disk.File);
        Assert.Equal(4, cached.ExitCode);
        Assert.Contains("cannot be trusted", cached.Error);
        // Without any event, or with those of the file system's own.
        Assert.Contains(RunJson().GetProperty("gates").EnumerateArray(), gate => gate.GetProperty("state").GetString() == "failed" && gate.GetProperty("name").GetString() is "events" or "offload-path");
        Assert.Equal(LoopDisk.FileBytes, RunJson().GetProperty("files")[0].GetProperty("resident_bytes_first").GetInt64());

        Assert.SkipUnless(Tool.IsInstalled("fio"), "needs fio to map a file");
        Directory.Delete(_folder["run"], recursive: true);
        ToolResult mapped = Capture(
            ["--path", _disk.MountPoint, "--no-gpu", "--drop-caches"], "fio", "--name=map", $"--filename={_disk.File}", "--readonly", "--rw=read", "--ioengine=mmap", "--bs=64k", $"--size={LoopDisk.FileBytes}", "--output=/dev/null");
        Assert.True(mapped.ExitCode == 0, mapped.Error);
        JsonElement json = RunJson();
        Assert.Equal("passed", Gate(json, "offload-path"));
        JsonElement file = json.GetProperty("files").EnumerateArray().Single(each => each.GetProperty("file").GetString() == _disk.File);
        Assert.Equal(LoopDisk.FileBytes, file.GetProperty("resident_bytes_last").GetInt64());
        Assert.Equal(_before, TracerState.Read());
    }

    [Fact]
    public void Output_is_passed_on_and_stamped_and_gives_phases_and_tokens_and_the_exit_code_is_the_commands()
    {
        // Each line is recorded before the next is printed, so that their times differ.
        string await = $"say() {{ echo \"$1\"; until grep -q \"$1\" '{_folder["run/output.log"]}'; do sleep 0.01; done; }};";
        string printed = await + "say 'init weight...'; say 'warmup - generate' >&2; say 'benchmark - generate'; say start; say 'token 1'; say 'token 2'; printf 'half\\rline'; exit 9";
        ToolResult result = Capture(["--no-trace", "--no-gpu", "--token-pattern", "^token [0-9]+$"], "sh", "-c", printed);
        Assert.Equal(9, result.ExitCode);
        Assert.Equal("init weight...\nbenchmark - generate\nstart\ntoken 1\ntoken 2\nhalf\rline", result.Output);
        Assert.Contains("warmup - generate\n", result.Error);
        using RunFolder run = RunFolder.Open(_folder["run"]);
        Assert.Empty(run.Problems);
        Assert.Equal(["init", "warmup", "bench"], run.Environments.Single(part => part.File == "output.log").Content.Phases.Select(phase => phase.Name));
        string[] lines = File.ReadAllLines(_folder["run/output.log"]);
        Assert.Equal(["1 init weight...", "1 benchmark - generate", "1 start", "1 token 1", "1 token 2", "1 half", "1 line"], lines.Skip(1).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Where(line => line[0] == '1'));
        long[] stamps = [.. lines.Skip(1).Select(line => long.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))];
        JsonElement json = RunJson();
        Assert.All(stamps, stamp => Assert.InRange(stamp, json.GetProperty("started").GetProperty("mono_ns").GetInt64(), json.GetProperty("ended").GetProperty("mono_ns").GetInt64()));
        long Stamp(string text) => long.Parse(lines.Single(line => line.EndsWith(" " + text, StringComparison.Ordinal)).Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.Equal([(Stamp("start"), Stamp("token 1")), (Stamp("token 1"), Stamp("token 2"))], run.Tokens.Single().Content.Tokens.Select(token => (token.StartMonotonicNs, token.EndMonotonicNs)));
        Assert.Equal(9, json.GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public void Ctrl_C_goes_to_the_command_whose_end_is_recorded()
    {
        using Process process = Start(["--device", _disk.Name, "--no-gpu"], "sh", "-c", $"trap 'echo got; exit 7' INT TERM; touch {_folder["ready"]}; while :; do sleep 0.02; done");
        Await(() => File.Exists(_folder["ready"]), process);
        Tool.Interrupt(process);
        ToolResult result = Tool.End(process);
        Assert.Equal(7, result.ExitCode);
        Assert.Equal("got\n", result.Output);
        Assert.Equal(7, RunJson().GetProperty("exit_code").GetInt32());
        Assert.Equal(_before, TracerState.Read());
    }

    [Theory]
    [InlineData("blk", false)]
    [InlineData("events", false)]
    [InlineData("blk", true)]
    public void A_killed_capture_leaves_no_tracer_on(string tracer, bool killsGuard)
    {
        using Process process = Start(["--device", _disk.Name, "--no-gpu", "--tracer", tracer], "sh", "-c", $"echo $$ > {_folder["pid.new"]}; mv {_folder["pid.new"]} {_folder["pid"]}; exec sleep 1000");
        Await(() => File.Exists(_folder["pid"]), process);
        Assert.NotEqual(_before, TracerState.Read());
        if (killsGuard)
        {
            foreach (string child in LoopDisk.Sh($"cat /proc/{process.Id}/task/*/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(child => LoopDisk.Sh($"cat /proc/{child}/cmdline").Contains("--guard", StringComparison.Ordinal)))
                Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture)).Kill();
        }

        process.Kill();
        process.WaitForExit();
        if (killsGuard)
        {
            Assert.NotEqual(_before, TracerState.Read());
            ToolResult cleanup = Tool.Run("capture", "--cleanup");
            Assert.Contains("an earlier capture was killed; undone", cleanup.Error);
            Assert.Equal(_before, TracerState.Read());
        }

        TracerState.AwaitAgain(_before);
        Process.GetProcessById(int.Parse(File.ReadAllText(_folder["pid"]), CultureInfo.InvariantCulture)).Kill();
        // What was recorded until then can be read.
        Assert.True(RunJson().TryGetProperty("started", out _));
    }

    [Fact]
    public void A_killed_command_is_recorded_to_its_end()
    {
        ToolResult result = Capture(["--device", _disk.Name, "--no-gpu"], "sh", "-c", $"dd if={_disk.File} of=/dev/null bs=1M iflag=direct status=none; kill -9 $$");
        Assert.Equal(137, result.ExitCode);
        Assert.Contains("can be trusted", result.Error);
        // The child of the shell lives too shortly to be looked at; the kernel noted it.
        using RunFolder run = RunFolder.Open(_folder["run"]);
        Assert.Contains(run.ThreadNames.Single(part => part.File == "comm.txt").Content.Names, name => name.Name == "dd");
        Assert.Equal(_before, TracerState.Read());
    }

    [Fact]
    public void Two_captures_at_once_record_both_and_the_second_leaves_the_tracer_of_the_first()
    {
        string wait = $"touch {_folder["ready"]}; while [ ! -e {_folder["go"]} ]; do sleep 0.02; done; dd if={_disk.File} of=/dev/null bs=1M iflag=direct status=none";
        using Process first = Start(["--device", _disk.Name, "--no-gpu"], "sh", "-c", wait);
        Await(() => File.Exists(_folder["ready"]), first);
        ToolResult second = Tool.End(Tool.Start("capture", "-o", _folder["second"], "--device", _disk.Name, "--no-gpu", "--no-analyze", "--", "dd", $"if={_disk.File}", "of=/dev/null", "bs=1M", "iflag=direct"));
        File.WriteAllText(_folder["go"], "");
        ToolResult result = Tool.End(first);
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Contains("not blk: the tracer blk is in use", second.Error);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("with the blk tracer", result.Error);
        // Each sees the reads of both, and knows its own.
        Assert.Contains("16 MiB of 32 MiB issued by the command, of which ", result.Error);
        Assert.Equal(_before, TracerState.Read());
    }

    [Fact]
    public void A_full_disk_costs_the_trace_but_not_the_command()
    {
        string small = _folder["small"];
        LoopDisk.Sh($"mkdir '{small}' && mount -t tmpfs -o size=64k tmpfs '{small}'");
        try
        {
            using Process process = Tool.Start("capture", "-o", Path.Combine(small, "run"), "--force", "--device", _disk.Name, "--all-actions", "--no-gpu", "--no-analyze", "--", "sh", "-c", $"dd if={_disk.File} of=/dev/null bs=4k iflag=direct status=none && echo done");
            ToolResult result = Tool.End(process);
            Assert.Equal("done\n", result.Output);
            Assert.True(result.ExitCode is 3 or 4, result.Error);
            Assert.True(result.Error.Contains("not written: ", StringComparison.Ordinal) || result.Error.Contains("the run is not complete: ", StringComparison.Ordinal), result.Error);
            Assert.Equal(_before, TracerState.Read());
        }
        finally
        {
            LoopDisk.Sh($"umount '{small}'");
        }
    }

    [Fact]
    public void A_device_that_goes_away_ends_nothing()
    {
        string image = _folder["other.img"];
        string device = LoopDisk.Sh($"truncate -s 8M '{image}' && losetup -f --show '{image}'").Trim()["/dev/".Length..];
        ToolResult result = Capture(["--device", device, "--no-gpu"], "sh", "-c", $"dd if=/dev/{device} of=/dev/null bs=1M count=4 iflag=direct status=none; losetup -d /dev/{device}; echo gone");
        Assert.Equal("gone\n", result.Output);
        Assert.Contains("traceanalyzer: ", result.Error);
        Assert.DoesNotContain("fault of this program", result.Error);
        Assert.Equal(_before, TracerState.Read());
    }

    [Fact]
    public void Without_root_it_says_what_is_missing_and_records_everything_else()
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "traceanalyzer.dll");
        Assert.SkipUnless(LoopDisk.Sh($"setpriv --reuid=65534 --regid=65534 --clear-groups test -r '{tool}' && echo yes || true").Trim() == "yes", "the tests lie where nobody may read");
        LoopDisk.Sh($"chmod 777 '{_folder.Path}'");
        string[] nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/tmp", "dotnet", tool, "capture", "-o", _folder["run"], "--no-gpu", "--no-analyze"];
        ToolResult refused = Tool.End(Tool.StartProgram("setpriv", [.. nobody, "--", "echo", "it's"]));
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("block tracing needs root", refused.Error);
        Assert.Contains("sudo env \"PATH=$PATH\"", refused.Error);
        Assert.Contains("-- echo 'it'\\''s'", refused.Error);
        ToolResult recorded = Tool.End(Tool.StartProgram("setpriv", [.. nobody, "--no-trace", "--path", _disk.MountPoint, "--", "cat", _disk.File]));
        Assert.True(recorded.ExitCode == 0, recorded.Error);
        using RunFolder run = RunFolder.Open(_folder["run"]);
        Assert.Contains(run.Extents.Single().Content.Extents, extent => extent.File == _disk.File);
    }

    [Fact]
    public void The_memory_limit_holds_for_the_command_and_its_group_goes_away()
    {
        ToolResult result = Capture(["--no-trace", "--no-gpu", "--memory-max", "64MiB"], "sh", "-c", "cat /proc/self/cgroup; cat /sys/fs/cgroup/memory/traceanalyzer-*/memory.limit_in_bytes /sys/fs/cgroup/traceanalyzer-*/memory.max 2>/dev/null; true");
        Assert.SkipWhen(result.Error.Contains("no control group here can limit memory", StringComparison.Ordinal), "no memory controller");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("/traceanalyzer-", result.Output);
        Assert.Contains((64 << 20).ToString(CultureInfo.InvariantCulture), result.Output);
        Assert.Equal(64 << 20, RunJson().GetProperty("memory_after").GetProperty("limit").GetInt64());
        Assert.Empty(LoopDisk.Sh("ls -d /sys/fs/cgroup/memory/traceanalyzer-* /sys/fs/cgroup/traceanalyzer-* 2>/dev/null; true"));
    }

    [Fact]
    public void GPUs_are_sampled_with_the_fields_that_exist_and_a_tool_that_dies_is_started_again()
    {
        // Two GPUs, one field that this version does not know, and an end after three rounds.
        const string Script = """
            #!/bin/sh
            case "$*" in *pcie.link.width.current*) echo 'Field "pcie.link.width.current" is not a valid field to query.'; exit 2;; esac
            case "$*" in *noheader*) ;; *) echo "timestamp, index, name, uuid, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], clocks.current.sm [MHz], pcie.link.gen.current";; esac
            case "$*" in *-lms*) rounds=3;; *) rounds=1;; esac
            while [ $rounds -gt 0 ]; do
              now=$(date '+%Y/%m/%d %H:%M:%S.%3N')
              for gpu in 0 1; do echo "$now, $gpu, GPU, GPU-$gpu, 4$gpu %, 1 %, 100 MiB, 1000 MiB, 10.00 W, 100 MHz, 4"; done
              rounds=$((rounds - 1)); sleep 0.02
            done
            """;
        File.WriteAllText(_folder["nvidia-smi"], Script.ReplaceLineEndings("\n") + "\n");
        LoopDisk.Sh($"chmod 755 '{_folder["nvidia-smi"]}'");
        string wait = $"while [ $(grep -c GPU-1 '{_folder["run/gpu.csv"]}') -lt 6 ]; do sleep 0.02; done";
        using Process process = Tool.StartProgram("env", [$"PATH={_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}", "dotnet", Path.Combine(AppContext.BaseDirectory, "traceanalyzer.dll"), "capture", "-o", _folder["run"], "--no-trace", "--no-analyze", "--", "sh", "-c", wait]);
        ToolResult result = Tool.End(process);
        Assert.True(result.ExitCode == 0, result.Error);
        using RunFolder run = RunFolder.Open(_folder["run"]);
        Assert.Empty(run.Problems);
        Assert.Equal(2, run.GpuLog!.Content.Gpus.Count);
        JsonElement sampling = RunJson().GetProperty("gpu_sampling");
        Assert.InRange(sampling.GetProperty("restarts").GetInt32(), 1, 4);
        Assert.InRange(sampling.GetProperty("samples").GetInt32(), 12, 30);
    }

    [Fact]
    public void A_folder_on_the_traced_device_is_refused_unless_forced()
    {
        string[] args = ["capture", "-o", Path.Combine(_disk.MountPoint, "run"), "--device", _disk.Name, "--no-gpu", "--no-analyze", "--", "true"];
        ToolResult refused = Tool.End(Tool.Start(args));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"lies on {_disk.Name}, which is traced", refused.Error);
        Assert.Equal(_before, TracerState.Read());
        ToolResult missing = Tool.End(Tool.Start("capture", "-o", _folder["run"], "--device", _disk.Name, "--no-gpu", "--", "/no/such/program"));
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("'/no/such/program' is not a program; nothing was recorded", missing.Error);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    private Process Start(string[] options, params string[] command) => Tool.Start(["capture", "-o", _folder["run"], "--no-analyze", .. options, "--", .. command]);

    private ToolResult Capture(string[] options, params string[] command)
    {
        using Process process = Start(options, command);
        process.StandardInput.Close();
        return Tool.End(process);
    }

    private JsonElement RunJson() => JsonDocument.Parse(File.ReadAllText(_folder["run/run.json"])).RootElement;

    private static string? Gate(JsonElement run, string name) => run.GetProperty("gates").EnumerateArray().Single(gate => gate.GetProperty("name").GetString() == name).GetProperty("state").GetString();

    // A signal, not a time: it fails only if the process ends, or after minutes.
    private static void Await(Func<bool> isReady, Process process)
    {
        for (int i = 0; !isReady(); i++)
        {
            Assert.False(process.HasExited || i == 6000, process.HasExited ? process.StandardError.ReadToEnd() : "nothing happened");
            Thread.Sleep(20);
        }
    }

    private static List<BlockEvent> Events(string path)
    {
        var events = new List<BlockEvent>();
        using ITraceReader reader = TraceFormats.Open([path]);
        var chunk = new TraceChunk();
        var batch = new EventBatch();
        bool more;
        do
        {
            more = reader.ReadChunk(chunk);
            reader.Decode(chunk, batch);
            events.AddRange(batch.Events);
        }
        while (more);
        return events;
    }

    private static (long First, long Sectors)[] Filefrag(string file)
    {
        FileExtents extents = FileExtents.ReadFilefrag(new StringReader(LoopDisk.Sh($"filefrag -b512 -v '{file}'")));
        return [.. extents.Extents.Select(extent => (extent.PhysicalSector, extent.Sectors))];
    }
}

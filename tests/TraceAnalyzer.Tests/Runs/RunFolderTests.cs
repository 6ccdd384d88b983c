using TraceAnalyzer.Reading;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Runs;

public sealed class RunFolderTests
{
    [Fact]
    [Trait("Kind", "capture")]
    public void A_FlexGen_KV_capture_is_understood_whole()
    {
        RunFolder run = RunFolder.Open(RunCaptures.Repository("flexgen/kv-offload-omp1"));

        // The lists were made before all was written back.
        Assert.Equal(2, run.Problems.Count(problem => problem.Message.EndsWith("not mapped: 64 delalloc", StringComparison.Ordinal)));
        Assert.Equal(2, run.Problems.Count);
        FoundTrace trace = Assert.Single(run.Traces);
        Assert.Equal(("kv-offload-omp1-bench", "blktrace binary"), (trace.Name, trace.Format));
        Assert.Equal(193, Assert.Single(run.GpuLogs).Content.SampleCount);
        Assert.Equal(5.35, Math.Round(run.GpuLogs[0].Content.MeanPercent!.Value, 2));
        Assert.Equal(["flexgen.log", "stdout.txt"], run.FrameworkLogs.Select(log => log.File));
        Assert.All(run.FrameworkLogs, log => Assert.Equal((12.386, 2.25, 22.299), (log.Content.Summary.ModelGiB, log.Content.Summary.CacheGiB, log.Content.Summary.TotalSeconds)));

        TokenTimes tokens = Assert.Single(run.Tokens).Content;
        Assert.Equal(33, tokens.Tokens.Count);
        Assert.Equal(new TokenTime("bench", 0, 66189107269, 66824855474), tokens.Tokens[1]);
        Assert.Equal(31, tokens.Tokens[^1].Index);
        LayerTimes layers = Assert.Single(run.Layers).Content;
        Assert.Equal(0, layers.SkippedLines);
        Assert.Equal(new LayerTime("warmup", "load_weight", 0, 0, 65768602136, 65768702397), layers.Calls[0]);
        Assert.Null(layers.Calls.First(call => call.Call == "sync").Layer);

        TensorIo io = Assert.Single(run.TensorIo).Content;
        Assert.Equal(new TensorTransfer("bench", OperationClass.Write, "t_714", 0, 256, 33554432, 66203420234, 66215111834), io.Transfers[0]);
        TensorEntry keys = Assert.Single(run.Tensors).Content.Find("/mnt/offload/t_713")!;
        Assert.Equal((TensorRole.KeyCache, 0, 131072L), (keys.Role, keys.Layer, keys.RowBytes));
        Assert.Equal(287, keys.Shape[0]);
    }

    [Fact]
    [Trait("Kind", "capture")]
    public void Its_run_json_tells_settings_phases_clocks_and_queue()
    {
        RunFolder run = RunFolder.Open(RunCaptures.Repository("flexgen/kv-offload-omp1"));

        RunSettings settings = run.Settings;
        Assert.Equal(("facebook/opt-6.7b", 16, 256, 32), (settings.Model, settings.BatchSize, settings.PromptTokens, settings.GeneratedTokens));
        Assert.Equal((0, 100), (settings.WeightsOnDiskPercent, settings.CacheOnDiskPercent));
        RunEnvironment environment = Assert.Single(run.Environments).Content;
        Assert.Equal("6.18.44-fc-v657-gpu", environment.Kernel);
        Assert.Equal(
            [
                new RunPhase("init", 55701984838, 65763277806),
                new RunPhase("warmup", 65763876187, 66130404131),
                new RunPhase("bench", 66131066105, 88539431197),
            ],
            environment.Phases);
        Assert.Contains(new ClockAnchor("trace bench start", 66181003496, 1795402427373132969), environment.Anchors);
        QueueSettings queue = Assert.Single(environment.Devices);
        Assert.Equal(("loop0", DeviceId.Of(7, 0), 128, 1280, 128, "none"), (queue.Name, queue.Device, queue.MaxRequestKiB, queue.MaxHardwareRequestKiB, queue.ReadAheadKiB, queue.Scheduler));
        Assert.Null(queue.MaxDataTransferKiB);
    }

    [Theory]
    [InlineData("""{"kernel":"6.1.0","env":{"loop0":{"max_sectors_kb":"128","read_ahead_kb":"64","dev":"7:0"},"OMP_NUM_THREADS":"1"}}""")]
    [InlineData("""{"kernel":"6.1.0","disks":[{"name":"loop0","max_sectors_kb":"128","read_ahead_kb":"64","dev":"7:0"},{"name":"other"},7]}""")]
    [InlineData("""{"kernel":"6.1.0","queue":{"loop0":{"dev":"7:0","queue":{"max_sectors_kb":"128","read_ahead_kb":64}}}}""")]
    public void Queues_are_found_wherever_they_are_written(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        QueueSettings queue = Assert.Single(RunEnvironment.FromJson(document.RootElement, new SideRemarks()).Devices);
        Assert.Equal(("loop0", DeviceId.Of(7, 0), 128, 64), (queue.Name, queue.Device, queue.MaxRequestKiB, queue.ReadAheadKiB));
    }

    [Fact]
    public void Tokens_and_calls_that_end_before_they_begin_are_counted_as_skipped()
    {
        var tokens = TokenTimes.Read(new StringReader("phase,start_mono_ns,end_mono_ns\nbench,100,200\nbench,300,250\nbench,400,400\nbench,500,600\n"));
        Assert.Equal<TokenTime>([new TokenTime("bench", 0, 100, 200), new TokenTime("bench", 3, 500, 600)], tokens.Tokens);
        Assert.Equal(2, tokens.SkippedLines);

        // A call may take no time.
        var layers = LayerTimes.Read(new StringReader("phase,token,layer,start_mono_ns,end_mono_ns\nbench,0,0,100,100\nbench,0,1,300,250\n"));
        Assert.Equal((1, 1), (layers.Calls.Count, layers.SkippedLines));
    }

    [Fact]
    [Trait("Kind", "capture")]
    public void A_DeepSpeed_capture_has_two_traces_waits_and_tensors_in_memory()
    {
        RunFolder run = RunFolder.Open(RunCaptures.Repository("deepspeed/deepspeed-model-fullmask"));

        Assert.Empty(run.Problems);
        Assert.Equal(["deepspeed-model-fullmask-bench", "deepspeed-model-fullmask-init"], run.Traces.Select(trace => trace.Name));
        FrameworkLog log = Assert.Single(run.FrameworkLogs).Content;
        Assert.Equal(Framework.DeepSpeed, log.Framework);
        Assert.Equal([1.878092919, 1.499559896, 0.824692516, 0.867321942], log.TokenLatencySeconds);
        Assert.Equal(100, run.Settings.WeightsOnDiskPercent);
        TensorIo io = Assert.Single(run.TensorIo).Content;
        Assert.Equal(new TransferWait("init", "wait_writes", 1, 229864389176, 229916024077), io.Waits[0]);
        Assert.Equal(205914112, io.Transfers[0].LengthBytes);
        Assert.Equal(0, io.SkippedLines);
        LayerTimes layers = Assert.Single(run.Layers).Content;
        Assert.Equal(96, layers.Calls.Count(call => call.Call == LayerTimes.Forward));
        Assert.Contains(Assert.Single(run.Tensors).Content.Tensors, tensor => !tensor.IsInFile);
    }

    [Theory]
    [InlineData("nvmevirt/a-offload-mmap", 24 + 144 + 6 + 3)]
    [InlineData("nvmevirt/c-kvcache", 24 + 8 + 3)]
    [Trait("Kind", "capture")]
    public void A_capture_under_NVMeVirt_tells_its_transfer_limit_and_marks(string capture, int marks)
    {
        RunFolder run = RunFolder.Open(RunCaptures.Repository(capture));

        Assert.Empty(run.Problems);
        Assert.Contains(run.Traces, trace => trace.Format == "blktrace binary");
        QueueSettings queue = Assert.Single(Assert.Single(run.Environments).Content.Devices);
        Assert.Equal(("nvme0n1", DeviceId.Of(259, 0), 128, 128, 128), (queue.Name, queue.Device, queue.MaxRequestKiB, queue.ReadAheadKiB, queue.MaxDataTransferKiB));
        Assert.Equal("6.1.0-50-amd64", run.Environments[0].Content.Kernel);
        Assert.Equal(2, run.Environments[0].Content.Anchors.Count);
        Assert.Equal(marks, Assert.Single(run.Marks).Content.Marks.Count);
        Assert.NotEmpty(Assert.Single(run.Extents).Content.Extents);
    }

    [Fact]
    [Trait("Kind", "capture")]
    public void Parts_are_known_by_content_whatever_their_names()
    {
        string folder = RunCaptures.NewFolder();
        string capture = RunCaptures.Repository("flexgen/kv-offload-omp1");
        (string From, string To)[] renamed =
            [("gpu.txt", "run.json"), ("run.json", "gpu"), ("stdout.txt", "a.bin"), ("tokens.csv", "x1"), ("layers.csv.zst", "x2"), ("tensor_io.csv.zst", "x3.gz"), ("tensors.json", "x4"), ("extents.txt", "trace.blktrace"), ("comm.txt", "tokens.csv")];
        foreach ((string from, string to) in renamed)
            File.Copy(Path.Combine(capture, from), Path.Combine(folder, to));
        RunFolder run = RunFolder.Open(folder);

        Assert.Equal(
            ["run.json", "gpu", "a.bin", "x1", "x2", "x3.gz", "x4", "trace.blktrace"],
            [run.GpuLogs.Single().File, run.Environments.Single().File, run.FrameworkLogs.Single().File, run.Tokens.Single().File, run.Layers.Single().File, run.TensorIo.Single().File, run.Tensors.Single().File, run.Extents.Single().File]);
        Assert.Equal("tokens.csv", Assert.Single(run.ThreadNames).File);
        Assert.Empty(run.UnusedFiles);
    }

    [Theory]
    [InlineData("\"b\"", "b")]
    [InlineData("[\"c\", \"b\"]", "b", "c")]
    [InlineData("\"notes\"", "notes")]
    public void A_run_json_names_the_traces_that_count(string named, params string[] kept)
    {
        string folder = RunCaptures.NewFolder();
        foreach ((string set, int at) in (ReadOnlySpan<(string, int)>)[("a", 1), ("b", 2), ("c", 3)])
        {
            // The same device, at other times: three runs.
            byte[] bytes = new BlktraceBytes().Event('D', at * 1_000_000_000_000, 8, 4096, BlktraceBytes.Read).ToArray();
            File.WriteAllBytes(Path.Combine(folder, set + ".blktrace.0"), bytes);
        }

        File.WriteAllText(Path.Combine(folder, "notes"), "  8,0    0        1     0.000000000   100  D   R 0 + 8 [reader]\n");
        File.WriteAllText(Path.Combine(folder, "run.json"), $$"""{ "parts": { "trace": {{named}} } }""");
        using RunFolder run = RunFolder.Open(folder);

        Assert.Equal(kept, run.Traces.Select(trace => trace.Name));
        Assert.Empty(run.Problems);
    }

    [Fact]
    public void A_written_run_json_overrules_what_was_found_and_names_parts()
    {
        string folder = RunCaptures.NewFolder();
        string elsewhere = Path.Combine(folder, "logs");
        Directory.CreateDirectory(elsewhere);
        const string Gpu = "timestamp, utilization.gpu [%]\n2025/01/16 13:25:54.949, {0} %\n";
        File.WriteAllText(Path.Combine(folder, "gpu-old.csv"), Gpu.Replace("{0}", "1", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(elsewhere, "gpu.csv"), Gpu.Replace("{0}", "2", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "command.txt"), "python3 -m flexllmgen.flex_opt --model facebook/opt-6.7b --prompt-len 256 --gen-len 32 --percent 100 0 0 0 100 0 --gpu-batch-size 16\n");
        File.WriteAllText(Path.Combine(folder, "run.json"),
            """
            {
              "batch_size": 4, "clock_offset_ns": -5, "utc_offset_minutes": 60, "device_read_gib_per_s": 16.9,
              "shape": { "model_type": "llama", "num_hidden_layers": 2, "hidden_size": 64, "num_attention_heads": 8, "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 100 },
              "parts": { "gpu": "logs/gpu.csv", "tokens": ["no.csv"], "gpus": [] } // a note
            }
            """);
        RunFolder run = RunFolder.Open(folder);

        Assert.Equal((4, 32, 16.9, -5, 60), (run.Settings.BatchSize, run.Settings.GeneratedTokens, run.Settings.DeviceReadGiBPerSecond, run.Settings.ClockOffsetNs, run.Settings.UtcOffsetMinutes));
        Assert.Equal((2, 16L), (run.Settings.Shape!.Layers, run.Settings.Shape.KvRowElements));
        Assert.Equal(100, run.Settings.CacheOnDiskPercent);
        Assert.Equal(2, Assert.Single(run.GpuLogs).Content.MeanPercent);
        Assert.Equal(2, run.Problems.Count);
        Assert.Contains(run.Problems, problem => problem.Message.Contains("no.csv", StringComparison.Ordinal));
        Assert.Contains(run.Problems, problem => problem.Message.Contains("'gpus'", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Kind", "capture")]
    public void Damage_is_said_and_the_rest_is_read()
    {
        string folder = RunCaptures.NewFolder();
        string capture = RunCaptures.Repository("flexgen/kv-offload-omp1");
        byte[] packed = File.ReadAllBytes(Path.Combine(capture, "layers.csv.zst"));
        File.WriteAllBytes(Path.Combine(folder, "half.zst"), packed[..(packed.Length / 2)]);
        File.WriteAllBytes(Path.Combine(folder, "nothing.zst"), packed[..100]);
        File.WriteAllText(Path.Combine(folder, "tokens.csv"), "phase,start_mono_ns,end_mono_ns\nbench,1,2\nbench,3");
        File.WriteAllText(Path.Combine(folder, "run.json"), "{ \"model\": ");
        File.WriteAllText(Path.Combine(folder, "empty"), "");
        RunFolder run = RunFolder.Open(folder);

        LayerTimes whole = Assert.Single(RunFolder.Open(capture).Layers).Content;
        LayerTimes half = Assert.Single(run.Layers).Content;
        Assert.InRange(half.Calls.Count, 1, whole.Calls.Count - 1);
        Assert.Equal(whole.Calls.Take(half.Calls.Count), half.Calls);
        Assert.Single(Assert.Single(run.Tokens).Content.Tokens);
        Assert.Equal(["half.zst", "nothing.zst", "run.json", "tokens.csv"], run.Problems.Select(problem => problem.File).Distinct());
        Assert.Equal(["empty", "nothing.zst"], run.UnusedFiles.Select(file => file.Name));
    }

    [Fact]
    public void A_missing_folder_is_refused() =>
        Assert.Throws<TraceException>(() => RunFolder.Open(Path.Combine(RunCaptures.NewFolder(), "none")));

    [Fact]
    [Trait("Kind", "capture")]
    public void The_documented_run_json_is_understood()
    {
        string docs = Path.Combine(RunCaptures.Repository(""), "..", "docs");
        string page = File.ReadAllText(Path.Combine(docs, "run-folder.md"));
        int start = page.IndexOf("```json", StringComparison.Ordinal) + "```json".Length;
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "run.json"), page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);
        RunSettings settings = RunFolder.Open(folder).Settings;

        Assert.Equal(
            ("FlexGen", 64, 256, 256, 0, 100, 5.3, 1737481697000000000, 60),
            (settings.Framework, settings.BatchSize, settings.PromptTokens, settings.GeneratedTokens, settings.WeightsOnDiskPercent, settings.CacheOnDiskPercent, settings.DeviceReadGiBPerSecond, settings.ClockOffsetNs, settings.UtcOffsetMinutes));
        Assert.Equal("opt-6.7b", settings.Shape?.Name);

        using var schema = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(docs, "run-schema.json")));
        using var example = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        Assert.All(example.RootElement.EnumerateObject(), member => Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty(member.Name, out _), member.Name));
    }
}

using System.Globalization;
using System.IO.Compression;
using System.Text;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>
/// What the logs of a run of the study say (doi 10.1145/3719330.3721230), as numbers, and the logs in the layout of the programs
/// that print them. The study's own files are not part of the repository; <see cref="StudyFileTests"/> holds the numbers against them.
/// </summary>
internal sealed record StudyRun(
    string Name,
    Framework Framework,
    string Model,
    int Batch,
    int Prompt,
    int Generated,
    bool IsCacheOnDisk,
    double ModelGiB,
    double CacheGiB,
    double PrefillSeconds,
    double DecodeSeconds,
    double TotalSeconds,
    int GpuSamples,
    double GpuMeanPercent,
    double GpuTimeWeightedPercent)
{
    /// <summary>nvidia-smi was asked for a sample each 200 ms.</summary>
    public const int SamplingMs = 200;

    // Samples after the end of the run.
    private const int Tail = 12;

    public static readonly StudyRun[] All =
    [
        new("deepspeed-13b-1", Framework.DeepSpeed, "facebook/opt-13b", 1, 256, 32, false, 23.921, 0.220, 5.980, 103.448, 109.428, 1029, 39.21, 39.24),
        new("deepspeed-13b-16", Framework.DeepSpeed, "facebook/opt-13b", 16, 256, 32, false, 23.921, 3.516, 5.685, 105.674, 111.359, 1227, 33.29, 33.32),
        new("flexgen-30b-1", Framework.FlexGen, "facebook/opt-30b", 1, 256, 32, false, 55.803, 0.369, 23.016, 696.838, 719.853, 4169, 20.92, 20.91),
        new("flexgen-30b-16", Framework.FlexGen, "facebook/opt-30b", 16, 256, 32, false, 55.803, 5.906, 23.556, 709.020, 732.576, 4110, 21.64, 21.32),
        new("flexgen-kv-6.7b-64", Framework.FlexGen, "facebook/opt-6.7b", 64, 256, 256, true, 12.386, 16.000, 21.923, 1463.125, 1485.049, 7528, 20.09, 20.08),
    ];

    public static TheoryData<string> Names => [.. All.Select(run => run.Name)];

    public static StudyRun Named(string name) => All.Single(run => run.Name == name);

    /// <summary>Writes the framework's log, the shell's and the GPU's, packed for one of the runs, into a new folder.</summary>
    public string Write()
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "out.txt"), FrameworkText());
        File.WriteAllText(Path.Combine(folder, "commands-log.txt"), CommandText());
        if (IsCacheOnDisk)
        {
            using var packed = new GZipStream(File.Create(Path.Combine(folder, "out-gpu.txt.gz")), CompressionLevel.Fastest);
            packed.Write(Encoding.ASCII.GetBytes(GpuText()));
        }
        else
        {
            File.WriteAllText(Path.Combine(folder, "out-gpu.txt"), GpuText());
        }

        return folder;
    }

    /// <summary>What the framework printed.</summary>
    public string FrameworkText()
    {
        double rate = Batch * Prompt / PrefillSeconds;
        var text = new StringBuilder();
        if (Framework == Framework.DeepSpeed)
        {
            string[] latencies = [.. TokenLatencies().Select(seconds => seconds.ToString("F6", CultureInfo.InvariantCulture))];
            text.Append("[2025-01-21 01:31:54,963] [INFO] [real_accelerator.py:219:get_accelerator] Setting ds_accelerator to cuda (auto detect)\n");
            text.Append("[2025-01-21 01:31:57,134] [INFO] [runner.py:607:main] cmd = python -u -m deepspeed.launcher.launch " + DeepSpeedArguments + "\n");
            text.Append(CultureInfo.InvariantCulture, $"benchmark, prompt_len = {Prompt}, execute_gen_len = {Generated}, input_ids.shape = torch.Size([{Batch}, {Prompt}])\n");
            text.Append(CultureInfo.InvariantCulture, $"token_latency=[{string.Join(", ", latencies)}]\n\n");
            text.Append(CultureInfo.InvariantCulture, $"model size: {ModelGiB:F3} GB\tcache size: {CacheGiB:F3} GB\thidden size (p): 0.003 GB\n");
            text.Append(CultureInfo.InvariantCulture, $"peak gpu mem: 0.929 GB\tprefill latency: {PrefillSeconds:F3} s\tprefill throughput: {rate:F3} token/s\n");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"<run_flexllmgen>: args.model: {Model}\n");
            text.Append(CultureInfo.InvariantCulture, $"model size: {ModelGiB:F3} GB, cache size: {CacheGiB:F3} GB, hidden size (prefill): 0.004 GB\n");
            text.Append("init weight...\nwarmup - generate\nbenchmark - generate\nTorchDevice: cuda:0\n  cur_mem: 0.0079 GB,  peak_mem: 2.5194 GB\n");
            text.Append(CultureInfo.InvariantCulture, $"model size: {ModelGiB:F3} GB\tcache size: {CacheGiB:F3} GB\thidden size (p): 0.004 GB\npeak gpu mem: 2.519 GB\tprojected: False\n");
            text.Append(CultureInfo.InvariantCulture, $"prefill latency: {PrefillSeconds:F3} s\tprefill throughput: {rate:F3} token/s\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"decode latency: {DecodeSeconds:F3} s\tdecode throughput: {Batch * (Generated - 1) / DecodeSeconds:F3} token/s\n");
        text.Append(CultureInfo.InvariantCulture, $"total latency: {TotalSeconds:F3} s\ttotal throughput: {Batch * Generated / TotalSeconds:F3} token/s\n");
        return text.ToString();
    }

    /// <summary>What nvidia-smi printed: nothing to do, then the run, then nothing to do, with the run's number of samples and mean.</summary>
    public string GpuText()
    {
        var text = new StringBuilder("timestamp, utilization.gpu [%]\n");
        var time = new DateTime(2025, 1, 21, 23, 50, 0, 123, DateTimeKind.Unspecified);
        int busy = (int)Math.Round(TotalSeconds * 1000 / SamplingMs);
        int before = GpuSamples - busy - Tail;
        int sum = (int)Math.Round(GpuMeanPercent / 100 * GpuSamples * 100);
        for (int i = 0; i < GpuSamples; i++, time = time.AddMilliseconds(SamplingMs))
        {
            // Whole percents that add up to the sum.
            int k = i - before;
            int percent = k < 0 || k >= busy ? 0 : (int)((((long)sum * (k + 1)) / busy) - ((long)sum * k / busy));
            text.Append(CultureInfo.InvariantCulture, $"{time:yyyy/MM/dd HH:mm:ss.fff}, {percent} %\n");
        }

        return text.ToString();
    }

    private string DeepSpeedArguments =>
        $"run_model.py --dummy --model {Model} --cpu-offload  --disk-offload --offload-dir /mnt/nvme/offload  --prompt-len {Prompt} --gen-len {Generated} --loops 1 --batch-size {Batch}";

    private string CommandText() => Framework == Framework.DeepSpeed
        ? $"deepspeed --num_gpus 1 {DeepSpeedArguments}  >> out.txt\n"
        : "sudo systemd-run --scope --property=MemoryLimit=10G python3 -m flexllmgen.flex_opt "
            + $"--model {Model} --path _DUMMY_ --offload-dir /mnt/nvme/offload --prompt-len {Prompt} --gen-len {Generated} --num-gpu-batches 1 --percent {(IsCacheOnDisk ? "100 0 0 0 100 0" : "0 0 100 0 100 0")} --gpu-batch-size {Batch} > out.txt\n";

    // The prefill, and decode steps alike; only DeepSpeed prints them.
    private IEnumerable<double> TokenLatencies() => [PrefillSeconds, .. Enumerable.Repeat(DecodeSeconds / (Generated - 1), Generated - 1)];
}

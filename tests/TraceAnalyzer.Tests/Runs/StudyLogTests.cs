using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>The logs of the study's own runs give the numbers that the study states.</summary>
public sealed class StudyLogTests
{
    private const string DeepSpeed1 = "study/deepspeed-model-offloading-opt-13b-bs-1-ext4-trace/opt-13b-model-offload-bs-1-ext4";
    private const string DeepSpeed16 = "study/deepspeed-model-offloading-opt-13b-bs-16-ext4-trace/opt-13b-model-offload-bs-16-ext4";
    private const string FlexGen1 = "study/flexgen-model-offload-opt30b-bs-1-ext4-trace/opt-30b-model-offload-bs-1-ext4";
    private const string FlexGen16 = "study/flexgen-model-offload-opt30b-bs-16-ext4-trace/opt-30b-model-offload-bs-16-ext4";
    private const string FlexGenKv = "study/flexgen-kv-offload-opt-6.7b-bs-64-ext4-trace/opt-6.7b-kv-offload-bs-64-ext4";

    [Theory]
    [InlineData(DeepSpeed1, 1029, 39.21, 39.24)]
    [InlineData(DeepSpeed16, 1227, 33.29, 33.32)]
    [InlineData(FlexGen1, 4169, 20.92, 20.91)]
    [InlineData(FlexGen16, 4110, 21.64, 21.32)]
    [InlineData(FlexGenKv, 7528, 20.09, 20.08)]
    public void The_GPU_means_come_out_to_the_digit(string run, int samples, double mean, double timeWeighted)
    {
        using StreamReader text = RunCaptures.SharedText(run + "-gpu.txt");
        GpuLog log = GpuLog.Read(text);

        Assert.Equal(samples, log.SampleCount);
        Assert.Equal(0, log.SkippedLines);
        Assert.Equal(mean, Math.Round(log.MeanPercent!.Value, 2));
        Assert.Equal(timeWeighted, Math.Round(log.TimeWeightedMeanPercent!.Value, 2));
    }

    [Theory]
    [InlineData(DeepSpeed1, Framework.DeepSpeed, "facebook/opt-13b", 1, 32, 23.921, 0.220, 5.980, 103.448, 109.428, 32)]
    [InlineData(DeepSpeed16, Framework.DeepSpeed, "facebook/opt-13b", 16, 32, 23.921, 3.516, 5.685, 105.674, 111.359, 32)]
    [InlineData(FlexGen1, Framework.FlexGen, "facebook/opt-30b", null, null, 55.803, 0.369, 23.016, 696.838, 719.853, 0)]
    [InlineData(FlexGen16, Framework.FlexGen, "facebook/opt-30b", null, null, 55.803, 5.906, 23.556, 709.020, 732.576, 0)]
    [InlineData(FlexGenKv, Framework.FlexGen, "facebook/opt-6.7b", null, null, 12.386, 16.000, 21.923, 1463.125, 1485.049, 0)]
    public void The_framework_logs_give_sizes_and_latencies(
        string run, Framework framework, string model, int? batch, int? generated,
        double modelGiB, double cacheGiB, double prefillSeconds, double decodeSeconds, double totalSeconds, int tokens)
    {
        using StreamReader text = RunCaptures.SharedText(run + ".txt");
        FrameworkLog? log = FrameworkLog.TryRead(text);

        Assert.NotNull(log);
        Assert.Equal(framework, log.Framework);
        Assert.Equal(model, log.Settings.Model);
        Assert.Equal(batch, log.Settings.BatchSize);
        Assert.Equal(generated, log.Settings.GeneratedTokens);
        Assert.Equal(modelGiB, log.Summary.ModelGiB);
        Assert.Equal(cacheGiB, log.Summary.CacheGiB);
        Assert.Equal(prefillSeconds, log.Summary.PrefillSeconds);
        Assert.Equal(decodeSeconds, log.Summary.DecodeSeconds);
        Assert.Equal(totalSeconds, log.Summary.TotalSeconds);
        Assert.Equal(tokens, log.TokenLatencySeconds.Count);
        // The total also holds what lies between the tokens.
        if (tokens > 0)
            Assert.InRange(totalSeconds - log.TokenLatencySeconds.Sum(), 0, 0.3);
    }

    [Theory]
    [InlineData("study/deepspeed-model-offloading-opt-13b-bs-16-ext4-trace", 16, 256, 32, 100, 0)]
    [InlineData("study/flexgen-model-offload-opt30b-bs-1-ext4-trace", 1, 256, 32, 100, 0)]
    [InlineData("study/flexgen-kv-offload-opt-6.7b-bs-64-ext4-trace", 64, 256, 256, 0, 100)]
    public void A_result_folder_says_what_was_run(string folder, int batch, int prompt, int generated, int weightsOnDisk, int cacheOnDisk)
    {
        RunFolder run = RunFolder.Open(RunCaptures.Shared(folder));

        Assert.Single(run.FrameworkLogs);
        Assert.Empty(run.Traces);
        Assert.Equal(batch, run.Settings.BatchSize);
        Assert.Equal(prompt, run.Settings.PromptTokens);
        Assert.Equal(generated, run.Settings.GeneratedTokens);
        Assert.Equal(weightsOnDisk, run.Settings.WeightsOnDiskPercent);
        Assert.Equal(cacheOnDisk, run.Settings.CacheOnDiskPercent);
        Assert.NotNull(run.Settings.Shape);
        // One of the GPU logs is packed with xz.
        Assert.Single(run.GpuLogs);
        Assert.Empty(run.Problems);
    }
}

using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Gpu;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Logs as the study's runs printed them give the numbers that the study states.</summary>
public sealed class StudyLogTests
{
    [Theory]
    [MemberData(nameof(StudyRun.Names), MemberType = typeof(StudyRun))]
    public void The_GPU_means_come_out_to_the_digit(string name)
    {
        StudyRun run = StudyRun.Named(name);
        GpuLog log = GpuLog.Read(new StringReader(run.GpuText()));

        Assert.Equal(run.GpuSamples, log.SampleCount);
        Assert.Equal(0, log.SkippedLines);
        Assert.Equal(run.GpuMeanPercent, Math.Round(log.MeanPercent!.Value, 2));
        // Each sample counts until the next, so the last, which is 0, counts for nothing.
        Assert.Equal(log.MeanPercent.Value * run.GpuSamples / (run.GpuSamples - 1), log.TimeWeightedMeanPercent!.Value, 1e-9);
    }

    [Fact]
    public void A_gap_between_samples_counts_by_its_length()
    {
        // As in a run of the study: a gap of 7.39 s among samples each 200 ms. 100 samples at 50 %, the gap at 0 %, 100 at 50 %.
        var text = new System.Text.StringBuilder("timestamp, utilization.gpu [%]\n");
        var time = new DateTime(2025, 1, 21, 1, 0, 0, DateTimeKind.Unspecified);
        for (int i = 0; i <= 201; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{time:yyyy/MM/dd HH:mm:ss.fff}, {(i == 100 ? 0 : 50)} %\n");
            time = time.AddMilliseconds(i == 100 ? 7390 : 200);
        }

        GpuLog log = GpuLog.Read(new StringReader(text.ToString()));

        Assert.Equal(50 * 201 / 202.0, log.MeanPercent!.Value, 1e-9);
        Assert.Equal(50 * 40_000 / 47_390.0, log.TimeWeightedMeanPercent!.Value, 1e-9);
    }

    [Theory]
    [MemberData(nameof(StudyRun.Names), MemberType = typeof(StudyRun))]
    public void The_framework_logs_give_sizes_and_latencies(string name)
    {
        StudyRun run = StudyRun.Named(name);
        AssertIs(run, FrameworkLog.TryRead(new StringReader(run.FrameworkText())));
    }

    [Theory]
    [MemberData(nameof(StudyRun.Names), MemberType = typeof(StudyRun))]
    public void A_result_folder_says_what_was_run(string name)
    {
        StudyRun facts = StudyRun.Named(name);
        using RunFolder run = RunFolder.Open(facts.Write());
        AssertIs(facts, run);
    }

    /// <summary>A framework's log has the numbers of a run.</summary>
    internal static void AssertIs(StudyRun run, FrameworkLog? log)
    {
        Assert.NotNull(log);
        Assert.Equal(run.Framework, log.Framework);
        Assert.Equal(run.Model, log.Settings.Model);
        bool isDeepSpeed = run.Framework == Framework.DeepSpeed;
        Assert.Equal(isDeepSpeed ? run.Batch : null, log.Settings.BatchSize);
        Assert.Equal(isDeepSpeed ? run.Generated : null, log.Settings.GeneratedTokens);
        Assert.Equal(run.ModelGiB, log.Summary.ModelGiB);
        Assert.Equal(run.CacheGiB, log.Summary.CacheGiB);
        Assert.Equal(run.PrefillSeconds, log.Summary.PrefillSeconds);
        Assert.Equal(run.DecodeSeconds, log.Summary.DecodeSeconds);
        Assert.Equal(run.TotalSeconds, log.Summary.TotalSeconds);
        Assert.Equal(isDeepSpeed ? run.Generated : 0, log.TokenLatencySeconds.Count);
        // The total also holds what lies between the tokens.
        if (isDeepSpeed)
            Assert.InRange(run.TotalSeconds - log.TokenLatencySeconds.Sum(), -0.001, 0.3);
    }

    /// <summary>A folder has the settings of a run, its logs, and no trace.</summary>
    internal static void AssertIs(StudyRun facts, RunFolder run)
    {
        Assert.Single(run.FrameworkLogs);
        Assert.Empty(run.Traces);
        Assert.Equal(facts.Batch, run.Settings.BatchSize);
        Assert.Equal(facts.Prompt, run.Settings.PromptTokens);
        Assert.Equal(facts.Generated, run.Settings.GeneratedTokens);
        Assert.Equal(facts.IsCacheOnDisk ? 0 : 100, run.Settings.WeightsOnDiskPercent);
        Assert.Equal(facts.IsCacheOnDisk ? 100 : 0, run.Settings.CacheOnDiskPercent);
        Assert.NotNull(run.Settings.Shape);
        Assert.Single(run.GpuLogs);
        Assert.Empty(run.Problems);
    }
}

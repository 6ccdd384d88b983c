using System.Globalization;
using TraceAnalyzer.DeepNvme;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Gpu;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>The study's own files hold the numbers that other tests write logs from (<see cref="StudyRun"/>, <see cref="StudyTimes"/>), and are read as those are.</summary>
[Trait("Kind", "capture")]
[Trait(Captures.Needs, Captures.Shared)]
public sealed class StudyFileTests
{
    private static readonly (string Run, string Folder, string File)[] s_files =
    [
        ("deepspeed-13b-1", "deepspeed-model-offloading-opt-13b-bs-1-ext4-trace", "opt-13b-model-offload-bs-1-ext4"),
        ("deepspeed-13b-16", "deepspeed-model-offloading-opt-13b-bs-16-ext4-trace", "opt-13b-model-offload-bs-16-ext4"),
        ("flexgen-30b-1", "flexgen-model-offload-opt30b-bs-1-ext4-trace", "opt-30b-model-offload-bs-1-ext4"),
        ("flexgen-30b-16", "flexgen-model-offload-opt30b-bs-16-ext4-trace", "opt-30b-model-offload-bs-16-ext4"),
        ("flexgen-kv-6.7b-64", "flexgen-kv-offload-opt-6.7b-bs-64-ext4-trace", "opt-6.7b-kv-offload-bs-64-ext4"),
    ];

    [Fact]
    public void The_GPU_means_come_out_to_the_digit()
    {
        foreach ((string name, string folder, string file) in s_files)
        {
            StudyRun run = StudyRun.Named(name);
            using StreamReader text = new(Captures.File($"study/{folder}/{file}-gpu.txt"));
            GpuLog log = GpuLog.Read(text);

            Assert.Equal(run.GpuSamples, log.SampleCount);
            Assert.Equal(0, log.SkippedLines);
            Assert.Equal(run.GpuMeanPercent, Math.Round(log.MeanPercent!.Value, 2));
            Assert.Equal(run.GpuTimeWeightedPercent, Math.Round(log.TimeWeightedMeanPercent!.Value, 2));
        }
    }

    [Fact]
    public void The_framework_logs_give_sizes_and_latencies()
    {
        foreach ((string name, string folder, string file) in s_files)
        {
            using StreamReader text = new(Captures.File($"study/{folder}/{file}.txt"));
            StudyLogTests.AssertIs(StudyRun.Named(name), FrameworkLog.TryRead(text));
        }
    }

    [Fact]
    public void The_folders_give_the_runs()
    {
        foreach ((string name, string folder, _) in s_files)
        {
            // One of the GPU logs is packed with xz.
            string logs = Captures.Folder("study/" + folder);
            using RunFolder run = RunFolder.Open(logs);
            StudyLogTests.AssertIs(StudyRun.Named(name), run);
            LoggedRunTests.AssertHasPhasesAndFigures(StudyRun.Named(name), logs);
        }
    }

    // A decode step computes as much as the next, however long it waits: utilization times latency is the same. A second off, and it is not.
    [Theory]
    [InlineData("deepspeed-model-offloading-opt-13b-bs-1-ext4-trace")]
    [InlineData("deepspeed-model-offloading-opt-13b-bs-16-ext4-trace")]
    public void Each_token_takes_the_GPU_the_same_work_where_tokens_are_placed_rightly(string name)
    {
        LoggedPhase[] decode = [.. RunAnalysis.Of(Captures.Folder("study/" + name)).Run!.Logged!.Phases.Where(phase => phase.Index is >= 2 and <= 30)];
        double[] work = [.. decode.Select(phase => phase.GpuMeanPercent!.Value * (phase.EndNs - phase.StartNs) / 1e9)];
        double median = work.Order().ElementAt(work.Length / 2);

        Assert.All(work, value => Assert.InRange(value / median, 0.95, 1.05));
    }

    [Fact]
    public void The_results_of_DeepNVMe_are_those_of_the_table()
    {
        foreach (string fileSystem in (string[])["ext4", "xfs"])
        {
            string folder = Captures.Folder("study/deepnvme-results-" + fileSystem);
            DeepNvmeResultsTests.AssertIs([.. StudyTimes.All.Where(time => time.FileSystem == fileSystem)], DeepNvmeResults.Read(folder));

            // Independently of the reader: the line in each file.
            foreach (StudyTime time in StudyTimes.All.Where(time => time.FileSystem == fileSystem))
            {
                string line = File.ReadAllLines(Path.Combine(folder, $"{time.Engine}-{time.Operation}-{time.Memory}", time.FileName)).Last(line => line.EndsWith("GB/sec", StringComparison.Ordinal));
                string[] words = line.Split([' ', ',', ':'], StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal([time.Engine, $"{time.Operation}_{time.Memory}", time.Seconds, time.PrintedGiBPerSecond], [words[0], words[1], words[4], words[6]]);
                Assert.Equal(time.Mib, double.Parse(words[2], CultureInfo.InvariantCulture) * 1024);
            }
        }
    }
}

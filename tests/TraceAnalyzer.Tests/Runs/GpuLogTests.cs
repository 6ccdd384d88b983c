using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs.Gpu;
using TraceAnalyzer.Summaries;

namespace TraceAnalyzer.Tests.Runs;

public sealed class GpuLogTests
{
    [Fact]
    public void Lines_without_a_number_are_counted_and_named()
    {
        GpuLog log = Read(
            """
            timestamp, index, utilization.gpu [%], memory.used [MiB]
            2025/01/16 13:25:54.900, 0, 10 %, 512 MiB
            2025/01/16 13:25:55.100, 0, [N/A], 512 MiB
            2025/01/16 13:25:55.200, 0, 101 %, 512 MiB
            2025/01/16 13:25:55.900, 0, 40 %, 1024 MiB
            2025/01/16 13:25:56
            """);

        Assert.Equal(new DateTime(2025, 1, 16, 13, 25, 54, 900), Assert.Single(log.Gpus).Samples[0].LocalTime);
        Assert.Equal(3, log.SkippedLines);
        Assert.Equal(["without a utilization: 1 line '[N/A]', 1 line '101 %'", "1 line not understood and skipped"], log.Remarks);
        Assert.Equal((25, 10), (log.MeanPercent, log.TimeWeightedMeanPercent));
    }

    [Fact]
    public void Without_samples_there_is_no_mean()
    {
        GpuLog log = Read("timestamp, utilization.gpu [%]\n");
        Assert.Null(log.MeanPercent);
        Assert.Null(log.TimeWeightedMeanPercent);
        Assert.Equal(["no line has a utilization"], log.Remarks);
    }

    [Theory]
    [InlineData("name, utilization.memory [%]\n", "utilization.gpu")]
    [InlineData("timestamp, utilization.memory [%]\n2025/01/16 13:25:54.900, 3 %\n", "add 'utilization.gpu'")]
    [InlineData("index, utilization.gpu [%]\n0, 3 %\n", "add 'timestamp'")]
    [InlineData("# gpu    pwr  gtemp  mtemp     sm    mem\n# Idx      W      C      C      %      %\n    0     25     35      -      7      1\n", "dmon -o DT")]
    [InlineData("#Date       Time        gpu    pwr  gtemp\n#YYYYMMDD   HH:MM:SS    Idx      W      C\n 20250116   13:25:54      0     25     35\n", "column sm")]
    [InlineData("# gpu        pid  type    sm   mem   enc   dec   command\n# Idx          #   C/G     %     %     %     %   name\n    0      1234     C    45     2     -     -   python3\n", "pmon")]
    [InlineData("2025/01/16 13:25:54.900, 3, 7\n2025/01/16 13:25:55.900, 4, 9\n", "more than one column")]
    public void What_is_missing_is_said_with_what_records_it(string text, string reason)
    {
        TraceException exception = Assert.Throws<TraceException>(() => Read(text));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    // The same three samples of two GPUs, 10, 20, 30 % and 90, 80, 70 %, in every layout.
    [Theory]
    [InlineData("timestamp, index, utilization.gpu [%]\nT0, 0, 10 %\nT0, 1, 90 %\nT1, 0, 20 %\nT1, 1, 80 %\nT2, 0, 30 %\nT2, 1, 70 %\n", "GPU 0", "GPU 1")]
    [InlineData("utilization.gpu [%], timestamp, index\n10 %, T0, 0\n90 %, T0, 1\n20 %, T1, 0\n80 %, T1, 1\n70 %, T2, 1\n30 %, T2, 0\n", "GPU 0", "GPU 1")]
    [InlineData("index, timestamp, utilization.gpu [%]\n1, T0, 90 %\n0, T0, 10 %\n1, T1, 80 %\n0, T1, 20 %\n1, T2, 70 %\n0, T2, 30 %\n", "GPU 0", "GPU 1")]
    [InlineData("timestamp, uuid, utilization.gpu [%]\nT0, GPU-aa, 10 %\nT0, GPU-bb, 90 %\nT1, GPU-aa, 20 %\nT1, GPU-bb, 80 %\nT2, GPU-aa, 30 %\nT2, GPU-bb, 70 %\n", "GPU-aa", "GPU-bb")]
    [InlineData("timestamp, pci.bus_id, utilization.gpu [%]\nT0, 00000000:3B:00.0, 10 %\nT0, 00000000:5E:00.0, 90 %\nT1, 00000000:3B:00.0, 20 %\nT1, 00000000:5E:00.0, 80 %\nT2, 00000000:3B:00.0, 30 %\nT2, 00000000:5E:00.0, 70 %\n", "00000000:3B:00.0", "00000000:5E:00.0")]
    [InlineData("timestamp, name, utilization.gpu [%]\nT0, A100, 10 %\nT0, T4, 90 %\nT1, A100, 20 %\nT1, T4, 80 %\nT2, A100, 30 %\nT2, T4, 70 %\n", "A100", "T4")]
    [InlineData("timestamp, name, utilization.gpu [%]\nT0, A100, 10 %\nT0, A100, 90 %\nT1, A100, 20 %\nT1, A100, 80 %\nT2, A100, 30 %\nT2, A100, 70 %\n", "A100 0", "A100 1")]
    [InlineData("timestamp, utilization.gpu [%]\nT0, 10 %\nT0, 90 %\nT1, 20 %\nT1, 80 %\nT2, 30 %\nT2, 70 %\n", "GPU 0", "GPU 1")]
    [InlineData("timestamp, index, utilization.gpu\nT0, 0, 10\nT0, 1, 90\nT1, 0, 20\nT1, 1, 80\nT2, 0, 30\nT2, 1, 70\n", "GPU 0", "GPU 1")]
    [InlineData("T0, 0, 10 %, 1 %\nT0, 1, 90 %, 1 %\nT1, 0, 20 %, 1 %\nT1, 1, 80 %, 1 %\nT2, 0, 30 %, 1 %\nT2, 1, 70 %, 1 %\n", "GPU 0", "GPU 1")]
    [InlineData("T0, 0, 10\nT0, 1, 90\nT1, 0, 20\nT1, 1, 80\nT2, 0, 30\nT2, 1, 70\n", "GPU 0", "GPU 1")]
    [InlineData("\"timestamp\",\"index\",\"utilization.gpu [%]\"\n\"T0\",\"0\",\"10 %\"\n\"T0\",\"1\",\"90 %\"\n\"T1\",\"0\",\"20 %\"\n\"T1\",\"1\",\"80 %\"\n\"T2\",\"0\",\"30 %\"\n\"T2\",\"1\",\"70 %\"\n", "GPU 0", "GPU 1")]
    [InlineData("timestamp;index;utilization.gpu [%]\nT0;0;10,0 %\nT0;1;90,0 %\nT1;0;20,0 %\nT1;1;80,0 %\nT2;0;30,0 %\nT2;1;70,0 %\n", "GPU 0", "GPU 1")]
    [InlineData("Timestamp, Index, Utilization.GPU [%]\nT0, 0, 10 %\nT0, 1, 90 %\nTimestamp, Index, Utilization.GPU [%]\nT1, 0, 20 %\nT1, 1, 80 %\nT2, 0, 30 %\nT2, 1, 70 %\n", "GPU 0", "GPU 1")]
    [InlineData("#Date       Time        gpu    pwr    sm   mem\n#YYYYMMDD   HH:MM:SS    Idx      W     %     %\n D0     0     25    10     0\n D0     1     25    90     0\n D1     0     25    20     0\n#Date       Time        gpu    pwr    sm   mem\n D1     1     25    80     0\n D2     0     25    30     0\n D2     1     25    70     0\n", "GPU 0", "GPU 1")]
    public void Each_GPU_is_a_series_of_its_own(string text, string first, string second)
    {
        for (int i = 0; i < 3; i++)
        {
            text = text.Replace(FormattableString.Invariant($"T{i}"), FormattableString.Invariant($"2025/01/16 13:25:5{i}.000"), StringComparison.Ordinal)
                .Replace(FormattableString.Invariant($"D{i}"), FormattableString.Invariant($"20250116   13:25:5{i}"), StringComparison.Ordinal);
        }

        GpuLog log = Read(text);

        Assert.Equal([first, second], log.Gpus.Select(gpu => gpu.Name));
        Assert.Equal([10, 20, 30], log.Gpus[0].Samples.Select(sample => sample.UtilizationPercent));
        Assert.Equal([90, 80, 70], log.Gpus[1].Samples.Select(sample => sample.UtilizationPercent));
        Assert.Equal([50, 50, 0], log.Together.Select(sample => sample.UtilizationPercent));
        Assert.Equal((20, 15), (log.Gpus[0].MeanPercent, log.Gpus[0].TimeWeightedMeanPercent));
        Assert.Equal((50, 0), (log.MeanPercent, log.SkippedLines));
        Assert.True(log.HasDate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(16)]
    public void Rows_milliseconds_apart_are_those_of_one_sample(int gpus)
    {
        var random = new Random(gpus);
        var text = new System.Text.StringBuilder("timestamp, utilization.gpu [%]\n");
        DateTime time = new(2025, 1, 16, 23, 59, 0);
        for (int sample = 0; sample < 200; sample++)
        {
            // The sampling stalls now and then, which must not be taken for the period.
            time = time.AddMilliseconds(100 + random.Next(5) + (sample % 50 == 49 ? 30_000 : 0));
            for (int gpu = 0; gpu < gpus; gpu++)
                text.Append(FormattableString.Invariant($"{time.AddTicks(gpu * 10_000L):yyyy/MM/dd HH:mm:ss.fff}, {gpu} %\n"));
        }

        GpuLog log = Read(text.ToString());
        Assert.Equal(gpus, log.Gpus.Count);
        Assert.All(log.Gpus.Select((gpu, i) => (gpu, i)), pair => Assert.All(pair.gpu.Samples, sample => Assert.Equal(pair.i, sample.UtilizationPercent)));
        Assert.All(log.Gpus, gpu => Assert.Equal(200, gpu.Samples.Count));
    }

    [Fact]
    public void A_sample_without_a_row_for_each_GPU_is_counted()
    {
        var text = new System.Text.StringBuilder("timestamp, utilization.gpu [%]\n");
        for (int sample = 0; sample < 50; sample++)
        {
            for (int gpu = 0; gpu < (sample == 20 ? 1 : 2); gpu++)
                text.Append(FormattableString.Invariant($"2025/01/16 13:25:{sample:00}.00{gpu}, {gpu} %\n"));
        }

        GpuLog log = Read(text.ToString());
        Assert.Equal([49, 49], log.Gpus.Select(gpu => gpu.Samples.Count));
        Assert.Equal(1, log.SkippedLines);
        Assert.Equal(2, log.Remarks.Count);
    }

    [Fact]
    public void Times_of_day_go_on_over_midnight_and_the_date_is_the_traces()
    {
        GpuLog log = Read("#Time        gpu    sm\n#HH:MM:SS    Idx     %\n 23:59:59      0    10\n 00:00:00      0    20\n");
        Assert.False(log.HasDate);
        Assert.Equal(TimeSpan.FromSeconds(1), log.Gpus[0].Samples[1].LocalTime - log.Gpus[0].Samples[0].LocalTime);

        string folder = TwoGpus("gpu.csv");
        File.WriteAllText(Path.Combine(folder, "gpu.log"), "#Time        gpu    sm\n#HH:MM:SS    Idx     %\n 14:20:27      0    10\n 14:20:32      0    20\n 14:20:37      0    20\n");
        GpuUse gpu = RunAnalysis.Of(folder).Run!.Gpu!;
        // The trace begins at 14:20:27 UTC, which is 10 s on its own clock; the offset is stated as 0.
        Assert.Equal((10_000_000_000, 0), (gpu.SampleNs[0], gpu.UtcOffsetMinutes));
        Assert.NotNull(gpu.Shares);
    }

    [Fact]
    public void A_log_of_two_GPUs_has_shares_for_any_and_for_each()
    {
        RunReport run = RunAnalysis.Of(Repository.Case("runs", "03-two-gpus")).Run!;
        GpuUse gpu = run.Gpu!;

        Assert.Equal(["GPU 0", "GPU 1"], gpu.Gpus.Select(one => one.Name));
        Assert.Equal([100, 0], gpu.Gpus.Select(one => one.MeanPercent));
        Assert.Equal([100, 0], gpu.Gpus.Select(one => one.TimeWeightedMeanPercent!.Value));
        Assert.Equal((24, 50, 50), (gpu.Samples, gpu.MeanPercent, gpu.TimeWeightedMeanPercent));
        // 200 requests of 200 us in 9.9502 s: 0.402 % of the time.
        Assert.Equal(0.00402, gpu.Shares!.Both, 5);
        Assert.Equal(1, gpu.Shares.Both + gpu.Shares.GpuOnly, 12);
        Assert.Equal(gpu.Shares, gpu.Gpus[0].Shares);
        Assert.Equal((0, 0), (gpu.Gpus[1].Shares!.Both, gpu.Gpus[1].Shares!.GpuOnly));
        Assert.Equal(gpu.Shares.Both, gpu.Gpus[1].Shares!.IoOnly, 12);
    }

    [Fact]
    public void A_log_without_header_is_read_by_the_shape_of_its_rows()
    {
        string folder = TwoGpus("gpu.csv");
        File.Copy(Repository.Case("runs", "15-gpu-74-noheader", "gpu.csv"), Path.Combine(folder, "gpu.csv"));
        RunReport run = RunAnalysis.Of(folder).Run!;

        // 0, 50, 0, ..., 50 and a last 50: seven of fourteen.
        Assert.Equal((14, 25), (run.Gpu!.Samples, run.Gpu.MeanPercent));
        Assert.Contains(run.Problems, problem => problem.Message.Contains("column 9", StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_without_a_number_says_so()
    {
        string folder = TwoGpus("gpu.csv");
        File.Copy(Repository.Case("runs", "15-gpu-77-notsupported", "gpu.csv"), Path.Combine(folder, "gpu.csv"));
        TraceReport report = RunAnalysis.Of(folder);
        using var console = new StringWriter();
        ConsoleSummary.Write(report, console);

        Assert.Null(report.Run!.Gpu);
        Assert.Contains("Use of the GPU: gpu.csv: no line has a utilization: 13 lines '[Not Supported]'.", report.Run.NotAnswerable);
        Assert.DoesNotContain("mean  %", console.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("no time in common", console.ToString(), StringComparison.Ordinal);
    }

    private static GpuLog Read(string text) => GpuLog.Read(new StringReader(text));

    private static string TwoGpus(params string[] without) => RunCaptures.Without(Repository.Case("runs", "03-two-gpus"), without);
}

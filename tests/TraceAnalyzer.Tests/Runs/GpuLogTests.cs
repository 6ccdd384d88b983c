using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Tests.Runs;

public sealed class GpuLogTests
{
    [Fact]
    public void Further_columns_are_kept_and_lines_without_a_number_are_counted()
    {
        GpuLog log = GpuLog.Read(new StringReader(
            """
            timestamp, index, utilization.gpu [%], memory.used [MiB]
            2025/01/16 13:25:54.900, 0, 10 %, 512 MiB
            2025/01/16 13:25:55.100, 0, [N/A], 512 MiB
            2025/01/16 13:25:55.900, 0, 40 %, 1024 MiB
            2025/01/16 13:25:56
            """));

        Assert.Equal(["index", "memory.used [MiB]"], log.FurtherColumns);
        Assert.Equal(["0", "1024 MiB"], log.Samples[1].Further);
        Assert.Equal(new DateTime(2025, 1, 16, 13, 25, 54, 900), log.Samples[0].LocalTime);
        Assert.Equal(2, log.SkippedLines);
        Assert.Equal(25, log.MeanPercent);
        Assert.Equal(10, log.TimeWeightedMeanPercent);
    }

    [Fact]
    public void Without_samples_there_is_no_mean()
    {
        GpuLog log = GpuLog.Read(new StringReader("timestamp, utilization.gpu [%]\n"));
        Assert.Null(log.MeanPercent);
        Assert.Null(log.TimeWeightedMeanPercent);
    }

    [Fact]
    public void Something_else_is_refused_with_what_was_expected()
    {
        TraceException exception = Assert.Throws<TraceException>(() => GpuLog.Read(new StringReader("name, utilization.memory [%]")));
        Assert.Contains("utilization.gpu", exception.Message, StringComparison.Ordinal);
    }
}

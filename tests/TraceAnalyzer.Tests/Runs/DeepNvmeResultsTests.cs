using System.Globalization;
using TraceAnalyzer.DeepNvme;

namespace TraceAnalyzer.Tests.Runs;

public sealed class DeepNvmeResultsTests
{
    // Every value of the study's figure 2.
    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void All_104_values_equal_their_files(string fileSystem) =>
        AssertIs([.. StudyTimes.All.Where(time => time.FileSystem == fileSystem)], DeepNvmeResults.Read(StudyTimes.Folder(fileSystem)));

    [Theory]
    [InlineData("ext4", "cpu", false, 2.764618, 0.966669, 2.860)]
    [InlineData("ext4", "cpu", true, 3.714072, 1.125331, 3.300)]
    [InlineData("ext4", "gpu", false, 3.747320, 1.316372, 2.847)]
    [InlineData("ext4", "gpu", true, 7.323254, 1.333594, 5.491)]
    [InlineData("xfs", "cpu", false, null, null, 2.83)]
    [InlineData("xfs", "cpu", true, null, null, 1.62)]
    [InlineData("xfs", "gpu", false, null, null, 2.87)]
    [InlineData("xfs", "gpu", true, null, null, 4.12)]
    public void Ratios_at_the_largest_tensor_come_out(string fileSystem, string memory, bool isStore, double? posixSeconds, double? libaioSeconds, double ratio)
    {
        EngineComparison largest = Compare(fileSystem, memory, isStore).MaxBy(comparison => comparison.SizeBytes)!;

        Assert.Equal(4096, largest.SizeBytes >> 20);
        Assert.Equal(ratio, Math.Round(largest.Ratio, fileSystem == "ext4" ? 3 : 2));
        if (posixSeconds is not null)
        {
            Assert.Equal(posixSeconds, Math.Round(largest.PosixSeconds, 6));
            Assert.Equal(libaioSeconds, Math.Round(largest.LibaioSeconds, 6));
        }
    }

    [Theory]
    [InlineData("cpu", false, 3.07, 32)]
    [InlineData("cpu", true, 4.59, 8)]
    [InlineData("gpu", false, 169, 1)]
    [InlineData("gpu", true, 5.84, 16)]
    public void The_greatest_ratios_over_the_sizes_come_out(string memory, bool isStore, double ratio, long mib)
    {
        EngineComparison greatest = Compare("ext4", memory, isStore).MaxBy(comparison => comparison.PrintedRatio)!;
        Assert.Equal(ratio, Math.Round(greatest.PrintedRatio, 2));
        Assert.Equal(mib, greatest.SizeBytes >> 20);
    }

    [Fact]
    public void Result_lines_are_found_wherever_they_stand()
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "my notes.txt"), "12:00 worker0: gds load_gpu: 0.5 GB, 2.5e-1 secs,  2.00 GB/sec done\nnothing\npy load_cpu: 1.0 GB, 0 secs, 0 GB/sec\n");
        File.WriteAllText(Path.Combine(folder, "empty"), "");
        DeepNvmeResults results = DeepNvmeResults.Read(folder);

        Assert.Equal([new DeepNvmeTransfer("my notes.txt", null, "gds", false, "gpu", 1L << 29, 0.25, 2)], results.Transfers);
        Assert.Equal(2, results.Transfers[0].GiBPerSecond);
        Assert.Equal(["empty"], results.FilesWithoutResult);
        Assert.Empty(results.Comparisons);
    }

    [Fact]
    public void A_folder_without_results_is_refused() =>
        Assert.Throws<TraceException>(() => DeepNvmeResults.Read(RunCaptures.NewFolder()));

    /// <summary>Results are those that the logs of the study hold.</summary>
    internal static void AssertIs(StudyTime[] expected, DeepNvmeResults results)
    {
        Assert.Equal(104, expected.Length);
        Assert.Equal(expected.Length, results.Transfers.Count);
        Assert.Empty(results.FilesWithoutResult);
        foreach (StudyTime time in expected)
        {
            DeepNvmeTransfer transfer = Assert.Single(results.Transfers, transfer => Path.GetFileName(transfer.File) == time.FileName);
            Assert.Equal((time.Engine, time.FileSystem, time.Operation == "store", time.Memory), (transfer.Engine, transfer.FileSystem, transfer.IsStore, transfer.Memory));
            Assert.Equal((long)time.Mib << 20, transfer.SizeBytes);
            Assert.Equal(double.Parse(time.Seconds, CultureInfo.InvariantCulture), transfer.Seconds);
            Assert.Equal(double.Parse(time.PrintedGiBPerSecond, CultureInfo.InvariantCulture), transfer.PrintedGiBPerSecond);
            Assert.Equal(transfer.PrintedGiBPerSecond, transfer.GiBPerSecond, tolerance: 0.0051);
        }
    }

    private static EngineComparison[] Compare(string fileSystem, string memory, bool isStore)
    {
        EngineComparison[] comparisons =
        [
            .. DeepNvmeResults.Read(StudyTimes.Folder(fileSystem)).Comparisons
                .Where(comparison => comparison.Memory == memory && comparison.IsStore == isStore),
        ];
        Assert.Equal(13, comparisons.Length);
        Assert.All(comparisons, comparison => Assert.Equal(fileSystem, comparison.FileSystem));
        return comparisons;
    }
}

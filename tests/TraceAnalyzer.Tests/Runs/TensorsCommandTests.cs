using System.Globalization;
using SkiaSharp;
using TraceAnalyzer.Cli;
using TraceAnalyzer.Cli.Commands;
using TraceAnalyzer.DeepNvme;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Run;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Tests.Cli;

namespace TraceAnalyzer.Tests.Runs;

public sealed class TensorsCommandTests
{
    [Fact]
    public void The_studys_ratios_and_figures_come_out()
    {
        string output = Path.Combine(RunCaptures.NewFolder(), "out");
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        ExitCode code = TensorsCommand.Run(new TensorsCommand.Work(StudyTimes.Folder(), output, Overwrite: false, 5.3, new FigureOptions()), text, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Success, code);
        string[][] rows = [.. text.ToString().Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.Contains(rows, row => row is ["ext4", "CPU load", "4 GiB", "2.764618", "0.966669", "2.860", "3.07", "32 MiB", "3.07", "32 MiB"]);
        Assert.Contains(rows, row => row is ["ext4", "CPU store", "4 GiB", "3.714072", "1.125331", "3.300", _, "8 MiB", "4.59", "8 MiB"]);
        Assert.Contains(rows, row => row is ["ext4", "GPU load", "4 GiB", "3.747320", "1.316372", "2.847", _, "1 MiB", "169.00", "1 MiB"]);
        Assert.Contains(rows, row => row is ["ext4", "GPU store", "4 GiB", "7.323254", "1.333594", "5.491", _, "16 MiB", "5.84", "16 MiB"]);
        Assert.Contains("3 of 208 results reach the device's 5.3 GiB/s.", text.ToString(), StringComparison.Ordinal);

        foreach (string name in (string[])["ext4-load", "ext4-store", "xfs-load", "xfs-store"])
        {
            using SKBitmap? picture = SKBitmap.Decode(Path.Combine(output, $"tensor-bandwidth-{name}.png"));
            Assert.Equal(1200, picture?.Width);
        }

        Assert.Equal(1 + 208, File.ReadAllLines(Path.Combine(output, "tensors.csv")).Length);
        Assert.Equal(1 + 104, File.ReadAllLines(Path.Combine(output, "tensor_ratios.csv")).Length);
    }

    [Fact]
    public void The_figure_plots_each_result_and_the_device()
    {
        DeepNvmeTransfer Transfer(string engine, string memory, long mib, double seconds) =>
            new("f", "ext4", engine, false, memory, mib << 20, seconds, 0);
        var results = new DeepNvmeResults(
            [Transfer("py", "cpu", 512, 1), Transfer("aio", "cpu", 1024, 0.5), Transfer("aio", "cpu", 512, 0.125), Transfer("aio", "gpu", 1024, 1), Transfer("aio", "gpu", 1024, 3)], []);
        CurveLayer[] curves = [.. TensorBandwidthFigure.Draw(results, "ext4", isStore: false, 5.3).Panels[0].Layers.Cast<CurveLayer>()];

        Assert.Equal(4, curves.Length);
        Assert.Equal([new(29, 4), new(30, 2)], curves[0].Points);
        Assert.Equal([new(29, 0.5)], curves[1].Points);
        Assert.Equal([new(30, 0.5)], curves[2].Points);
        Assert.All(curves[3].Points, point => Assert.Equal(5.3, point.Y));
    }

    [Theory]
    [InlineData("analyze", "log")]
    [InlineData("analyze", "aio-load-cpu/log")]
    [InlineData("convert", "ext4/aio-load-cpu/log")]
    public void Other_verbs_send_who_has_results_alone_here(string verb, string file)
    {
        string folder = RunCaptures.NewFolder();
        string path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "aio load_cpu: 1.0 GB, 0.25 secs,  4.00 GB/sec\n");
        ToolResult result = Tool.Run(verb, folder, "-o", Path.Combine(folder, "out.csv"));

        Assert.Equal((int)ExitCode.Failed, result.ExitCode);
        Assert.Contains("'traceanalyzer tensors' compares them", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_of_the_study_with_results_alone_are_for_tensors() => Assert.All(["ext4", "xfs"], fileSystem =>
    {
        using var run = RunFolder.Open(StudyTimes.Folder(fileSystem));
        Assert.True(run.HasOnlyDeepNvme);
    });

    [Fact]
    public void Who_points_at_any_folder_does_not_wait_for_all_its_files_to_be_read()
    {
        // A result, but in a file that is not a log of a few lines.
        string folder = RunCaptures.NewFolder();
        string inner = Directory.CreateDirectory(Path.Combine(folder, "inner")).FullName;
        string line = "aio load_cpu: 1.0 GB, 0.25 secs,  4.00 GB/sec\n";
        File.WriteAllText(Path.Combine(inner, "large"), line + new string('x', 64 << 10));
        File.WriteAllText(Path.Combine(inner, "empty"), "");
        Assert.Contains("no trace in this folder", Tool.Run("analyze", folder, "-o", "never-written").Error, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(inner, "small"), line);
        Assert.Contains("'traceanalyzer tensors'", Tool.Run("analyze", folder, "-o", "never-written").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_output_folder_nothing_is_written()
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "log"), "aio load_cpu: 1.0 GB, 0.25 secs,  4.00 GB/sec\n");
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(ExitCode.Success, TensorsCommand.Run(new TensorsCommand.Work(folder, null, Overwrite: false, null, new FigureOptions()), text, TestContext.Current.CancellationToken));

        Assert.Contains("unknown file system, CPU load", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("nothing to compare", text.ToString(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(folder));
    }
}

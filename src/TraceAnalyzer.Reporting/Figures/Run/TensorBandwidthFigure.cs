using ScottPlot;
using TraceAnalyzer.DeepNvme;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Bandwidth of tensor transfers over tensor size, a line for each engine and memory: figure 2 of the CHEOPS'25 study.</summary>
public static class TensorBandwidthFigure
{
    private const double GiB = 1L << 30;
    private static readonly float[] PosixDashes = [7, 4];
    private static readonly float[] OtherDashes = [2, 3];
    private static readonly float[] DeviceDashes = [10, 3, 2, 3];

    /// <summary>Writes a figure for each file system and direction, such as <c>tensor-bandwidth-ext4-load.png</c>, into an existing folder.</summary>
    /// <param name="results">What to draw.</param>
    /// <param name="deviceGiBPerSecond">The device's bandwidth, drawn as a line; null for none.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Format and resolution.</param>
    /// <returns>Names of the files.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static IReadOnlyList<string> WriteAll(DeepNvmeResults results, double? deviceGiBPerSecond, string folder, FigureOptions options)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(options);
        var names = new List<string>();
        foreach ((string? fileSystem, bool isStore) in results.Transfers.Select(transfer => (transfer.FileSystem, transfer.IsStore)).Distinct())
        {
            FigureDrawing drawing = Draw(results, fileSystem, isStore, deviceGiBPerSecond);
            string name = $"tensor-bandwidth-{fileSystem ?? "unknown"}-{DeepNvmeSummary.Direction(isStore)}";
            bool isSvg = options.Format == FigureFormat.Svg;
            names.Add(name + (isSvg ? ".svg" : ".png"));
            File.WriteAllBytes(Path.Combine(folder, names[^1]), isSvg ? FigureEncoder.ToSvg(drawing) : FigureEncoder.ToPng(drawing, options.Dpi));
        }

        return names;
    }

    /// <summary>The figure of one file system and direction.</summary>
    internal static FigureDrawing Draw(DeepNvmeResults results, string? fileSystem, bool isStore, double? deviceGiBPerSecond)
    {
        DeepNvmeTransfer[] transfers = [.. results.Transfers.Where(transfer => transfer.FileSystem == fileSystem && transfer.IsStore == isStore)];
        AxisScale x = SizeScale.Around(transfers.Min(transfer => transfer.SizeBytes), transfers.Max(transfer => transfer.SizeBytes), 1 << 20);
        AxisScale y = LinearScale.FromZero(Math.Max(transfers.Max(transfer => transfer.GiBPerSecond), deviceGiBPerSecond ?? 0), TickText.Number, about: 7);
        var layers = new List<Layer>();
        var legend = new List<LegendEntry>();
        foreach (var line in transfers.GroupBy(transfer => (transfer.Memory, transfer.Engine)).OrderBy(line => line.Key.Memory, StringComparer.Ordinal).ThenBy(line => line.Key.Engine, StringComparer.Ordinal))
        {
            Color color = line.Key.Memory == "cpu" ? FigureColors.Third : FigureColors.Fourth;
            float[]? dashes = line.Key.Engine switch
            {
                DeepNvmeResults.Libaio => null,
                DeepNvmeResults.Posix => PosixDashes,
                _ => OtherDashes,
            };
            // Of several results for one size the mean time counts, as in the ratios.
            Coordinates[] points =
            [
                .. line.GroupBy(transfer => transfer.SizeBytes).OrderBy(size => size.Key)
                    .Select(size => new Coordinates(SizeScale.Map(size.Key), size.Key / GiB / size.Average(transfer => transfer.Seconds))),
            ];
            layers.Add(new CurveLayer(points) { Color = color, Dashes = dashes, DotRadius = 3 });
            legend.Add(new LegendEntry($"{DeepNvmeSummary.EngineName(line.Key.Engine)}, {line.Key.Memory.ToUpperInvariant()}", color, dashes));
        }

        if (deviceGiBPerSecond is { } device)
        {
            layers.Add(new CurveLayer([new Coordinates(x.Min, device), new Coordinates(x.Max, device)]) { Color = FigureColors.SoftInk, LineWidth = 1.4f, Dashes = DeviceDashes });
            legend.Add(new LegendEntry($"Device, {Units.Rate(device * GiB)}", FigureColors.SoftInk, DeviceDashes));
        }

        string way = isStore ? "memory to SSD" : "SSD to memory";
        return new FigureDrawing
        {
            Title = $"Tensor {DeepNvmeSummary.Direction(isStore)} ({way}) · {DeepNvmeSummary.FileSystem(fileSystem)} · DeepNVMe",
            X = x,
            XLabel = "Tensor size",
            Legend = [.. legend],
            Panels = [new PlotPanel { Y = y, YLabel = "Bandwidth (GiB/s)", Height = PlotPanel.HeightOf(1), Layers = [.. layers] }],
        };
    }
}

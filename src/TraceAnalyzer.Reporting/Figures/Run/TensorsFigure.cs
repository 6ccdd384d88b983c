using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>How often each tensor was read, and its bytes read and written, by layer.</summary>
internal sealed class TensorsFigure() : Figure<FigureContext>("tensors", "Reads and bytes of each tensor")
{
    private const float PanelHeight = 84;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "How often each tensor is read, and its bytes read and written, by layer. " + (Named(context.Report.Run!.Tensors).Select(tensor => tensor.Reads).OfType<double>().ToArray() switch
    {
        [] => "No tensor is known.",
        var reads => $"{Units.Count(reads.Length)} tensors, read between {Units.Count(reads.Min())} and {Units.Count(reads.Max())} times.",
    });

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => TensorTable.Tensors.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        TensorUse[] all = context.Report.Run!.Tensors;
        TensorUse[] tensors = [.. InOrder(Named(all).Where(tensor => tensor.ReadBytes + tensor.WriteBytes > 0))];
        if (tensors.Length == 0)
            return FigureResult.None(all.Length == 0 ? "which sectors hold which tensor is not recorded" : "no tensor was read or written");
        var panels = new List<PlotPanel>();
        if (tensors.Any(tensor => tensor.Reads > 0))
        {
            double[] reads = [.. tensors.Select(tensor => tensor.Reads ?? 0)];
            panels.Add(new PlotPanel
            {
                Name = "Reads",
                NameColor = FigureColors.Third,
                Summary = "bytes read over the tensor's length",
                Y = LinearScale.FromZero(reads.Max(), TickText.Number, about: 3),
                YLabel = "times",
                Height = PanelHeight,
                Layers = [new StickLayer(Positions(reads), reads) { Color = FigureColors.Third }],
            });
        }

        string what = all.Any(tensor => tensor.Tensor is null && tensor.ReadBytes + tensor.WriteBytes > 0) && tensors[0].Tensor is not null ? "of tensors, other bytes left out" : "in total";
        panels.AddRange(Bytes("Read", FigureColors.Read, what, [.. tensors.Select(tensor => tensor.ReadBytes)]));
        panels.AddRange(Bytes("Write", FigureColors.Write, what, [.. tensors.Select(tensor => tensor.WriteBytes)]));
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = WholeNumbers.Axis(tensors.Length, about: 8),
            XLabel = tensors.Any(tensor => tensor.Layer is not null) ? "Tensor, by layer (those of no layer first)" : "Tensor, as listed",
            Panels = [.. panels],
        });
    }

    /// <summary>By layer, then as listed; tensors of no layer first.</summary>
    internal static IEnumerable<TensorUse> InOrder(IEnumerable<TensorUse> tensors) => tensors.OrderBy(tensor => tensor.Layer ?? -1);

    // Headers, tails and other files are not tensors; where no file is known to be one, the files are all there is.
    private static TensorUse[] Named(TensorUse[] tensors) => Array.Exists(tensors, tensor => tensor.Tensor is not null) ? Array.FindAll(tensors, tensor => tensor.Tensor is not null) : tensors;

    private static PlotPanel[] Bytes(string name, ScottPlot.Color color, string what, long[] bytes)
    {
        if (bytes.Max() == 0)
            return [];
        (string unit, double size) = Units.BinaryUnit(bytes.Max());
        double[] values = Array.ConvertAll(bytes, value => value / size);
        return
        [
            new PlotPanel
            {
                Name = name,
                NameColor = color,
                Summary = $"{Units.Bytes(bytes.Sum())} {what}",
                Y = LinearScale.FromZero(values.Max(), TickText.Number, about: 3),
                YLabel = unit,
                Height = PanelHeight,
                Layers = [new StickLayer(Positions(values), values) { Color = color }],
            },
        ];
    }

    private static double[] Positions(double[] values) => [.. Enumerable.Range(0, values.Length).Select(i => (double)i)];
}

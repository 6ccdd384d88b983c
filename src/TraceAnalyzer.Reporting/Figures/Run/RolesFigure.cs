using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Bytes read of the tensors of each role, and how often that is all of them.</summary>
internal sealed class RolesFigure() : Figure<FigureContext>("roles", "Bytes read by role of the tensors")
{
    private const float PanelHeight = 110;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Bytes read of the tensors of each role. " + (Shown(context) switch
    {
        [] => "No roles are known.",
        var roles => string.Join("; ", roles.Select(role => $"{EnumNames.Kebab(role.Role)}: {Units.Bytes(role.ReadBytes)}")) + ".",
    });

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => ModelUseTables.Roles.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        RoleUse[] roles = Shown(context);
        if (roles.Length == 0)
            return FigureResult.None("the run's files tell no roles of what was read");
        double[] positions = [.. Enumerable.Range(0, roles.Length).Select(i => (double)i)];
        (string unit, double size) = Units.BinaryUnit(roles.Max(role => role.ReadBytes));
        double[] bytes = [.. roles.Select(role => role.ReadBytes / size)];
        double[] times = [.. roles.Select(role => role.LengthBytes > 0 ? (double)role.ReadBytes / role.LengthBytes.Value : 0)];
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = new AxisScale(-0.5, roles.Length - 0.5, [.. roles.Select((role, i) => new Tick(i, Short(role.Role), true))]),
            XLabel = "Role",
            Panels =
            [
                Panel("Read", $"{Units.Bytes(roles.Sum(role => role.ReadBytes))} in total", unit, bytes, FigureColors.Read),
                Panel("Times read", "bytes read over the length", "times", times, FigureColors.Third),
            ],
        });

        PlotPanel Panel(string name, string summary, string label, double[] values, Color color) => new()
        {
            Name = name,
            NameColor = color,
            Summary = summary,
            Y = LinearScale.FromZero(values.Max(), TickText.Number, about: 4),
            YLabel = label,
            Height = PanelHeight,
            Layers = [new StickLayer(positions, values) { Color = color }],
        };
    }

    private static RoleUse[] Shown(FigureContext context) => [.. (context.Report.Run!.ModelUse?.Roles ?? []).Where(role => role.ReadBytes > 0).OrderByDescending(role => role.ReadBytes)];

    // Eight of them fit below a column's width.
    private static string Short(TensorRole role) => role switch
    {
        TensorRole.FeedForward => "ffn",
        TensorRole.SharedExpert => "shared",
        TensorRole.OutputHead => "head",
        TensorRole.Embedding => "embed",
        TensorRole.Attention => "attn",
        TensorRole.KeyCache => "keys",
        TensorRole.ValueCache => "values",
        TensorRole.OtherFile => "files",
        TensorRole.Unmapped => "unmap.",
        _ => EnumNames.Kebab(role),
    };
}

using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Bytes read of the tensors of each role, how often that is all of them, and bytes written.</summary>
internal sealed class RolesFigure() : Figure<FigureContext>("roles", "Bytes by role of the tensors")
{
    private const float PanelHeight = 110;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Bytes read and written of the tensors of each role. " + (Shown(context) switch
    {
        [] => "No roles are known.",
        var roles => string.Join("; ", roles.Select(role => $"{EnumNames.Kebab(role.Role)}: {Units.Bytes(role.ReadBytes)} read{(role.WriteBytes > 0 ? $" and {Units.Bytes(role.WriteBytes)} written" : "")}")) + ".",
    });

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => ModelUseTables.Roles.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        RoleUse[] roles = Shown(context);
        if (roles.Length == 0)
            return FigureResult.None(context.Report.Run!.ModelUse is null
                ? "roles are told apart for tensors within model files only, and the run has no header or table of one"
                : "no tensor of a known role was read or written");
        double[] positions = [.. Enumerable.Range(0, roles.Length).Select(i => (double)i)];
        double[] times = [.. roles.Select(role => role.LengthBytes > 0 ? (double)role.ReadBytes / role.LengthBytes.Value : 0)];
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = new AxisScale(-0.5, roles.Length - 0.5, [.. roles.Select((role, i) => new Tick(i, Short(role.Role), true))]),
            XLabel = "Role",
            Panels =
            [
                .. roles.Any(role => role.ReadBytes > 0)
                    ? (PlotPanel[])[Bytes("Read", FigureColors.Read, role => role.ReadBytes), Panel("Times read", "bytes read over the length", "times", times, FigureColors.Third)]
                    : [],
                .. roles.Any(role => role.WriteBytes > 0) ? (PlotPanel[])[Bytes("Write", FigureColors.Write, role => role.WriteBytes)] : [],
            ],
        });

        PlotPanel Bytes(string name, Color color, Func<RoleUse, long> of)
        {
            (string unit, double size) = Units.BinaryUnit(roles.Max(of));
            return Panel(name, $"{Units.Bytes(roles.Sum(of))} in total", unit, [.. roles.Select(role => of(role) / size)], color);
        }

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

    private static RoleUse[] Shown(FigureContext context) => [.. (context.Report.Run!.ModelUse?.Roles ?? []).Where(role => role.ReadBytes + role.WriteBytes > 0).OrderByDescending(role => role.ReadBytes).ThenByDescending(role => role.WriteBytes)];

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

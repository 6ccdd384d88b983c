using System.Globalization;
using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>One run of a comparison as figures see it.</summary>
/// <param name="Index">Its place in the comparison.</param>
/// <param name="Label">Its name, printable.</param>
/// <param name="Compared">What the comparison says of it.</param>
/// <param name="Report">Its report.</param>
/// <param name="Device">The device that is compared; null if nothing was counted.</param>
internal sealed record FigureRun(int Index, string Label, ComparedRun Compared, TraceReport Report, DeviceReport? Device)
{
    /// <summary>Counted requests of a class; null if there are none.</summary>
    public OperationReport? Operation(OperationClass @class) => Device?.OfClass(@class);

    /// <summary>What stands above the run's own panel: its number as on the console, since names may have to be cut, and its name.</summary>
    public string Heading => string.Create(CultureInfo.InvariantCulture, $"{Index + 1}: {Label}");

    /// <summary>Seconds since the run's first counted transfer.</summary>
    public double Seconds(long timeNs) => (timeNs - Compared.FirstNs) / 1e9;
}

/// <summary>A comparison, with what all its figures share.</summary>
internal sealed class ComparisonFigureContext
{
    private const int MaxOverlaid = 4;

    private static readonly (Color Color, float[]? Dashes)[] s_styles =
        [(FigureColors.Read, null), (FigureColors.Write, [7, 3]), (FigureColors.Third, [2, 2]), (FigureColors.Fourth, [9, 3, 2, 3])];

    /// <summary>For <paramref name="comparison"/>.</summary>
    public ComparisonFigureContext(ComparisonReport comparison)
    {
        Comparison = comparison;
        Runs =
        [
            .. comparison.Runs.Select((run, i) => new FigureRun(
                i, FigureTitle.Printable(run.Label), run, comparison.Reports[i], comparison.Reports[i].Devices.FirstOrDefault(device => device.Device == run.Device))),
        ];
    }

    /// <summary>The comparison.</summary>
    public ComparisonReport Comparison { get; }

    /// <summary>The runs.</summary>
    public IReadOnlyList<FigureRun> Runs { get; }

    /// <summary>True if there are so many runs that their lines would be spaghetti: then each gets a panel.</summary>
    public bool IsCrowded => Runs.Count > MaxOverlaid;

    /// <summary>The line above a figure of reads or writes.</summary>
    public string Title(OperationClass operation) => Title(operation.Subject());

    /// <summary>The line above a figure.</summary>
    public string Title(string what, float width = FigureDrawing.ColumnWidth)
    {
        string facts = what + " · ";
        string names = IsCrowded
            ? string.Create(CultureInfo.InvariantCulture, $"{Runs.Count} runs, compared with {Runs[0].Label}")
            : string.Join(" / ", Runs.Select(run => run.Label));
        return facts + FigureFont.Shorten(names, FigureDrawing.TitleSize, width - (2 * FigureDrawing.Margin) - FigureFont.Measure(facts, FigureDrawing.TitleSize));
    }

    /// <summary>The rows of a table that are about a class on the devices that are compared, under the number of each run: names of runs are somebody's choice.</summary>
    public Table OfRuns(TableOf<TraceReport> table, OperationClass @class) => Runs.Select(run =>
        {
            Table rows = table.Of(run.Report with { Devices = run.Device is { } device ? [device] : [] });
            bool hasScope = rows.Columns.Any(column => column.Name == "scope");
            bool hasClass = rows.Columns.Any(column => column.Name == "class");
            rows = hasScope ? rows.Where("scope", "class") : rows;
            return rows.Where(hasClass ? "class" : "operation", @class.Name()).With(Column.Id("run", "Run"), run.Index + 1);
        })
        .Aggregate((all, more) => all.Concat(more));

    /// <summary>A table with the numbers of the runs in place of their labels, which are somebody's choice.</summary>
    public Table Numbered(Table table)
    {
        int column = table.IndexOf("run");
        return table with
        {
            Rows = [.. table.Rows.Select(row => (Value[])[.. row[..column], Runs.First(run => run.Compared.Label == row[column].Text).Index + 1, .. row[(column + 1)..]])],
        };
    }

    /// <summary>A sentence per run; <c>none</c> where there is nothing to say.</summary>
    public string Each(Func<FigureRun, string?> text) => string.Join(" ",
        Runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"Run {run.Index + 1}, {run.Label}: {text(run) ?? "none"}.")));

    /// <summary>Why a figure of reads or writes is missing.</summary>
    public static FigureResult Nothing(OperationClass operation) => Nothing(operation.Plural());

    /// <summary>Why a figure is missing.</summary>
    public static FigureResult Nothing(string what) => FigureResult.None($"no {what} were counted in any run");

    /// <summary>
    /// One panel with the curves of all runs and a legend; or, where there are many, one panel per run with the first run's curve in gray
    /// behind it.
    /// </summary>
    /// <param name="curves">The curves, in the order of the runs.</param>
    /// <param name="y">The vertical axis; is told whether panels are low.</param>
    /// <param name="label">Label of the vertical axis, and a short one for low panels.</param>
    /// <param name="height">Height of the one panel.</param>
    public (PlotPanel[] Panels, LegendEntry[] Legend) Arrange(IReadOnlyList<RunCurve> curves, Func<bool, AxisScale> y, (string Long, string Short) label, float height)
    {
        AxisScale axis = y(IsCrowded);
        if (!IsCrowded)
        {
            return (
                [new PlotPanel { Y = axis, YLabel = label.Long, Height = height, Layers = [.. curves.Select(curve => curve.Draw(axis, StyleOf(curve.Run).Color, StyleOf(curve.Run).Dashes))] }],
                [.. curves.Select(EntryOf)]);
        }

        RunCurve reference = curves[0];
        return (
            [.. curves.Select(curve => new PlotPanel
            {
                Name = curve.Run.Heading,
                Summary = curve.Summary,
                Y = axis,
                YLabel = label.Short,
                Height = 64,
                Layers = curve == reference
                    ? [curve.Draw(axis, FigureColors.Read, null)]
                    : [reference.Draw(axis, FigureColors.GapEdge, null), curve.Draw(axis, FigureColors.Read, null)],
            })],
            [new LegendEntry($"gray: {FigureFont.Shorten(reference.Run.Label, FigureDrawing.TextSize, FigureDrawing.ColumnWidth / 2)}", FigureColors.GapEdge)]);
    }

    private static LegendEntry EntryOf(RunCurve curve)
    {
        const float LineSymbol = 28;
        string summary = curve.Summary.Length > 0 ? $" ({curve.Summary})" : "";
        float room = FigureDrawing.ColumnWidth - (2 * FigureDrawing.Margin) - LineSymbol - FigureFont.Measure(summary, FigureDrawing.TextSize);
        (Color color, float[]? dashes) = StyleOf(curve.Run);
        return new LegendEntry(FigureFont.Shorten(curve.Run.Label, FigureDrawing.TextSize, room) + summary, color, curve.IsDashed ? dashes : null);
    }

    /// <summary>Color and dashes of a run, where there are few.</summary>
    public static (Color Color, float[]? Dashes) StyleOf(FigureRun run) => s_styles[run.Index % s_styles.Length];
}

/// <summary>The curve of a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Summary">The numbers worth reading; empty for none.</param>
/// <param name="Draw">Makes the layer on a vertical axis, in a color and with dashes.</param>
internal sealed record RunCurve(FigureRun Run, string Summary, Func<AxisScale, Color, float[]?, Layer> Draw)
{
    /// <summary>False if its layer has no dashes.</summary>
    public bool IsDashed { get; init; } = true;
}

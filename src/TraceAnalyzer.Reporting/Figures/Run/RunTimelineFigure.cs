using System.Globalization;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>GPU utilization, read and write bandwidth on one time axis; tokens and phases as bands behind them.</summary>
internal sealed class RunTimelineFigure() : Figure<FigureContext>("run-timeline", "Bandwidth over time")
{
    private const float PanelHeight = 72;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => (context.Report.Run?.Gpu is null ? "Read" : "GPU utilization, read") + " and write bandwidth on one time axis, with a band for every other token or phase. " + (context.Report.Run?.Gpu switch
    {
        null => "There is no GPU log.",
        { Gpus.Length: > 0 } gpu => string.Join("; ", gpu.Gpus.Take(8).Select(one => $"utilization of {one.Name} is {Units.Of(one.TraceMeanPercent ?? one.MeanPercent, Unit.Percent)} on average")) + ".",
        { Shares: { } shares } gpu => $"GPU utilization is {Units.Of(gpu.TraceMeanPercent ?? gpu.MeanPercent, Unit.Percent)} on average; its samples are above 0 % with I/O in flight {Units.Share(shares.Both)} of the time, without I/O {Units.Share(shares.GpuOnly)}, and at 0 % with I/O in flight {Units.Share(shares.IoOnly)}.",
        { } gpu => $"GPU utilization is {Units.Of(gpu.TraceMeanPercent ?? gpu.MeanPercent, Unit.Percent)} on average.",
    });

    /// <inheritdoc/>
    public override string CaptionOf(FigureContext context) => context.Report.Run?.Gpu is null ? Caption : "GPU utilization and bandwidth over time";

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => new("run_timeline", Caption,
        [Column.Text("what", "What"), Column.Text("name", "Name"), Column.Seconds("start_seconds", "From"), Column.Seconds("end_seconds", "To"), new("gpu_percent", "GPU", Unit.Percent)],
        context.Report.Run is { } run ? [.. Samples(context, run), .. Spans(context, run)] : []);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        RunReport run = context.Report.Run!;
        TimeBinning time = context.Report.Time;
        var transfers = context.Transfers().ToList();
        if (transfers.Count == 0 || time.Count == 0)
            return FigureResult.None("no reads or writes were counted");

        SpanUseReport[] spans = Bands(run);
        var bands = new BandLayer([.. spans.Select(span => (context.Seconds(span.StartNs), context.Seconds(span.EndNs)))]);
        var panels = new List<PlotPanel>();
        if (run.Gpu is { UtcOffsetMinutes: not null } gpu)
            panels.AddRange(GpuCurve.Of(gpu).Where(curve => curve.SampleNs.Length > 1).Select(curve => Gpu(curve, context, bands)));
        // Over the time of reads and writes together: two writes at once would have any bandwidth over their own.
        double seconds = (transfers.Max(transfer => transfer.Operation.Overview.LastNs) - transfers.Min(transfer => transfer.Operation.Overview.FirstNs)) / 1e9;
        foreach ((string name, OperationReport operation, ScottPlot.Color color) in transfers)
        {
            double[] rates = Array.ConvertAll(operation.Throughput.Bytes, bytes => bytes / (time.WidthNs / 1e9));
            (string unit, double size) = Units.BinaryUnit(rates.Max());
            double[] values = Array.ConvertAll(rates, rate => rate / size);
            Array.Resize(ref values, time.Count);
            AxisScale y = LinearScale.FromZero(values.Max(), TickText.Number, about: 3);
            panels.Add(new PlotPanel
            {
                Name = name,
                NameColor = color,
                Summary = (seconds > 0 ? $"mean {Units.Rate(operation.Overview.Bytes / seconds)}, " : "") + $"{Units.Bytes(operation.Overview.Bytes)} in total",
                Y = y,
                YLabel = unit + "/s",
                Height = PanelHeight,
                Layers = [bands, .. MeanAndPeak.Of(time, time, values, values).Layers(context, y, color)],
            });
        }

        int phases = spans.Length - run.Tokens.Length;
        // Every other span is shaded: one alone is not.
        string[] what = spans.Length < 2 ? [] :
        [
            .. phases > 0 ? (string[])[FormattableString.Invariant($"{phases} {(phases == 1 ? "phase" : "phases")}")] : [],
            .. run.Tokens.Length > 0 ? (string[])[FormattableString.Invariant($"{run.Tokens.Length} {(run.Tokens[0].Kind == SpanKind.Pass ? "passes" : "tokens")}")] : [],
        ];
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidth),
            XLabel = $"Time since start (bins of {Units.Duration(time.WidthNs)}{(what.Length > 0 ? "; bands: " + string.Join(", ", what) : "")})",
            Legend = MeanAndPeak.Legend(time, FigureColors.SoftInk),
            Panels = [.. panels],
        });
    }

    /// <summary>The bands: the tokens and the phases before them, or all phases where there are no tokens.</summary>
    public static SpanUseReport[] Bands(RunReport run) =>
        [.. run.Phases.Where(phase => run.Tokens.Length == 0 || phase.EndNs <= run.Tokens[0].StartNs), .. run.Tokens];

    // A sample stands until the next one, as in the weighted mean.
    private static PlotPanel Gpu(GpuCurve gpu, FigureContext context, BandLayer bands)
    {
        double last = context.Seconds(context.Report.LastEventNs);
        int[] shown = [.. Enumerable.Range(0, gpu.SampleNs.Length - 1).Where(i => context.Seconds(gpu.SampleNs[i + 1]) > 0 && context.Seconds(gpu.SampleNs[i]) < last)];
        var edges = new BinEdges(
            [.. shown.Select(i => context.Seconds(gpu.SampleNs[i]))],
            [.. shown.Select(i => context.Seconds(gpu.SampleNs[i + 1]))]);
        string shares = gpu.Shares is { } known ? $"; sampled above 0 % {Units.Share(known.Both + known.GpuOnly)} of the time" : "";
        return new PlotPanel
        {
            Name = gpu.Name,
            NameColor = FigureColors.Third,
            Summary = string.Create(CultureInfo.InvariantCulture, $"mean {gpu.TraceMeanPercent:F2} %{shares}"),
            Y = LinearScale.FromZero(100, TickText.Number, about: 3),
            YLabel = "Busy %",
            Height = PanelHeight,
            Layers = [bands, new StepLayer(edges, [.. shown.Select(i => gpu.SamplePercent[i])]) { Color = FigureColors.Third, Fill = FigureColors.Pale(FigureColors.Third) }],
        };
    }

    private static IEnumerable<Value[]> Samples(FigureContext context, RunReport run)
    {
        if (run.Gpu is not { UtcOffsetMinutes: not null } gpu)
            yield break;
        foreach (GpuCurve curve in GpuCurve.Of(gpu))
        {
            for (int i = 0; i + 1 < curve.SampleNs.Length; i++)
                yield return ["gpu", gpu.Gpus.Length == 0 ? default(Value) : curve.Name, context.Seconds(curve.SampleNs[i]), context.Seconds(curve.SampleNs[i + 1]), curve.SamplePercent[i]];
        }
    }

    private static IEnumerable<Value[]> Spans(FigureContext context, RunReport run) =>
        run.Phases.Concat(run.Tokens).Select(span => (Value[])
        [
            span.Index is null ? "phase" : "token", span.Index is { } index ? FormattableString.Invariant($"{span.Name} {index}") : span.Name, context.Seconds(span.StartNs), context.Seconds(span.EndNs), default,
        ]);
}

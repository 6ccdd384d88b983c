using System.Collections.Immutable;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Run;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Sections;

/// <summary>The sections that need to know the run; they are about its device. A new figure is a class of its own and a word here; so is a table.</summary>
internal static class RunSections
{
    private const int MostRows = 300;

    private static readonly string[] s_span =
        ["duration_ns", "read_requests", "read_bytes", "write_requests", "write_bytes", "read_bytes_per_second", "write_bytes_per_second", "io_busy_share", "compute_ns", "stall_ns", "idle_ns"];

    private static readonly string[] s_spread =
        ["experts", "counted", "hold_half", "hold_80_percent", "hold_95_percent", "never_read", "routed_fetches", "routed_without_reads", "unrouted_read_bytes"];

    /// <summary>All of them, in the order of the page.</summary>
    public static readonly ImmutableArray<Section<FigureContext>> All =
    [
        new("gpu", "GPU, I/O and phases", [new RunTimelineFigure()], [View(GpuTables.Use), View(GpuTables.Each)],
            "The GPU's samples are put on the trace's clock; each sample is held until the next. The GPU counts as busy while its utilization is above 0, I/O while requests are in flight. The plain mean of all samples is the study's number.")
        {
            TitleOf = context => context.Report.Run!.Gpu is null ? "I/O and phases" : null,
            MethodOf = context => context.Report.Run!.Gpu is null ? "The run has no GPU log. I/O counts as busy while requests are in flight." : null,
        },
        new("tokens", "Phases and tokens", [new TokensFigure()], [View(SpanTables.Phases, ["phase", .. s_span, "source", "uncertainty_ns", "confidence"]), context => Cut(Tokens(context))],
            "A request belongs to the phase and the token during which it was issued. Of tokens 0 is the prefill, each further one a decode step; passes over data of which nothing says what it is count from 0. A found pass ends where the next begins, the pauses between them included. Passes are also detected in the trace itself, by data that is read again, and compared with those that the run logged.")
        { Note = Passes },
        new("phase-limits", "What limits each phase and token", [], [View(PhaseLimitTable.Limits, "phase", "token", "duration_ns", "in_flight_share", "mean_busy_depth", "busy_bytes_per_second", "limit")],
            "The rules of the verdict on the whole, applied to each phase and token by itself: the share of its time with requests in flight, the mean number in flight while busy, and the bytes of the requests issued in it over its busy time."),
        new("stalls", "Stalls by layer", [new LayerStallFigure()],
            [View(LayerTables.Turns, "number", "layer", "turns", "time_ns", "compute_ns", "overlap_ns", "stall_ns", "idle_ns", "read_bytes", "write_bytes")],
            "A layer's time is from the end of the compute call before it to the end of its own. It is stalled while requests are in flight and nothing is computed: an upper bound of what I/O costs. Its requests are those issued in that time, which are mostly of layers to come.")
        { Note = context => context.Report.Run!.LayerTurns.Length > 0 ? null : $"No stalls of layers: {LayerStallFigure.Missing(context.Report)}." },
        new("tensors", "Layers and tensors", [new LayerHeatmapFigure(), new TensorsFigure()], [context => TensorsByBytes(context.Report)],
            "Extents record which sectors hold which file, and the run's tables which tensor a file holds. Requests are cut at the borders of extents, so that the bytes of all tensors and of what is unmapped add up to those of the trace.")
        { Note = context => context.Report.Run!.DeviceMap is { Length: > 0 } map ? $"Device map: {string.Join("; ", map)}." : null },
        new("roles", "Roles and experts of the model", [new RolesFigure(), new ExpertsFigure()], [View(ModelUseTables.Roles), View(AccessOrderTables.Steps), View(AccessOrderTables.Layouts), View(ModelUseTables.ExpertSummary, s_spread), Fetches, context => ExpertsByBytes(context.Report)],
            "Layer, role and expert come from the names in the model files' headers; stacked experts are cut along their outermost dimension. Bytes are cut where tensors begin and end, so that all roles and what is unmapped add up to those of the trace. Steps go from tensor to tensor in the order of the mean time of the bytes that a token read of each. What the page cache served leaves no trace.")
        { Note = Pass },
        new("rows", "Token positions of the KV cache", [new KvRowsFigure(), new KvRowsTimeFigure()], [View(KvRowTables.Summary)],
            "Bytes read of a token position, in all layers, keys and values, over its size. The prediction is what a step needs that reads all positions before its own."),
        new("movement", "Data movement: predicted vs. measured", [], [View(MovementTables.Movement), View(MovementTables.Reads), View(RealityTable.Reality)],
            "The prediction follows from the model's shape, the batch and the lengths. What the framework logged and the trace lacks was served by the page cache; what the trace has beyond it was wasted read-ahead or re-read.")
        { Note = context => context.Report.Run!.Movement is not { } movement ? "Neither the model nor the framework records what had to move." : movement.Model is { } model ? $"Prediction: {model}." : null },
    ];

    /// <summary>Every figure of a run with a trace, in the order of the page.</summary>
    public static readonly ImmutableArray<Figure<FigureContext>> Figures = [.. All.SelectMany(section => section.Figures)];

    private static Func<FigureContext, Table> View(TableOf<TraceReport> table, params string[] columns) =>
        context => Cut(columns.Length == 0 ? table.Of(context.Report) : table.Of(context.Report).Select(columns)).WithoutEmptyColumns();

    private static Table Tokens(FigureContext context)
    {
        RunReport run = context.Report.Run!;
        string source = run.TokenSource is { } file ? $" (from {(file == RunReport.FoundTokens ? "the trace itself" : file)})" : "";
        Table table = SpanTables.TokensOrPasses(context.Report).Select(["token", "step", .. s_span]).WithoutEmptyColumns();
        return table with { Title = table.Title + source };
    }

    private static Table TensorsByBytes(TraceReport report)
    {
        Table columns = TensorTable.Tensors.Of(report with { Run = null });
        (int read, int written) = (columns.IndexOf("read_bytes"), columns.IndexOf("write_bytes"));
        Table most = TensorTable.Tensors.MostOf(report, "Tensors, those that moved most first", MostRows, row => (NumberOf(row[read]) + NumberOf(row[written]), 0));
        return most.Select(["tensor", "file", .. most.Columns.Select(column => column.Name).Where(name => name is not ("tensor" or "file"))]).WithoutEmptyColumns();
    }

    private static Table ExpertsByBytes(TraceReport report)
    {
        Table columns = ModelUseTables.Experts.Of(report with { Run = null });
        (int inTokens, int read) = (columns.IndexOf("token_read_bytes"), columns.IndexOf("read_bytes"));
        return ModelUseTables.Experts.MostOf(report, "Experts, those that were read most first", MostRows, row => (NumberOf(row[inTokens]), NumberOf(row[read]))).WithoutEmptyColumns();
    }

    private static Table Fetches(FigureContext context)
    {
        Table summary = ModelUseTables.ExpertSummary.Of(context.Report);
        return summary.Select([.. summary.Columns.Select(column => column.Name).Except(s_spread)]).WithoutEmptyColumns() with { Title = "What fetches of experts need, as laid out and packed" };
    }

    // What is not known comes last.
    private static double NumberOf(Value value) => value.Number ?? -1;

    private static string? Pass(FigureContext context) => context.Report.Run!.ModelUse?.PassBytes is { } bytes
        ? $"A pass over the model reads {Units.Bytes(bytes)} if nothing is cached: every weight once, of experts those that a token uses, of an embedding a few rows."
        : null;

    private static Table Cut(Table table) => table.First(MostRows);

    private static string? Passes(FigureContext context)
    {
        if (context.Report.Run!.Detection is not { } found)
            return null;
        string known = found.KnownCount is { } count ? $"; the run logged {Units.Count(count)}" : "";
        if (!found.AreTold())
            return $"What the trace repeats is too irregular (confidence {Units.Coefficient(found.Confidence)}) to say where passes begin.";
        string error = found.StartsAgree() switch { true => $", and their start times agree within {Units.Duration(found.GreatestErrorNs!.Value)}", false => ", whose start times are others", null => "" };
        return $"The trace itself shows {Units.Count(found.PassStartNs.Length)} passes ({(found.Kind switch { PassKind.Weights => "over the weights", PassKind.KvCache => "over the KV cache", _ => "over data of which nothing says what it is" })}, confidence {Units.Coefficient(found.Confidence)}, median {Units.Duration(found.MedianPassNs)}){known}{error}.";
    }
}

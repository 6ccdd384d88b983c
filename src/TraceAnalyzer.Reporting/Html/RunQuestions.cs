using System.Collections.Immutable;
using System.Globalization;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>The sections of the page that need to know the run; they are about the device that moves most.</summary>
internal static class RunQuestions
{
    private const int MostRows = 300;

    /// <summary>All of them in the order of the page.</summary>
    public static readonly ImmutableArray<Question> All =
    [
        new("gpu", "GPU, I/O and phases", [("run-timeline", "GPU utilisation and bandwidth over time")],
            "The GPU's samples are put on the trace's clock; a sample stands until the next one. The GPU counts as busy while its utilisation is above 0, I/O while requests are in flight. The plain mean of all samples is the study's number.",
            WriteGpu),
        new("tokens", "Phases and tokens", [("tokens", "Bytes and time of each token")],
            "A request belongs to the phase and the token in whose time it was issued. Token 0 is the prefill, each further one a decoding step. Passes are also sought in the trace itself, by data that is read again, and compared with what the run noted.",
            WriteTokens),
        new("stalls", "Stalls by layer", [("layer-stalls", "Time of each layer, a token on average")],
            "A layer's time is from the end of the compute call before it to the end of its own. It is stalled while requests are in flight and nothing is computed: what I/O costs at most. Its requests are those issued in that time, which are mostly of layers to come.",
            WriteStalls),
        new("tensors", "Layers and tensors", [("layer-heatmap", "Bytes of each layer over time"), ("tensors", "Reads and bytes of each tensor")],
            "Extents say which sectors hold which file, and the run's notes which tensor a file holds. Requests are cut at the borders of extents, so that the bytes of all tensors and of what belongs to none add up to those of the trace.",
            WriteTensors),
        new("rows", "Token positions of the KV cache", [("kv-rows", "Reads of each token position"), ("kv-rows-heatmap", "Reads of token positions over time")],
            "Bytes read of a token position, in all layers, keys and values, over its size. The closed form is what a step needs that reads all positions before its own.",
            WriteRows),
        new("movement", "What had to move, and what moved", [],
            "The closed form follows from the model's shape, the batch and the lengths. What the framework noted and the trace lacks was served by the page cache; what the trace has beyond it was read ahead in vain, or again.",
            WriteMovement),
    ];

    private static void WriteGpu(HtmlBuilder html, FigureContext context)
    {
        RunReport run = context.Report.Run!;
        var table = new HtmlTable("gpu", "Use of GPU and I/O", "Measure", "Value");
        if (run.Gpu is { } gpu)
        {
            if (gpu.Gpus.Length > 0)
                table.Add("GPUs, of which these are the figures together", HtmlCell.Of(gpu.Gpus.Length, HumanUnits.Count));
            table.Add("Mean of all samples", Percent(gpu.MeanPercent));
            table.Add("Mean weighted by time", Percent(gpu.TimeWeightedMeanPercent));
            table.Add("Samples", HtmlCell.Of(gpu.Samples, HumanUnits.Count));
            table.Add("Longest time between two", HtmlCell.Of(gpu.LongestGapNs, Quantity.Duration));
            if (gpu.Shares is { } shares)
            {
                string which = gpu.Gpus.Length == 0 ? "the GPU" : "any GPU";
                table.Add(gpu.Gpus.Length == 0 ? "Time with GPU and I/O busy" : "Time with any GPU and I/O busy", HtmlCell.Of(shares.Both, Quantity.Percent));
                table.Add($"Time with {which} busy alone", HtmlCell.Of(shares.GpuOnly, Quantity.Percent));
                table.Add("Time with I/O busy alone", HtmlCell.Of(shares.IoOnly, Quantity.Percent));
                table.Add("Time with neither", HtmlCell.Of(shares.Neither, Quantity.Percent));
            }
        }

        if (run.IoBusyShare is { } busy)
            table.Add("I/O busy, share of the trace's time", HtmlCell.Of(busy, Quantity.Percent));
        table.Write(html);
        WriteEachGpu(html, run.Gpu?.Gpus ?? []);

    }

    private static void WriteEachGpu(HtmlBuilder html, GpuSeriesUse[] gpus)
    {
        if (gpus.Length == 0)
            return;
        var table = new HtmlTable("gpus", "Each GPU", "GPU", "Samples", "Mean", "By time", "Busy with I/O", "Busy alone", "I/O alone", "Neither");
        foreach (GpuSeriesUse gpu in gpus.Take(MostRows))
        {
            table.Add(PrintableText.Of(gpu.Name), HtmlCell.Of(gpu.SampleNs.Length, HumanUnits.Count), Percent(gpu.MeanPercent), Percent(gpu.TimeWeightedMeanPercent),
                HtmlCell.Of(gpu.Shares?.Both, Quantity.Percent), HtmlCell.Of(gpu.Shares?.GpuOnly, Quantity.Percent),
                HtmlCell.Of(gpu.Shares?.IoOnly, Quantity.Percent), HtmlCell.Of(gpu.Shares?.Neither, Quantity.Percent));
        }

        table.Write(html);
    }

    private static HtmlCell Percent(double? value) => HtmlCell.Of(value, percent => percent.ToString("0.00", CultureInfo.InvariantCulture) + " %");

    private static void WriteTokens(HtmlBuilder html, FigureContext context)
    {
        RunReport run = context.Report.Run!;
        if (run.Detection is { } found)
        {
            string known = found.KnownCount is { } count ? $"; the run noted {HumanUnits.Count(count)}" : "";
            string error = found.GreatestErrorNs is { } ns ? $", and their starts agree to within {Quantity.Duration(ns)}" : "";
            html.Add($"<p>The trace itself shows {HumanUnits.Count(found.PassStartNs.Length)} passes ({(found.Kind == "weights" ? "over the weights" : "over the KV cache")}, confidence {found.Confidence.ToString("0.00", CultureInfo.InvariantCulture)}, median {Quantity.Duration(found.MedianPassNs)}){known}{error}.</p>");
        }

        WriteSpans(html, "phases", "Phases", "Phase", [.. run.Phases]);
        string source = run.TokenSource is { } file ? $" (from {(file == "trace" ? "the trace itself" : file)})" : "";
        SpanUseReport[] outside = run.OutsideTokens is { } rest ? [rest] : [];
        WriteSpans(html, "tokens", "Tokens" + source, "Token", [.. run.Tokens, .. outside]);
    }

    private static void WriteSpans(HtmlBuilder html, string file, string caption, string name, SpanUseReport[] spans)
    {
        bool hasSource = spans.Any(span => span.Source is not null);
        var table = new HtmlTable(file, Cut(caption, spans.Length, file + ".csv"), [name, "Time", "Reads", "Read", "Writes", "Written", "Bandwidth", "I/O busy", "Computing", "Stalled on I/O", "Idle", .. hasSource ? (string[])["From"] : []])
        { IsLong = spans.Length > 12 };
        foreach (SpanUseReport span in spans.Take(MostRows))
        {
            double seconds = (span.EndNs - span.StartNs) / 1e9;
            table.Add([
                span.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"{span.Name} {index}") : span.Name,
                HtmlCell.Of(span.EndNs - span.StartNs, Quantity.Duration),
                HtmlCell.Of(span.ReadRequests, HumanUnits.Count), HtmlCell.Of(span.ReadBytes, HumanUnits.Bytes),
                HtmlCell.Of(span.WriteRequests, HumanUnits.Count), HtmlCell.Of(span.WriteBytes, HumanUnits.Bytes),
                HtmlCell.Of(seconds > 0 ? (span.ReadBytes + span.WriteBytes) / seconds : null, HumanUnits.BytesPerSecond),
                HtmlCell.Of(seconds > 0 && span.IoBusyNs is { } busy ? busy / 1e9 / seconds : null, Quantity.Percent),
                HtmlCell.Of(span.ComputeNs, Quantity.Duration), HtmlCell.Of(span.StallNs, Quantity.Duration), HtmlCell.Of(span.IdleNs, Quantity.Duration),
                .. hasSource ? (HtmlCell[])[new HtmlCell(span.DescribeSource())] : []]);
        }

        table.Write(html);
    }

    private static void WriteStalls(HtmlBuilder html, FigureContext context)
    {
        LayerTurn[] layers = context.Report.Run!.LayerTurns;
        if (layers.Length == 0)
        {
            html.Add($"""<p class="missing">Nothing tells when each layer was computed.</p>""");
            return;
        }

        var table = new HtmlTable("layer-stalls", Cut("Time of each of the framework's layers, over all tokens", layers.Length, "layer_turns.csv"),
            "Layer", "Of the model", "Computed", "Time", "Computing", "with I/O", "Stalled on I/O", "Idle", "Read", "Written")
        { IsLong = layers.Length > 12 };
        foreach (LayerTurn layer in layers.Take(MostRows))
        {
            table.Add(layer.Number.ToString(CultureInfo.InvariantCulture), layer.Layer is { } number ? new HtmlCell(number.ToString(CultureInfo.InvariantCulture)) : HtmlCell.None,
                HtmlCell.Of(layer.Turns, HumanUnits.Count), HtmlCell.Of(layer.TimeNs, Quantity.Duration), HtmlCell.Of(layer.ComputeNs, Quantity.Duration),
                HtmlCell.Of(layer.OverlapNs, Quantity.Duration), HtmlCell.Of(layer.StallNs, Quantity.Duration), HtmlCell.Of(layer.IdleNs, Quantity.Duration),
                HtmlCell.Of(layer.ReadBytes, HumanUnits.Bytes), HtmlCell.Of(layer.WriteBytes, HumanUnits.Bytes));
        }

        table.Write(html);
    }

    private static void WriteTensors(HtmlBuilder html, FigureContext context)
    {
        RunReport run = context.Report.Run!;
        TensorUse[] tensors = [.. run.Tensors.OrderByDescending(tensor => tensor.ReadBytes + tensor.WriteBytes)];
        var table = new HtmlTable("tensors", Cut("Tensors, those that moved most first", tensors.Length, "tensors.csv"),
            "Tensor", "File", "Layer", "Role", "Length", "Times read", "Reads", "Read", "Writes", "Written", "Framework read", "Framework wrote")
        { IsLong = tensors.Length > 12 };
        foreach (TensorUse tensor in tensors.Take(MostRows))
            Add(tensor.Tensor ?? "unknown", tensor);
        if (run.Unmapped is { } rest)
            Add("of no known file", rest);
        table.Write(html);

        void Add(string name, TensorUse use) => table.Add(
            name, use.File.Length == 0 ? HtmlCell.None : use.File, use.Layer is { } layer ? new HtmlCell(layer.ToString(CultureInfo.InvariantCulture)) : HtmlCell.None, use.Role ?? HtmlCell.None,
            HtmlCell.Of(use.LengthBytes, HumanUnits.Bytes), HtmlCell.Of(use.Reads, HumanUnits.Count),
            HtmlCell.Of(use.ReadRequests, HumanUnits.Count), HtmlCell.Of(use.ReadBytes, HumanUnits.Bytes),
            HtmlCell.Of(use.WriteRequests, HumanUnits.Count), HtmlCell.Of(use.WriteBytes, HumanUnits.Bytes),
            HtmlCell.Of(use.FrameworkReadBytes, HumanUnits.Bytes), HtmlCell.Of(use.FrameworkWriteBytes, HumanUnits.Bytes));
    }

    private static void WriteRows(HtmlBuilder html, FigureContext context)
    {
        if (context.Report.Run!.KvRows is not { Reads.Length: > 0 } rows)
            return;
        int half = rows.Reads.Length / 2;
        var table = new HtmlTable("rows", "Reads of token positions", "Measure", "In the trace", "By closed form");
        Add("Earlier half, mean", positions => positions.Take(Math.Max(1, half)).Average());
        Add("Later half, mean", positions => positions.Skip(half).Average());
        Add("Most", positions => positions.Max());
        Add("Least", positions => positions.Min());
        table.Add("Rank correlation of position and reads", HtmlCell.Of(rows.RankCorrelation, HumanUnits.Coefficient), HtmlCell.None);
        table.Add("Bytes of a position", HtmlCell.Of(rows.PositionBytes, HumanUnits.Bytes), HtmlCell.None);
        table.Write(html);

        void Add(string name, Func<IEnumerable<double>, double> of) => table.Add(
            name, HtmlCell.Of(of(rows.Reads), HumanUnits.Count), HtmlCell.Of(rows.PredictedReads is { Length: > 0 } predicted ? of(predicted.Select(reads => (double)reads)) : null, HumanUnits.Count));
    }

    private static void WriteMovement(HtmlBuilder html, FigureContext context)
    {
        if (context.Report.Run!.Movement is not { } movement)
        {
            html.Add($"""<p class="missing">Neither model nor framework say what had to move.</p>""");
            return;
        }

        if (movement.Model is { } model)
            html.Add($"<p>Closed form: {model}.</p>");
        var table = new HtmlTable("movement", "What had to move, what the framework moved, and what the trace has", "", "By closed form", "By the framework", "In the trace");
        table.Add("Read", HtmlCell.Of(movement.PredictedReadBytes, HumanUnits.Bytes), HtmlCell.Of(movement.FrameworkReadBytes, HumanUnits.Bytes), HtmlCell.Of(movement.TraceReadBytes, HumanUnits.Bytes));
        table.Add("Written", HtmlCell.Of(movement.PredictedWriteBytes, HumanUnits.Bytes), HtmlCell.Of(movement.FrameworkWriteBytes, HumanUnits.Bytes), HtmlCell.Of(movement.TraceWriteBytes, HumanUnits.Bytes));
        table.Write(html);
        if (movement.CacheHitBytes is null)
            return;
        var why = new HtmlTable("movement-reads", "Why the reads differ", "What", "Bytes", "Of the framework's reads");
        Add("Served by the page cache, at least", movement.CacheHitBytes);
        Add("Read beyond what the framework read, at least", movement.ExcessReadBytes);
        Add("Read of no known file", movement.UnmappedReadBytes);
        Add("Without an explanation", movement.UnexplainedReadBytes);
        why.Write(html);

        void Add(string name, long? bytes) => why.Add(
            name, HtmlCell.Of(bytes, HumanUnits.Bytes), HtmlCell.Of(movement.FrameworkReadBytes is > 0 and { } all && bytes is { } part ? (double)part / all : null, HumanUnits.Share));
    }

    private static string Cut(string caption, int rows, string csv) =>
        rows <= MostRows ? caption : string.Create(CultureInfo.InvariantCulture, $"{caption} ({MostRows} of {HumanUnits.Count(rows)}; {csv} has all)");
}

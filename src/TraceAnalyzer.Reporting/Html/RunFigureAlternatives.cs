using System.Globalization;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>What a figure of a run shows, in words and numbers.</summary>
internal static class RunFigureAlternatives
{
    /// <summary>Text for the figure called <paramref name="figure"/>; null if it is none of a run.</summary>
    public static string? Of(string figure, RunReport? run) => run is null ? null : figure switch
    {
        "run-timeline" => "GPU utilisation and read and write bandwidth on one time axis, with a band for each token or phase. " + Gpu(run),
        "tokens" => "Bytes read, bytes written and time of each token. " + Tokens(run.Tokens),
        "layer-heatmap" => "Bytes of each layer over time. " + Layers(run.Layers),
        "layer-stalls" => "Time of each of the framework's layers in a token: computing, stalled on I/O, neither. " + Stalls(run.LayerTurns),
        "tensors" => "How often each tensor is read, and its bytes read and written, by layer. " + Tensors(run.Tensors),
        "kv-rows" => "How often each token position of the KV cache is read, beside the closed form. " + Rows(run.KvRows),
        "kv-rows-heatmap" => "Bytes read of each token position of the KV cache over time. " + Rows(run.KvRows),
        _ => null,
    };

    private static string Gpu(RunReport run) => run.Gpu switch
    {
        null => "There is no GPU log.",
        { Gpus.Length: > 0 } gpu => string.Join("; ", gpu.Gpus.Take(8).Select(one => string.Create(CultureInfo.InvariantCulture, $"{PrintableText.Of(one.Name)} is used {one.MeanPercent:0.00} % on average"))) + ".",
        { Shares: { } shares } gpu => string.Create(CultureInfo.InvariantCulture, $"The GPU is used {gpu.MeanPercent:0.00} % on average; ")
            + $"GPU and I/O are both busy {Quantity.Percent(shares.Both)} of the time, the GPU alone {Quantity.Percent(shares.GpuOnly)}, I/O alone {Quantity.Percent(shares.IoOnly)}.",
        { } gpu => string.Create(CultureInfo.InvariantCulture, $"The GPU is used {gpu.MeanPercent:0.00} % on average."),
    };

    private static string Tokens(SpanUseReport[] tokens)
    {
        if (tokens.Length == 0)
            return "No tokens are known.";
        string text = $"{HumanUnits.Count(tokens.Length)} tokens; {Of(tokens[0])}";
        return tokens.Length == 1 ? text + "." : $"{text}; {Of(tokens[^1])}.";

        static string Of(SpanUseReport token) =>
            string.Create(CultureInfo.InvariantCulture, $"{token.Name} {token.Index}: {HumanUnits.Bytes(token.ReadBytes)} read, {HumanUnits.Bytes(token.WriteBytes)} written in {Quantity.Duration(token.EndNs - token.StartNs)}");
    }

    private static string Layers(LayersOverTime? layers)
    {
        if (layers is null)
            return "Nothing says which sectors hold which layer.";
        long[] read = [.. layers.ReadBytes.Select(row => row.Sum())];
        return read.Length == 0 ? "No layers." : $"{HumanUnits.Count(read.Length)} layers, of each between {HumanUnits.Bytes(read.Min())} and {HumanUnits.Bytes(read.Max())} read.";
    }

    private static string Stalls(LayerTurn[] turns)
    {
        double all = turns.Sum(turn => (double)turn.TimeNs);
        return all == 0 || turns.Any(turn => turn.StallNs is null)
            ? "Nothing tells when each layer was computed, or the trace has no completions."
            : $"{HumanUnits.Count(turns.Length)} layers; of their time {Quantity.Percent(turns.Sum(turn => (double)turn.ComputeNs!.Value) / all)} computing, {Quantity.Percent(turns.Sum(turn => (double)turn.StallNs!.Value) / all)} stalled.";
    }

    private static string Tensors(TensorUse[] tensors)
    {
        double[] reads = [.. tensors.Select(tensor => tensor.Reads).OfType<double>()];
        return reads.Length == 0 ? "No tensor is known." : $"{HumanUnits.Count(reads.Length)} tensors, read between {HumanUnits.Count(reads.Min())} and {HumanUnits.Count(reads.Max())} times.";
    }

    private static string Rows(KvRowUse? rows) => rows is not { Reads.Length: > 0 }
        ? "Nothing says which sectors hold which token position."
        : $"{HumanUnits.Count(rows.Reads.Length)} positions, read between {HumanUnits.Count(rows.Reads.Min())} and {HumanUnits.Count(rows.Reads.Max())} times"
            + (rows.RankCorrelation is { } correlation ? $"; rank correlation of position and reads {HumanUnits.Coefficient(correlation)}." : ".");
}

using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// The time of each layer in each token: from the end of the compute call before it to the end of its own. The waiting in front of a layer's
/// compute is waiting for its data, so it belongs to the layer (docs/analyses/stalls.md).
/// </summary>
internal static class LayerTurns
{
    // Beyond what any run that is worth a table of layers has; a file may hold anything.
    private const int MostTurns = 1 << 18;

    /// <summary>The turns on the trace's clock, each with the framework's own number of the layer; none if nothing tells them.</summary>
    /// <param name="layers">The calls; null if there are none.</param>
    /// <param name="tokens">The tokens: a layer's turn begins with the token at the earliest.</param>
    public static TimeSpans Of(LayerTimes? layers, TimeSpans tokens)
    {
        LayerTime[] calls = [.. (layers?.Calls ?? []).Where(call => call is { IsCompute: true, Layer: not null }).OrderBy(call => call.StartMonotonicNs)];
        if (calls.Length is 0 or > MostTurns)
            return new TimeSpans([]);

        // A warm-up comes before the phase that is measured.
        string phase = calls[^1].Phase;
        var turns = new List<NamedSpan>(calls.Length);
        long beforeNs = long.MinValue;
        int token = 0;
        foreach (LayerTime call in calls.Where(call => call.Phase == phase))
        {
            token = tokens.Find(call.EndMonotonicNs, token);
            long leastNs = token < tokens.All.Count ? tokens.All[token].StartNs : call.StartMonotonicNs;
            long startNs = Math.Min(call.StartMonotonicNs, Math.Max(beforeNs, leastNs));
            turns.Add(new NamedSpan("layer", call.Layer, startNs, call.EndMonotonicNs));
            beforeNs = call.EndMonotonicNs;
        }

        return new TimeSpans(turns);
    }

    /// <summary>
    /// The model's layer that the framework's <paramref name="number"/> stands for. FlexGen counts the embedding as its first and the output
    /// as its last layer, and attention and MLP apart; DeepSpeed's numbers are the model's. Null for layers that are not a layer of the model, or unknown numbering.
    /// </summary>
    /// <param name="number">The framework's number.</param>
    /// <param name="count">How many layers it has.</param>
    /// <param name="modelLayers">How many the model has; 0 if not known.</param>
    public static int? ModelLayer(int number, int count, int modelLayers)
    {
        int? layer = modelLayers == 0 ? null
            : count == modelLayers ? number
            : count == modelLayers + 2 ? number - 1
            : count == (2 * modelLayers) + 2 ? (number + 1) / 2 - 1
            : null;
        return layer >= 0 && layer < modelLayers ? layer : null;
    }
}

using System.Globalization;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

// phase,call,start_mono_ns,end_mono_ns,token,layer,gpu_batch        (FlexGen)
// bench,load_cache,66825114721,66825180345,1,1,0
// phase,token,layer,start_mono_ns,end_mono_ns                       (DeepSpeed)
// bench,forward,126124542069,126497941459,0,layers.0,0              (modules of PyTorch, as transformers calls them)
namespace TraceAnalyzer.Runs.Logs;

/// <summary>Start and end of what a framework did for each layer (<c>layers.csv</c>).</summary>
/// <param name="Calls">The calls, in the file's order.</param>
/// <param name="SkippedLines">Lines that are not a call.</param>
public sealed record LayerTimes(IReadOnlyList<LayerTime> Calls, int SkippedLines)
{
    /// <summary>Values out of range and rows left out, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The call's name in tables that only note a layer's forward pass.</summary>
    public const string Forward = "forward";

    internal static bool IsHeader(string line) =>
        DelimitedTable.Columns(line, ',') is var columns
        && columns.Contains("start_mono_ns") && columns.Contains("end_mono_ns") && columns.Contains("layer") && !columns.Contains("file");

    /// <summary>Reads the file from its header on.</summary>
    public static LayerTimes Read(TextReader text)
    {
        var table = new DelimitedTable(text, ',');
        (int phase, int call, int token, int layer) = (table.Column("phase"), table.Column("call"), table.Column("token"), table.Column("layer"));
        (int start, int end) = (table.Column("start_mono_ns"), table.Column("end_mono_ns"));
        var calls = new List<LayerTime>();
        while (table.Next())
        {
            if (table.TrySpan(start, end, out long startNs, out long endNs)
                && table.TryOptional(token, SideRanges.Index, out int? ofToken) && TryLayer(table, layer, out int? ofLayer))
            {
                calls.Add(new LayerTime(table.Text(phase), call < 0 ? Forward : table.Text(call), ofToken, ofLayer, startNs, endNs));
            }
            else
            {
                table.Skip();
            }
        }

        return new LayerTimes(calls, table.SkippedLines) { Remarks = table.Remarks };
    }

    // A number, or a module's name as PyTorch has it: layers.12; the embedding, the norm and the head are modules of no layer.
    private static bool TryLayer(DelimitedTable table, int column, out int? layer)
    {
        string text = table.Text(column);
        if (text.Length == 0 || !char.IsAsciiLetter(text[0]))
            return table.TryOptional(column, SideRanges.Index, out layer);
        string last = text[(text.LastIndexOf('.') + 1)..];
        layer = int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && SideRanges.Index.Holds(number) ? number : null;
        return true;
    }
}

/// <summary>One call.</summary>
/// <param name="Phase">The phase, such as <c>bench</c>.</param>
/// <param name="Call">FlexGen's <c>load_weight</c>, <c>load_cache</c>, <c>compute_layer</c>, <c>store_cache</c>, <c>sync</c>, or <see cref="LayerTimes.Forward"/>.</param>
/// <param name="Token">Number of the token within the phase; null for calls of none.</param>
/// <param name="Layer">
/// The framework's own number of the layer; null for calls of none. FlexGen counts the embedding as layer 0 and attention and MLP
/// apart where it is told to, and calls with the layer before the first (-1) or after the last do nothing.
/// </param>
/// <param name="StartMonotonicNs">Start on the monotonic clock, in nanoseconds.</param>
/// <param name="EndMonotonicNs">End.</param>
public readonly record struct LayerTime(string Phase, string Call, int? Token, int? Layer, long StartMonotonicNs, long EndMonotonicNs)
{
    /// <summary>True if the layer was computed in it: FlexGen's <c>compute_layer</c>, or <see cref="LayerTimes.Forward"/>, within which data may be waited for.</summary>
    public bool IsCompute => Call is "compute_layer" or LayerTimes.Forward;
}

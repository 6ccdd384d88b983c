using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>The order in which tokens read tensors, and what another layout would bring (docs/analyses/model-files.md#order-of-access).</summary>
public static class AccessOrderTables
{
    /// <summary>A row for steps within layers and one for those between.</summary>
    public static readonly TableOf<TraceReport> Steps = new("access_order", "From tensor to tensor in the order of use",
        [
            Column.Text("step", "Step"), Column.Count("steps", "Steps"), Column.Count("sequential", "Sequential"), Column.Count("forward", "Forward"), Column.Count("backward", "Backward"),
            Column.Count("other_file", "To another file"), Column.Bytes("median_jump_bytes", "Median jump"), Column.Bytes("max_jump_bytes", "Longest jump"),
        ],
        (report, rows) =>
        {
            foreach (OrderSteps steps in report.Run?.ModelUse?.Order?.Steps ?? [])
                rows.Add(steps.ChangesLayer ? "to another layer" : "within a layer", steps.Steps, steps.Sequential, steps.Forward, steps.Backward, steps.OtherFile, steps.MedianJumpBytes, steps.MaxJumpBytes);
        })
    {
        Note = "tensors of at least 128 KiB of which a token read at least an eighth, by the mean time of the bytes read; sequential is less than 128 KiB on; a jump is from the end of one to the start of the next, either way",
    };

    /// <summary>A row per layout: the files as they are, and in the order of use.</summary>
    public static readonly TableOf<TraceReport> Layouts = new("layouts", "Reads of the tensors in two layouts of the files",
        [
            Column.Text("layout", "Layout"), Column.Count("tokens", "Tokens"), Column.Bytes("read_bytes", "Read of tensors"), Column.Bytes("sequential_bytes", "Sequential"), Column.Share("sequential_share", "Share sequential"),
            Column.Count("runs", "Runs"), Column.Count("least_requests", "Requests, at least"), Column.Bytes("max_request_bytes", "Largest request"), Column.Count("requests", "Requests seen"),
        ],
        (report, rows) =>
        {
            if (report.Run?.ModelUse?.Order is not { } order)
                return;
            // Of what was read: an order has at least two tensors.
            void Add(string name, LayoutUse? layout, long? requests)
            {
                if (layout is not null)
                    rows.Add(name, order.Tokens, order.ReadBytes, layout.SequentialBytes, (double)layout.SequentialBytes / order.ReadBytes, layout.Runs, layout.Requests, order.MaxRequestBytes, requests);
            }

            Add("as laid out", order.AsLaidOut, order.Requests);
            Add("in order of use", order.InOrderOfUse, null);
        })
    {
        Note = "the order of use is that of the other half of the tokens; requests are the fewest of the largest size seen, if each run is contiguous on the device",
    };
}

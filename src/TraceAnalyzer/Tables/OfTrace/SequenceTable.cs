using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>How requests follow each other in space (docs/analyses/findings.md).</summary>
public static class SequenceTable
{
    /// <summary>A row per device and class that moves data; only where a run's folder was analyzed.</summary>
    public static readonly TableOf<TraceReport> Sequences = new("sequences", "Sequential requests",
        [
            Column.Text("device", "Device"), Column.Text("operation", "Operation"), Column.Count("requests", "Requests"), Column.Count("continuing", "Continue any earlier one"),
            Column.Share("continuing_share", "Share"), Column.Text("is_lower_bound", "At least"), Column.Count("following", "Follow the one before"), Column.Share("following_share", "Share"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (OperationReport operation in device.Operations)
                {
                    if (operation.Sequence is { } sequence)
                    {
                        rows.Add(device.Device, operation.Name, sequence.Requests, sequence.Continuing, sequence.ContinuingShare, sequence.IsLowerBound ? "yes" : "no",
                            sequence.Following, sequence.FollowingShare);
                    }
                }
            }
        })
    {
        Note = "only where a run's folder was analyzed; `is_lower_bound` is `yes` where more may continue an earlier one",
    };
}

using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>How evenly several devices shared the work (docs/analyses/devices.md).</summary>
public static class BalanceTable
{
    // Below, devices that work at once are rounding, or metadata.
    private const double OneAtATime = 1.005;

    /// <summary>A row per device that served the I/O.</summary>
    public static readonly TableOf<TraceReport> Balance = new("balance", "How the devices shared the work",
        [
            Column.Text("device", "Device"), Column.Count("requests", "Requests"), Column.Bytes("bytes", "Bytes"), Column.Share("share_of_bytes", "Of bytes"),
            Column.Ns("busy_ns", "Busy"), Column.Share("busy_share", "Of the time in which any is busy"),
        ],
        (report, rows) =>
        {
            if (report.Aggregate is not { } aggregate)
                return;
            long? together = aggregate.Whole.TimeUse is { } use ? use.SpanNs - use.IdleNs : null;
            foreach (DevicePart part in aggregate.Balance.Parts)
                rows.Add(part.Device, part.Requests, part.Bytes, part.ByteShare, part.BusyNs, together > 0 && part.BusyNs is { } busyNs ? (double)busyNs / together : null);
        });

    /// <summary>A row per bin in which something was moved.</summary>
    public static readonly TableOf<TraceReport> OverTime = new("balance_over_time", "Balance over time",
        [Column.Seconds("bin_start_seconds", "From"), Column.Bytes("bytes", "Bytes"), new("max_over_mean", "Most over mean", Unit.Ratio)],
        (report, rows) =>
        {
            if (report.Aggregate is not { Whole.Transfers: { } transfers } aggregate)
                return;
            double[] balance = aggregate.Balance.MaxOverMeanOverTime;
            for (int bin = 0; bin < balance.Length; bin++)
            {
                if (balance[bin] > 0)
                    rows.Add(bin * report.Time.WidthNs / 1e9, transfers.Throughput.Bytes[bin], balance[bin]);
            }
        });

    /// <summary>How evenly, in a sentence.</summary>
    public static string Sentence(AggregateReport aggregate)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        DeviceBalance balance = aggregate.Balance;
        string devices = Units.Count(balance.Parts.Length);
        string bytes = balance.MaxOverMean is { } most && balance.Gini is { } gini
            ? $"the busiest of {devices} devices moved {Units.Count(most)} times the mean (Gini {Units.Coefficient(gini)})"
            : $"{devices} devices";
        string busy = balance.BusyDevices is { } number
            ? number < OneAtATime ? "; one works at a time" : $"; while any is busy, {Units.Count(number)} are on average"
            : aggregate.WithoutDepth is { } why ? $"; how many are busy at once is not known: {why}" : "";
        return $"balance: {bytes}{busy}";
    }
}

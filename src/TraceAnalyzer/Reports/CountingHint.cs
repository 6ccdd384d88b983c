using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports;

/// <summary>What to do about a device that has events but none of the action that was counted.</summary>
public static class CountingHint
{
    private static readonly string[] Countable = ["issue", "queue", "complete"];

    /// <summary>Why nothing is known of a device's latencies and requests in flight, e.g. <c>the trace has no completions</c>.</summary>
    /// <param name="device">The device, of which nothing is known.</param>
    public static string WhyNoTimes(DeviceReport device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (!Occurs(device, "complete"))
            return "the trace has no completions";
        return Occurs(device, "issue") || Occurs(device, "queue") ? "no completion belongs to a request in the trace" : "the trace has completions only, and no issues or queueings that they belong to";
    }

    /// <summary>
    /// E.g. <c>no issue events on this device; count queue events with --action queue</c>: bio-based devices such as dm
    /// queue and complete requests but never issue them. Null if the device has the counted action, or no countable one.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="settings">What was asked.</param>
    public static string? For(DeviceReport device, ReportSettings settings)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(settings);
        if (Occurs(device, settings.CountedAction))
            return null;
        string? other = Array.Find(Countable, name => Occurs(device, name));
        return other is null ? null : $"no {settings.CountedAction} events on this device; count {other} events with --action {other}";
    }

    private static bool Occurs(DeviceReport device, string name) => device.Actions.Any(action => action.Action == name && action.Count > 0);
}

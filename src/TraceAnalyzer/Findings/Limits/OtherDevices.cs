using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Findings.Limits;

/// <summary>
/// The least time with another device, from the trace's own intervals. The time with nothing in flight stays: what a program does there waits for a completion and
/// comes before the next issue. The time in flight shrinks by how much faster the device is, or, with several of them, by as many as there are requests for at that moment.
/// </summary>
internal static class OtherDevices
{
    private static readonly int[] s_times = [2, 4, 8];

    /// <summary>All of them, for the run and, where these are known, for a decoded token.</summary>
    public static IEnumerable<OtherDevice> Of(TimeUse use, (double TokenNs, double WithoutIoNs)? tokens)
    {
        double busyNs = use.SpanNs - use.IdleNs;
        if (busyNs <= 0)
            yield break;
        foreach (int times in s_times)
        {
            // Requests of a range of depths are taken for as many as its greatest: a bound.
            (string Change, double Busy)[] changes =
            [
                (FormattableString.Invariant($"a device {times} times as fast"), 1.0 / times),
                (FormattableString.Invariant($"{times} such devices"), use.Depths.Sum(part => part.TimeNs / (double)Math.Min(times, part.ToDepth)) / busyNs),
            ];
            foreach ((string change, double busy) in changes)
            {
                yield return Bound(change, "run", use.SpanNs, use.IdleNs, busy);
                if (tokens is { } token)
                    yield return Bound(change, "token", token.TokenNs, token.WithoutIoNs, busy);
            }
        }
    }

    private static OtherDevice Bound(string change, string unit, double nowNs, double idleNs, double busy)
    {
        double thenNs = (nowNs - idleNs) * busy;
        return new OtherDevice(change, unit, nowNs, idleNs + thenNs, Math.Max(idleNs, thenNs));
    }
}

namespace TraceAnalyzer.Requests;

/// <summary>What is in flight on a device.</summary>
/// <param name="originNs">Start of the columns of both clocks; null to keep none.</param>
/// <param name="busy">Is told when requests were between D and C; may be null.</param>
internal sealed class DeviceFlight(long? originNs = null, BusyTimeline? busy = null)
{
    /// <summary>True once a bio was queued (Q).</summary>
    public bool SawQueue { get; set; }

    /// <summary>Issues (D) so far.</summary>
    public long Issues { get; private set; }

    /// <summary>True once a request was issued (D).</summary>
    public bool SawIssue => Issues > 0;

    /// <summary>True once something completed (C).</summary>
    public bool SawCompletion { get; set; }

    /// <summary>True once a request went back to the queue (R): the trace records that.</summary>
    public bool SawRequeue { get; set; }

    /// <summary>Issues of requests that had been issued before.</summary>
    public long Reissues { get; set; }

    /// <summary>Completions whose request is not in the trace.</summary>
    public long UnmatchedCompletions { get; set; }

    /// <summary>Requests between D and C.</summary>
    public DepthClock Issued { get; } = new(originNs, busy) { Gaps = new IdleGaps() };

    /// <summary>When requests were between D and C; null unless it was asked for.</summary>
    public BusyTimeline? Busy => busy;

    /// <summary>Bios between Q and D, merge or C, until something is issued. On bio-based devices this is what is in flight.</summary>
    public DepthClock Queued { get; } = new(originNs, canUndo: false) { Gaps = new IdleGaps() };

    /// <summary>What is in flight: <see cref="Issued"/>, on bio-based devices <see cref="Queued"/>.</summary>
    public DepthClock InFlight => SawIssue ? Issued : Queued;

    /// <summary>A bio was queued.</summary>
    /// <returns>How many bios there are now; 0 where they are not what is in flight.</returns>
    public uint EnterQueue(long timeNs) => SawIssue ? 0 : Queued.Enter(timeNs);

    /// <summary>A bio is no longer queued.</summary>
    public void LeaveQueue(long timeNs)
    {
        if (!SawIssue)
            Queued.Leave(timeNs);
    }

    /// <summary>A request was issued. From the first on what is queued is not what is in flight.</summary>
    /// <returns>True if it was the first.</returns>
    public bool CountIssue()
    {
        if (Issues++ > 0)
            return false;
        Queued.Gaps = null;
        return true;
    }
}

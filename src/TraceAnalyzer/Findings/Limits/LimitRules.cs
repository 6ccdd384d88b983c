using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.Limits;

/// <summary>Decides what limits (docs/analyses/verdict.md has each rule with the captures that it was argued on).</summary>
public static class LimitRules
{
    /// <summary>A part of the time decides if it is at least this share of all.</summary>
    public const double MostOfTheTime = 0.6;

    /// <summary>A device is as fast as it can be from this share of what it can do on.</summary>
    public const double NearReference = 0.8;

    /// <summary>Fewer requests at once, on average while busy, are a shallow queue: an NVMe device works on many at a time, and with fewer than 4 its latency sets the pace.</summary>
    public const double ShallowDepth = 4;

    /// <summary>Requests wait for their issue if that takes at least this share of their time.</summary>
    public const double QueueShare = 0.5;

    /// <summary>Writes beside reads, or reads beside writes, of which nothing is stated may be so many.</summary>
    internal const double MostUnstated = 0.1;

    // Beyond, devices are counted.
    private const int MostNamed = 4;

    // What a bound for a deeper queue is stated for.
    private const int DeepQueue = 32;

    /// <summary>The verdict.</summary>
    public static LimitVerdict Of(LimitFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.Use is not { SpanNs: > 0, IdleShare: { } idle } use)
            return NotAnswerable(facts, facts.Use is null ? "the trace has no completions, so what was in flight is not known" : "all requests have the same time");
        if (facts.ReadBytes + facts.WriteBytes == 0)
            return NotAnswerable(facts, "nothing was read or written");
        double busyNs = use.SpanNs - use.IdleNs;
        LimitReference? reference = ReferenceOf(facts, use);
        double? leastNs = facts.IsFiltered ? null : LeastBusyNs(facts, reference?.ReadBytesPerSecond, reference?.WriteBytesPerSecond);
        double? speed = leastNs is { } least && busyNs > 0 ? least / busyNs : null;
        double? speedAtDepth = !facts.IsFiltered && busyNs > 0 ? LeastBusyNs(facts, reference?.ReadBytesPerSecondAtDepth, reference?.WriteBytesPerSecondAtDepth) / busyNs : null;
        (LimitKind busyKind, string busyWhy) = BusyPart(use, reference, speed, speedAtDepth);
        LimitKind kind = idle >= MostOfTheTime ? LimitKind.Host : 1 - idle >= MostOfTheTime ? busyKind : LimitKind.Mixed;
        string when = $"{Units.Share(1 - idle)} of the {Units.Duration(use.SpanNs)} between the first and the last request";
        string sentence = kind switch
        {
            LimitKind.Host when facts.IsPart => $"Alone, {facts.Scope} is idle most of the time: nothing is in flight on it for {Units.Share(idle)} of the {Units.Duration(use.SpanNs)} between its first and its last request, whatever the other devices do meanwhile.",
            LimitKind.Host => $"The host sets the pace, not the device: on {facts.Scope} nothing is in flight for {Units.Share(idle)} of the {Units.Duration(use.SpanNs)} between the first and the last request. Whether it computes, copies or pauses, a block trace does not show.",
            LimitKind.Mixed => $"No single limit: on {facts.Scope} requests are in flight for {when}, nothing for the rest; {busyWhy}.",
            LimitKind.NotAnswerable => $"What limits is not answerable: {facts.Scope} is busy for {when}, but {busyWhy}.",
            LimitKind.Device => $"The device limits: {facts.Scope} is busy for {when}, and {busyWhy}.",
            LimitKind.Submission => $"The way to the device limits: {facts.Scope} is busy for {when}, and {busyWhy}.",
            _ => $"{(IsFarBelow(reference, speed) ? "Latency limits" : "Consistent with a latency limit")}, as few requests are in flight: {facts.Scope} is busy for {when}, and {busyWhy}.",
        };
        return new LimitVerdict
        {
            Kind = kind,
            Scope = facts.Scope,
            Sentence = sentence,
            Rule = $"host or compute if nothing is in flight for at least {Units.Share(MostOfTheTime)} of the time; mixed below that, down to {Units.Share(1 - MostOfTheTime)}; else by the time in flight: device-bound from {Units.Share(NearReference)} of what the device can do on, at the run's request size and depth or deeper where that was measured; submission-bound if Q2D is at least {Units.Share(QueueShare)} of Q2C and the mean depth below {Units.Count(ShallowDepth)}; shallow queue if the mean depth is below {Units.Count(ShallowDepth)}, or if the device did as much at that depth and more at a greater one; a deep queue without a stated reference is not answerable",
            Shares = [new LimitShare("nothing in flight", idle), .. use.Depths.Select(part => new LimitShare(part.FromDepth == part.ToDepth ? FormattableString.Invariant($"{part.FromDepth} in flight") : FormattableString.Invariant($"{part.FromDepth} to {part.ToDepth} in flight"), (double)part.TimeNs / use.SpanNs))],
            Evidence =
            [
                new Evidence("time with nothing in flight", idle, Unit.Share, MostOfTheTime),
                .. use.MeanBusyDepth is { } number ? (Evidence[])[new Evidence("mean depth while busy", number, Unit.Count, ShallowDepth)] : [],
                .. speed is { } share ? (Evidence[])[new Evidence(IsOfTrace(reference) ? "bandwidth while busy over the best second of the trace" : "bandwidth while busy over what the device can do", share, Unit.Share, NearReference)] : [],
                .. speedAtDepth is { } atDepth ? (Evidence[])[new Evidence("bandwidth while busy over what was measured at its size and depth", atDepth, Unit.Share, NearReference)] : [],
                .. use.QueueShare is { } queue ? (Evidence[])[new Evidence("Q2D of Q2C", queue, Unit.Share, QueueShare)] : [],
            ],
            Reference = reference,
            Bounds = [.. Bounds(facts, use, busyNs, reference is { IsLowerBound: false } ? leastNs : null, kind)],
            OtherDevices = [.. OtherDevices.Of(use, facts.Tokens)],
        };
    }

    /// <summary>The verdict about a run whose data lies on several devices: what is in flight on none of them cannot be told from each alone.</summary>
    /// <param name="devices">Their verdicts.</param>
    public static LimitVerdict OfSeveral(LimitVerdict[] devices) => new()
    {
        Kind = LimitKind.NotAnswerable,
        Scope = string.Join(", ", devices.Select(device => device.Scope)),
        Sentence = $"What limits is answered per device, not for the run: its data lies on {string.Join(", ", devices.Select(device => $"{device.Scope} ({device.Kind.Name()})"))}.",
        Rule = "devices that each moved at least a tenth of what the busiest did",
        Shares = [],
        Evidence = [],
        Bounds = [],
    };

    /// <summary>The verdict about several devices together, with those named whose own differs: each may be idle for most of the time while the run is not.</summary>
    /// <param name="all">The verdict about all of them.</param>
    /// <param name="devices">Their own.</param>
    public static LimitVerdict WithParts(LimitVerdict all, LimitVerdict[] devices)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(devices);
        IGrouping<LimitKind, LimitVerdict>[] others = [.. devices.Where(device => device.Kind != all.Kind).GroupBy(device => device.Kind).OrderBy(group => group.Key)];
        if (others.Length == 0)
            return all;
        string differing = string.Join("; ", others.Select(group => $"{Names([.. group])} {group.Key.Name()}"));
        return all with { Details = $"Taken alone: {differing}." };

        string Names(LimitVerdict[] alike) => alike.Length == devices.Length ? "each" : alike.Length <= MostNamed ? string.Join(", ", alike.Select(device => device.Scope)) : $"{Units.Count(alike.Length)} of {Units.Count(devices.Length)}";
    }

    // What is stated; else what was measured by size and depth; else what the trace itself shows, which can only be too little.
    private static LimitReference? ReferenceOf(LimitFacts facts, TimeUse use) =>
        facts.Stated ?? SurfaceReference.Of(facts, use.MeanBusyDepth)
            ?? (facts.BestSecondBytesPerSecond is { } best ? new LimitReference("the trace's own best second", best, best, IsLowerBound: true) : null);

    private static bool IsOfTrace(LimitReference? reference) => reference is { IsLowerBound: true, Points: null };

    // Less than a lower bound of what the device can do is far below it too; less than an upper bound need not be.
    private static bool IsFarBelow(LimitReference? reference, double? speed) => speed < NearReference && reference is { IsUpperBound: false } && !IsOfTrace(reference);

    private static bool IsNear(LimitReference? reference, double? speed) => speed >= NearReference && reference is { IsLowerBound: false };

    // Of the time with something in flight.
    private static (LimitKind Kind, string Why) BusyPart(TimeUse use, LimitReference? reference, double? speed, double? speedAtDepth)
    {
        string depth = $"while busy {Units.Count(use.MeanBusyDepth ?? 0)} requests are in flight on average";
        string rate = use.BusyBytesPerSecond is { } bytes ? $", moving {Units.Rate(bytes)}" : "";
        bool isShallow = use.MeanBusyDepth < ShallowDepth;
        string atDepth = speedAtDepth is { } here ? $"; it is {Units.Share(here)} of what fio measured at the run's own size and depth" : "";
        string of = speed is { } share && reference is not null && !IsOfTrace(reference) ? $"{depth}{rate}, {Units.Share(share)} of what the device can do ({reference.Points ?? reference.Source}){atDepth}" : "";
        if (IsNear(reference, speed))
            return (LimitKind.Device, of);
        if (IsFarBelow(reference, speed))
        {
            if (isShallow || speedAtDepth >= NearReference)
                return use.QueueShare >= QueueShare && isShallow ? (LimitKind.Submission, Waits(use, of)) : (LimitKind.ShallowQueue, of);
            return (LimitKind.NotAnswerable, speedAtDepth is null
                ? $"{of}: either it is slower at this request size and mix, or something throttles it, which a reference measured at that size and depth would tell"
                : $"{of}: the mix of reads and writes, their places, or the host throttles it");
        }

        // What the trace shows of the device can only be too little: it never shows that the device is at its limit.
        string seen = IsOfTrace(reference) && speed < NearReference ? $", {Units.Share(speed.Value)} of what its best second shows that it can do" : "";
        string unknown = of.Length > 0 ? "which does not decide, as it is a bound on the wrong side"
            : reference is null || IsOfTrace(reference) ? "what the device can do is not stated (--roofline)"
            : "not compared with what the device can do, which is not stated for all that was moved, or a filter is set";
        string what = of.Length > 0 ? of : $"{depth}{rate}{seen}";
        if (isShallow && use.QueueShare >= QueueShare)
            return (LimitKind.Submission, Waits(use, what));
        return isShallow
            ? (LimitKind.ShallowQueue, $"{what}{(seen.Length > 0 ? "" : $"; {unknown}")}")
            : (LimitKind.NotAnswerable, $"{what}; {unknown}");
    }

    private static string Waits(TimeUse use, string of) => $"{of}; a request waits for its issue for {Units.Share(use.QueueShare ?? 0)} of its time (Q2D of Q2C)";

    // How long the bytes take at the reference, at least; null if it does not say for more than a tenth of what was moved.
    private static double? LeastBusyNs(LimitFacts facts, double? readBytesPerSecond, double? writeBytesPerSecond)
    {
        double seconds = 0;
        double unknownBytes = 0;
        foreach ((long bytes, double? rate) in (ReadOnlySpan<(long, double?)>)[(facts.ReadBytes, readBytesPerSecond), (facts.WriteBytes, writeBytesPerSecond)])
        {
            if (rate is > 0 and var known)
                seconds += bytes / known;
            else
                unknownBytes += bytes;
        }

        return unknownBytes > MostUnstated * (facts.ReadBytes + (double)facts.WriteBytes) ? null : 1e9 * seconds;
    }

    private static IEnumerable<LimitBound> Bounds(LimitFacts facts, TimeUse use, double busyNs, double? leastNs, LimitKind kind)
    {
        const string ElseTheSame = "all that is done with nothing in flight takes as long as now";
        if (use.IdleNs > 0 && busyNs > 0)
            yield return new LimitBound("with an infinitely fast device", use.SpanNs / (double)use.IdleNs, "run", ElseTheSame);
        if (facts.Tokens is var (tokenNs, withoutIoNs) && withoutIoNs > 0)
            yield return new LimitBound("with an infinitely fast device", tokenNs / withoutIoNs, "token", ElseTheSame);
        if (kind is not (LimitKind.ShallowQueue or LimitKind.Submission or LimitKind.Mixed) || use.MeanBusyDepth is not (> 0 and < DeepQueue and var depth))
            yield break;
        // Never faster than what the device can do.
        double deeper = Math.Max(busyNs * depth / DeepQueue, leastNs ?? 0);
        if (deeper < busyNs)
            yield return new LimitBound(FormattableString.Invariant($"with {DeepQueue} in flight while busy"), use.SpanNs / (use.IdleNs + deeper), "run", "a request takes no longer in a deeper queue, and " + ElseTheSame);
        double larger = Math.Max(busyNs / 2, leastNs ?? 0);
        if (larger < busyNs)
            yield return new LimitBound("with requests twice as large", use.SpanNs / (use.IdleNs + larger), "run", "a request takes no longer for being larger, and " + ElseTheSame);
    }

    private static LimitVerdict NotAnswerable(LimitFacts facts, string why) => new()
    {
        Kind = LimitKind.NotAnswerable,
        Scope = facts.Scope,
        Sentence = $"What limits is not answerable: {why}.",
        Rule = "needs issues and completions of reads or writes",
        Shares = [],
        Evidence = [],
        Bounds = [],
    };
}

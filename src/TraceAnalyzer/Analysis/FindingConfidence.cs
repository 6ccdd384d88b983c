using System.Collections.Immutable;
using System.Globalization;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>What losses of a trace do to its findings: how much of the trace is there, and which findings lean on what is not (docs/analyses/findings.md).</summary>
internal static class FindingConfidence
{
    private static readonly ImmutableHashSet<string> s_needOrder = ["read-only-after-write-out", "sequential"];

    private static readonly ImmutableHashSet<string> s_needAccesses = ["uniform-access"];

    // What each loss means for a finding; null where it means nothing.
    private static readonly (ReadCounter Counter, Func<Finding, string?> Caveat)[] s_caveats =
    [
        (ReadCounter.LostEvents, _ => "events were lost: counts and bytes are lower bounds"),
        (ReadCounter.MissingCpus, _ => "files of whole CPUs are missing: what they issued is not counted"),
        (ReadCounter.MissingParts, _ => "parts of the Parquet set are missing: their rows are not counted"),
        (ReadCounter.BadRecords, _ => "records could not be understood and are not counted"),
        (ReadCounter.SkippedBytes, _ => "bytes of the trace were skipped: events in them are not counted"),
        (ReadCounter.TruncatedRecords, finding => s_needOrder.Contains(finding.Id) || finding.Id == "saturated" ? "the trace is cut: what came after is not known" : null),
        (ReadCounter.DamagedCompression, _ => "compressed data is damaged or cut: what came after is not counted"),
        (ReadCounter.ClockRegressions, finding => s_needOrder.Contains(finding.Id) ? "events are out of order, and the finding rests on their order" : null),
        (ReadCounter.TimesOutOfRange, finding => finding.Id is "read-only-after-write-out" or "saturated" ? "events outside the time axis are left out" : null),
    ];

    /// <summary>The findings with their confidence and caveats.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="integrity">The trace's losses.</param>
    /// <param name="events">Events that were read.</param>
    /// <param name="device">The device that the findings are of; null if there is none.</param>
    public static Finding[] Apply(Finding[] findings, IntegrityCounter[] integrity, long events, DeviceReport? device = null)
    {
        long CountOf(ReadCounter counter) => integrity.FirstOrDefault(entry => entry.Name == ReadCounters.All[(int)counter].Name)?.Count ?? 0;
        long missing = CountOf(ReadCounter.LostEvents) + CountOf(ReadCounter.BadRecords) + CountOf(ReadCounter.TruncatedRecords);
        // Of a file, or the end of one, that is not there nobody knows how much it held.
        bool isUnknown = CountOf(ReadCounter.MissingCpus) + CountOf(ReadCounter.MissingParts) + CountOf(ReadCounter.SkippedBytes) + CountOf(ReadCounter.DamagedCompression) > 0;
        double? complete = isUnknown ? null : events + missing == 0 ? 1 : events / (double)(events + missing);
        return
        [
            .. findings.Select(finding => finding with
            {
                TraceCompleteness = complete,
                Caveats =
                [
                    .. s_caveats.Where(entry => CountOf(entry.Counter) > 0).Select(entry => entry.Caveat(finding)).OfType<string>(),
                    .. EstimateCaveats(finding, device),
                    .. complete is < 1 and { } share ? NearThreshold(finding, 1 - share) : [],
                ],
            }),
        ];
    }

    // A finding of access counts rests on a sample where memory was short.
    private static IEnumerable<string> EstimateCaveats(Finding finding, DeviceReport? device)
    {
        if (device is null || !s_needAccesses.Contains(finding.Id))
            yield break;
        SectorAccessEstimate[] estimates = [.. device.Operations.Where(operation => operation.Scope == OperationScope.Class).Select(operation => operation.SectorAccess?.Estimate).OfType<SectorAccessEstimate>()];
        if (estimates.Length == 0)
            yield break;
        double error = estimates.Max(estimate => estimate.ShareError);
        yield return string.Create(CultureInfo.InvariantCulture, $"access counts are an estimate from a part of the space: shares have a standard error of at most {error:G2}");
        foreach (Evidence evidence in finding.Evidence.Where(evidence => evidence is { Unit: "share" or "coefficient", Threshold: { } threshold } && Math.Abs(evidence.Value - threshold) <= 4 * error))
            yield return string.Create(CultureInfo.InvariantCulture, $"the estimate could have turned the verdict: {evidence.Name} {evidence.Value:G4} is within twice its standard error of {evidence.Threshold:G4}");
    }

    // What is missing could have moved a share by as much as its own part, and a coefficient about as far.
    private static IEnumerable<string> NearThreshold(Finding finding, double missing) => finding.Evidence
        .Where(evidence => evidence is { Unit: "share" or "coefficient", Threshold: { } threshold } && Math.Abs(evidence.Value - threshold) <= missing)
        .Select(evidence => string.Create(CultureInfo.InvariantCulture, $"what is missing could have turned the verdict: {evidence.Name} {evidence.Value:G4} is within {missing:G2} of {evidence.Threshold:G4}"));
}

using System.Collections.Immutable;
using System.Globalization;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>What losses of a trace and estimates do to its findings (docs/analyses/findings.md). Verdicts are never changed.</summary>
internal static class FindingCaveats
{
    // What each loss means for what rests on something; null where it means nothing.
    private static readonly ImmutableArray<(ReadCounter Counter, Func<RestsOn, string?> Caveat)> s_caveats =
    [
        (ReadCounter.LostEvents, static _ => "events were lost: counts and bytes are lower bounds"),
        (ReadCounter.MissingCpus, static _ => "files of whole CPUs are missing: what they issued is not counted"),
        (ReadCounter.MissingParts, static _ => "parts of the Parquet set are missing: their rows are not counted"),
        (ReadCounter.BadRecords, static _ => "records could not be parsed and are not counted"),
        (ReadCounter.SkippedBytes, static _ => "bytes of the trace were skipped: events in them are not counted"),
        (ReadCounter.TruncatedRecords, static rests => (rests & (RestsOn.Order | RestsOn.Time)) != 0 ? "the trace is cut: what came after is not known" : null),
        (ReadCounter.DamagedCompression, static _ => "compressed data is damaged or cut: what came after is not counted"),
        (ReadCounter.ClockRegressions, static rests => rests.HasFlag(RestsOn.Order) ? "events are out of order, and the finding rests on their order" : null),
        (ReadCounter.TimesOutOfRange, static rests => rests.HasFlag(RestsOn.Time) ? "events outside the time axis are left out" : null),
    ];

    /// <summary>The findings with what is there of the trace and what weakens them.</summary>
    /// <param name="findings">The findings, each with what it rests on.</param>
    /// <param name="integrity">The trace's losses.</param>
    /// <param name="events">Events that were read.</param>
    /// <param name="device">The device that the findings are of; null if there is none.</param>
    public static Finding[] Apply(IEnumerable<(Finding Finding, RestsOn RestsOn)> findings, IntegrityCounter[] integrity, long events, DeviceReport? device = null)
    {
        long CountOf(ReadCounter counter) => integrity.FirstOrDefault(entry => entry.Name == ReadCounters.All[(int)counter].Name)?.Count ?? 0;
        long missing = CountOf(ReadCounter.LostEvents) + CountOf(ReadCounter.BadRecords) + CountOf(ReadCounter.TruncatedRecords);

        // How much a missing file held, or the missing end of one, is unknown.
        bool isUnknown = CountOf(ReadCounter.MissingCpus) + CountOf(ReadCounter.MissingParts) + CountOf(ReadCounter.SkippedBytes) + CountOf(ReadCounter.DamagedCompression) > 0;
        double? complete = isUnknown ? null : events + missing == 0 ? 1 : events / (double)(events + missing);
        return
        [
            .. findings.Select(entry => entry.Finding with
            {
                TraceCompleteness = complete,
                Caveats =
                [
                    .. entry.Finding.Caveats,
                    .. s_caveats.Where(caveat => CountOf(caveat.Counter) > 0).Select(caveat => caveat.Caveat(entry.RestsOn)).OfType<string>(),
                    .. entry.RestsOn.HasFlag(RestsOn.AccessCounts) ? OfEstimate(entry.Finding, device) : [],
                    .. complete is < 1 and { } share ? NearThreshold(entry.Finding, 1 - share) : [],
                ],
            }),
        ];
    }

    // A finding of access counts rests on a sample where memory was short.
    private static IEnumerable<string> OfEstimate(Finding finding, DeviceReport? device)
    {
        SectorAccessEstimate[] estimates = [.. (device?.Operations ?? []).Where(operation => operation.Scope == OperationScope.Class).Select(operation => operation.SectorAccess?.Estimate).OfType<SectorAccessEstimate>()];
        if (estimates.Length == 0)
            yield break;
        double error = estimates.Max(estimate => estimate.ShareError);
        yield return string.Create(CultureInfo.InvariantCulture, $"access counts are an estimate from a part of the space: shares have a standard error of at most {error:G2}");
        foreach (Evidence evidence in Near(finding, 4 * error))
            yield return $"the estimate could change the verdict: {evidence.Name} {Number(evidence.Value)} is within twice its standard error of {Number(evidence.Threshold!.Value)}";
    }

    // Missing events could have moved a share by as much as their own part, and a coefficient about as far.
    private static IEnumerable<string> NearThreshold(Finding finding, double missing) => Near(finding, missing)
        .Select(evidence => string.Create(CultureInfo.InvariantCulture, $"the missing events could change the verdict: {evidence.Name} {Number(evidence.Value)} is within {missing:G2} of {Number(evidence.Threshold!.Value)}"));

    private static IEnumerable<Evidence> Near(Finding finding, double distance) =>
        finding.Evidence.Where(evidence => evidence is { Unit: Unit.Share or Unit.Coefficient, Threshold: { } threshold } && Math.Abs(evidence.Value - threshold) <= distance);

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}

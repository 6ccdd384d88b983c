using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Are all sectors that are read, read about as often?</summary>
public sealed class UniformAccess() : FindingRule<TraceFacts>("uniform-access", "Sectors are read uniformly", "lorenz")
{
    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.AccessCounts;

    /// <summary>
    /// The greatest Gini coefficient that access counts of this mean can have: every sector that counts was accessed once, and at the extreme one sector has all
    /// the other accesses, so that the Lorenz curve is a line up to a share of 1/mean of the accesses. It is also the share of the accesses that repeat others.
    /// </summary>
    /// <param name="meanAccesses">Mean access count of the touched sectors, 1 or more.</param>
    public static double GreatestGini(double meanAccesses) => 1 - (1 / meanAccesses);

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if the Gini coefficient of the sectors' read counts is at most {Units.Coefficient(thresholds.UniformGini)}; needs sectors that are read more than {Units.Count(1 / (1 - thresholds.UniformGini))} times on average, or no coefficient could be greater";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Read?.SectorAccess is not { TouchedSectors: > 0 } access)
            return NotAnswerable("Nothing was read.");
        var mean = new Evidence("mean reads per sector", access.MeanAccesses, Unit.Count);
        if (access.MaxAccesses == 1)
            return NotAnswerable("Every sector was read once, which is uniform whatever the workload.", mean);
        if (access.TouchedSectors == 1)
            return NotAnswerable("One sector was read only.", mean);
        double greatest = GreatestGini(access.MeanAccesses);
        if (greatest <= thresholds.UniformGini)
            return NotAnswerable($"Repeats are {Units.Share(greatest)} of the sector reads: the Gini coefficient cannot be greater than that share, however they are spread.", mean);

        // The greatest distance between the Lorenz curve and that of uniform access (E. M. Hoover, 1936).
        double distance = access.Lorenz.Max(point => point.SectorShare - point.AccessShare);
        double? hottest = access.ShareOfHottest(0.1);
        string hot = hottest is { } share ? $" the hottest 10 % of the sectors get {Units.Share(share)} of the sector reads;" : "";
        return Answer(
            access.Gini <= thresholds.UniformGini ? Verdict.Shown : Verdict.NotShown,
            $"The Gini coefficient of the read counts is {Units.Coefficient(access.Gini)} (0 is uniform);{hot} a sector is read {Units.Count(access.MeanAccesses)} times on average and at most {Units.Count(access.MaxAccesses)} times.",
            new Evidence("Gini coefficient", access.Gini, Unit.Coefficient, thresholds.UniformGini),
            new Evidence("greatest distance of the CDF from a uniform one", distance, Unit.Coefficient),
            hottest is { } tenth ? new Evidence("share of the hottest 10 %", tenth, Unit.Share) : null,
            mean);
    }
}

using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Are accesses equally uniform?</summary>
/// <param name="class">Read or write.</param>
public sealed class Uniformity(OperationClass @class) : PairRule($"{@class.Name()}-uniformity", $"{@class.Subject()} are equally uniform in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"different if the Gini coefficients of the access counts are {Units.Count(thresholds.GiniDifference)} or more apart; a coefficient is uniform up to {Units.Count(thresholds.UniformGini)} and non-uniform from {Units.Count(thresholds.NonUniformGini)}";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (!facts.MatterBoth(@class, thresholds) || facts.First.Operation(@class)!.SectorAccess is not { } first || facts.Other.Operation(@class)!.SectorAccess is not { } other)
            return null;
        Evidence? ginis = Evidence.OfBoth("Gini of accesses", Unit.Coefficient, first.Gini, other.Gini);
        Evidence? means = Evidence.OfBoth("mean accesses per sector", Unit.Count, first.MeanAccesses, other.MeanAccesses);
        if (!CouldBeUneven(first, thresholds) || !CouldBeUneven(other, thresholds))
        {
            string once = string.Join(" and ", new[] { (facts.First, first), (facts.Other, other) }.Where(run => !CouldBeUneven(run.Item2, thresholds)).Select(run => run.Item1.Label));
            return NotAnswerable($"Sectors are {@class.Participle()} about once in {once}, which is uniform whatever the workload.", ginis, means);
        }

        string firstWord = Word(first.Gini, thresholds);
        string otherWord = Word(other.Gini, thresholds);
        string each = $"(Gini {Units.Coefficient(other.Gini)} against {Units.Coefficient(first.Gini)})";
        bool same = Math.Abs(first.Gini - other.Gini) < thresholds.GiniDifference;
        string sentence = firstWord == otherWord
            ? $"{@class.Subject()} are {firstWord} in both runs{(same ? "" : ", but not equally so")} {each}."
            : $"{@class.Subject()} are {otherWord} in {facts.Other.Label} and {firstWord} in {facts.First.Label}{(same ? ", but the coefficients are close" : "")} {each}.";
        return Answer(same, sentence, ginis, Evidence.OfBoth("accesses to the hottest 10 %", Unit.Share, RunView.HottestShare(first), RunView.HottestShare(other)), means);
    }

    private static bool CouldBeUneven(SectorAccessResult access, Thresholds thresholds) => access.MaxAccesses > 1 && UniformAccess.GreatestGini(access.MeanAccesses) > thresholds.UniformGini;

    private static string Word(double gini, Thresholds thresholds) => gini <= thresholds.UniformGini ? "uniform" : gini >= thresholds.NonUniformGini ? "non-uniform" : "slightly non-uniform";
}

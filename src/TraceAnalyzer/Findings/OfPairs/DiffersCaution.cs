using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Was something recorded or counted differently, so that other numbers are hard to compare?</summary>
/// <param name="setting">Name of the setting.</param>
/// <param name="consequence">What follows.</param>
public sealed class DiffersCaution(string setting, string consequence) : PairRule(setting.Replace(' ', '-'), $"The runs differ in {setting}")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => "any difference";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts.Settings.FirstOrDefault(known => known.Name == setting) is { } compared && compared.Values[0] != compared.Values[facts.Run]
            && compared.Values[0] != ComparedSetting.Unknown && compared.Values[facts.Run] != ComparedSetting.Unknown
            ? Answer(Verdict.Caution, $"The {setting} differs ({compared.Values[facts.Run]} against {compared.Values[0]}): {consequence}.")
            : null;
    }
}

using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Do the runs read (write) the same amount?</summary>
/// <param name="class">Read or write.</param>
public sealed class BytesMoved(OperationClass @class) : PairRule($"{@class.Name()}-bytes", $"Both runs {@class.Name()} the same amount")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if bytes differ by {Units.Share(thresholds.SameBytesShare)} or more; asked if they are {Units.Share(thresholds.NegligibleShare)} or more of all in either run";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (!PairFacts.Matters(facts.First, @class, thresholds) && !PairFacts.Matters(facts.Other, @class, thresholds))
            return null;
        double first = facts.First.Bytes(@class);
        double other = facts.Other.Bytes(@class);
        bool same = IsWithin(first, other, thresholds.SameBytesShare);
        string sentence = first == 0 || other == 0
            ? $"{(first == 0 ? facts.Other.Label : facts.First.Label)} {@class.Plural()} {Units.Bytes(Math.Max(first, other))}, the other run nothing."
            : same
                ? $"{facts.Other.Label} {@class.Plural()} the same amount as {facts.First.Label}: {Units.Bytes(other)}, {Change(first, other)}.{SettingsOf(facts, @class)}"
                : $"{facts.Other.Label} {@class.Plural()} {Units.Bytes(other)} against {Units.Bytes(first)}: {Change(first, other)}.";
        return Answer(same, sentence, Evidence.OfBoth("bytes", Unit.Bytes, first, other));
    }

    // Two runs that differ in several ways show nothing of any one of them, and neither do two of which little is recorded.
    private static string SettingsOf(PairFacts facts, OperationClass @class)
    {
        ComparedSetting[] differing = [.. facts.DifferingSettings];
        bool isRecorded = differing.All(setting => setting.Values[0] != ComparedSetting.Unknown && setting.Values[facts.Run] != ComparedSetting.Unknown);
        string names = string.Join(", ", differing.Select(setting => $"{setting.Name} {setting.Values[facts.Run]} against {setting.Values[0]}"));
        return differing switch
        {
            [] => "",
            [{ IsOfRun: true }] when isRecorded => $" The only recorded setting that differs is {names}: it does not change how much is {@class.Participle()}.",
            _ => $" The runs differ in {names}.",
        };
    }
}

using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Findings;

/// <summary>
/// One question, asked of facts about a run (<see cref="TraceFacts"/>) or about two (<see cref="OfPairs.PairFacts"/>). A rule must be able to come out either way:
/// where the facts allow one verdict only, it is <see cref="Verdict.NotAnswerable"/>, with the reason.
/// </summary>
/// <typeparam name="TFacts">What it is asked of.</typeparam>
/// <param name="id">Stable name, such as <c>request-size-cap</c>.</param>
/// <param name="title">What is asked, as a claim that can be true or false.</param>
/// <param name="figure">Name of the figure to look at; null if there is none.</param>
public abstract class FindingRule<TFacts>(string id, string title, string? figure = null)
{
    /// <summary>Stable name.</summary>
    public string Id => id;

    /// <summary>What is asked, as a claim that can be true or false.</summary>
    public string Title => title;

    /// <summary>What the verdict rests on besides counts; decides what losses of a trace do to it.</summary>
    public virtual RestsOn RestsOn => RestsOn.Counts;

    /// <summary>True if nothing else is asked once this has an answer.</summary>
    public virtual bool StandsAlone => false;

    /// <summary>What decides the verdict, in words with its thresholds.</summary>
    public abstract string Criterion(Thresholds thresholds);

    /// <summary>The answer; null if the question does not arise.</summary>
    public abstract Finding? Judge(TFacts facts, Thresholds thresholds);

    /// <summary>An answer.</summary>
    protected Finding Answer(Verdict verdict, string sentence, params Evidence?[] evidence) => new(id, title, verdict, sentence, [.. evidence.OfType<Evidence>()], figure);

    /// <summary>That there is none, and why.</summary>
    protected Finding NotAnswerable(string why, params Evidence?[] evidence) => Answer(Verdict.NotAnswerable, why, evidence);
}

/// <summary>What a verdict rests on besides counts and bytes.</summary>
[Flags]
public enum RestsOn
{
    /// <summary>Nothing else.</summary>
    Counts = 0,

    /// <summary>The order of the events.</summary>
    Order = 1,

    /// <summary>When things happened, and that the trace has its end.</summary>
    Time = 2,

    /// <summary>Access counts of sectors, which can be an estimate.</summary>
    AccessCounts = 4,
}

/// <summary>Asks rules.</summary>
public static class FindingRules
{
    /// <summary>The answers of those rules whose questions arise, in their order, each with its criterion.</summary>
    public static IEnumerable<(FindingRule<TFacts> Rule, Finding Finding)> Judge<TFacts>(IEnumerable<FindingRule<TFacts>> rules, TFacts facts, Thresholds thresholds)
    {
        foreach (FindingRule<TFacts> rule in rules)
        {
            if (rule.Judge(facts, thresholds) is not { } finding)
                continue;
            yield return (rule, finding with { Rule = rule.Criterion(thresholds) });
            if (rule.StandsAlone)
                yield break;
        }
    }
}

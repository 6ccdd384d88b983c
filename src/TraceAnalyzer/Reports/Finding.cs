using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reports;

/// <summary>
/// The answer to one question about a run, or about a run beside the first of a comparison, with what it rests on. Rules and thresholds:
/// docs/analyses/findings.md and docs/compare.md.
/// </summary>
/// <param name="Id">Stable name, such as <c>request-size-cap</c> or <c>read-bytes</c>.</param>
/// <param name="Title">What is asked, as a claim that can be true or false.</param>
/// <param name="Verdict">Whether the claim holds.</param>
/// <param name="Sentence">What was found, for people.</param>
/// <param name="Evidence">The numbers.</param>
/// <param name="Figure">Name of the figure to look at; null if there is none.</param>
public sealed record Finding(string Id, string Title, Verdict Verdict, string Sentence, Evidence[] Evidence, string? Figure)
{
    /// <summary>What decides the verdict, in words with its thresholds; null in reports of versions that did not write it.</summary>
    public string? Rule { get; init; }

    /// <summary>In a comparison the index of the run that is compared with the first; null otherwise.</summary>
    public int? Run { get; init; }

    /// <summary>Share of the trace's events that are there, 0 to 1; null if the trace has losses of unknown size, and in a comparison.</summary>
    public double? TraceCompleteness { get; init; }

    /// <summary>What weakens the finding: losses of the trace, estimates, other findings that contradict it. Empty if nothing does.</summary>
    public string[] Caveats { get; init; } = [];

    /// <summary>True if the question about a run has an answer.</summary>
    public bool IsAnswered() => Verdict is Verdict.Shown or Verdict.NotShown;

    /// <summary>Findings about a run in the order of what they mean for a reader: those that are in doubt, those shown, not shown, not answerable.</summary>
    public static IEnumerable<Finding> ByImportance(IEnumerable<Finding> findings) =>
        findings.OrderBy(finding => !finding.IsAnswered() ? 3 : finding.Caveats.Length > 0 ? 0 : finding.Verdict == Verdict.Shown ? 1 : 2);
}

/// <summary>A number that a finding rests on.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number; in a comparison that of the other run, or of the pair.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Threshold">What it was compared with; null if it decides nothing.</param>
public sealed record Evidence(string Name, double Value, Unit Unit, double? Threshold = null)
{
    /// <summary>In a comparison the number of the first run; null if it is a number of the pair, and in a report of one run.</summary>
    public double? First { get; init; }

    /// <summary>A number of two runs; null if either does not have it.</summary>
    public static Evidence? OfBoth(string name, Unit unit, double? first, double? other) =>
        first is null || other is not { } value ? null : new Evidence(name, value, unit) { First = first };
}

/// <summary>What a finding comes to. The first three are of one run, the last three of a pair; a pair may be <see cref="NotAnswerable"/> too.</summary>
public enum Verdict
{
    /// <summary>The numbers show the claim.</summary>
    Shown,

    /// <summary>The numbers do not show the claim.</summary>
    NotShown,

    /// <summary>Something is missing, or the numbers could not have come out otherwise.</summary>
    NotAnswerable,

    /// <summary>No difference that counts.</summary>
    Same,

    /// <summary>A difference that counts.</summary>
    Different,

    /// <summary>Something that makes other numbers hard to compare.</summary>
    Caution,
}

/// <summary>Verdicts as they are written.</summary>
public static class Verdicts
{
    /// <summary>The verdict as reports have it, such as <c>not shown</c>.</summary>
    public static string Name(this Verdict verdict) => verdict switch
    {
        Verdict.Shown => "shown",
        Verdict.NotShown => "not shown",
        Verdict.NotAnswerable => "not answerable",
        Verdict.Same => "same",
        Verdict.Different => "different",
        Verdict.Caution => "caution",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };
}

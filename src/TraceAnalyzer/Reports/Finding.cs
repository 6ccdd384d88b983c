namespace TraceAnalyzer.Reports;

/// <summary>A statement about a trace or a run, with what it rests on. The rules and thresholds are described in docs/analyses/findings.md.</summary>
/// <param name="Id">Stable name, such as <c>request-size-cap</c>.</param>
/// <param name="Title">What is asked, as a statement that may be true.</param>
/// <param name="Verdict"><c>shown</c>, <c>not shown</c> or <c>not answerable</c>.</param>
/// <param name="Sentence">What was found, for people.</param>
/// <param name="Evidence">The numbers.</param>
/// <param name="Figure">Name of the figure to look at; null if there is none.</param>
public sealed record Finding(string Id, string Title, string Verdict, string Sentence, Evidence[] Evidence, string? Figure)
{
    /// <summary>Share of the trace's events that are there, 0 to 1; null if the trace has losses of unknown size.</summary>
    public double? TraceCompleteness { get; init; }

    /// <summary>What losses of the trace do to this finding; empty if nothing.</summary>
    public string[] Caveats { get; init; } = [];
}

/// <summary>A number that a finding rests on.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit; <c>share</c> for parts of a whole, 0 to 1, <c>coefficient</c> for numbers that are no part of anything, such as Gini's.</param>
/// <param name="Threshold">What it was compared with; null if it decides nothing.</param>
public sealed record Evidence(string Name, double Value, string Unit, double? Threshold);

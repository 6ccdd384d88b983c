using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>The findings of a report: each with its verdict first, what it rests on, and where to look.</summary>
internal static class FindingsSection
{
    /// <summary>Writes it; nothing if there are no findings.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="addressOf">Address of a figure within the page; null if it is not there.</param>
    public static void Write(HtmlBuilder html, Finding[] findings, Func<string, string?> addressOf)
    {
        if (findings.Length == 0)
            return;

        html.Add($"""<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2><ul class="findings">""");
        foreach (Finding finding in Finding.ByImportance(findings).Where(finding => finding.IsAnswered()))
            WriteFinding(html, finding, addressOf);
        html.Add($"</ul>");
        WriteUnanswerable(html, [.. findings.Where(finding => !finding.IsAnswered())], addressOf);
        html.Add($"""<p class="how"><strong>How this was computed.</strong> Each rule looks at the device that moves most bytes. A number is followed by what it was compared with; --threshold changes thresholds.</p></section>""");
    }

    private static void WriteUnanswerable(HtmlBuilder html, Finding[] findings, Func<string, string?> addressOf)
    {
        if (findings.Length == 0)
            return;
        html.Add($"""<details><summary>{Units.Count(findings.Length)} not answerable from this trace</summary><ul class="findings">""");
        foreach (Finding finding in findings)
            WriteFinding(html, finding, addressOf);
        html.Add($"</ul></details>");
    }

    private static void WriteFinding(HtmlBuilder html, Finding finding, Func<string, string?> addressOf)
    {
        html.Add($"""<li class="{ClassOf(finding.Verdict)}"><h3><span class="verdict">{finding.Verdict.Name()}</span> {finding.Title}</h3><p><bdi>{finding.Sentence}</bdi>""");
        if (finding.Figure is { } figure && addressOf(figure) is { } address)
            html.Add($"""<a href="{address}">See the figure</a>.""");
        html.Add($"</p>");
        WriteEvidence(html, finding.Evidence);
        foreach (string caveat in finding.Caveats)
            html.Add($"""<p class="caveat">But <bdi>{caveat}</bdi>.</p>""");
        html.Add($"</li>");
    }

    /// <summary>The class of a verdict in the page.</summary>
    public static string ClassOf(Verdict verdict) => verdict == Verdict.NotAnswerable ? "open" : verdict.Name().Replace(' ', '-');

    private static void WriteEvidence(HtmlBuilder html, Evidence[] evidence)
    {
        if (evidence.Length == 0)
            return;
        html.Add($"""<dl class="evidence">""");
        foreach (Evidence number in evidence)
        {
            string threshold = number.Threshold is { } limit ? $" (compared with {Units.Of(limit, number.Unit)})" : "";
            html.Add($"<div><dt>{number.Name}</dt><dd>{Units.Of(number.Value, number.Unit)}{threshold}</dd></div>");
        }

        html.Add($"</dl>");
    }
}

using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>The findings of a report: each with its verdict first, what it rests on, and where to look.</summary>
internal static class FindingsSection
{
    private const int Unanswerable = 3;

    /// <summary>Writes it; nothing if there are no findings.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="addressOf">Address of a figure within the page; null if it is not there.</param>
    public static void Write(HtmlBuilder html, Finding[] findings, Func<string, string?> addressOf)
    {
        if (findings.Length == 0)
            return;

        html.Add($"""<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2><ul class="findings">""");
        foreach (Finding finding in findings.Where(finding => RankOf(finding) < Unanswerable).OrderBy(RankOf))
            WriteFinding(html, finding, addressOf);
        html.Add($"</ul>");
        WriteUnanswerable(html, [.. findings.Where(finding => RankOf(finding) == Unanswerable)], addressOf);
        html.Add($"""<p class="how"><strong>How this was computed.</strong> Each rule looks at the device that moves most bytes. A number is followed by what it was compared with; thresholds can be set with --threshold.</p></section>""");
    }

    // By what they mean for a reader: what casts doubt on the rest first.
    private static int RankOf(Finding finding) => finding.Verdict switch
    {
        "shown" or "not shown" when finding.Caveats.Length > 0 => 0,
        "shown" => 1,
        "not shown" => 2,
        _ => Unanswerable,
    };

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
        html.Add($"""<li class="{ClassOf(finding.Verdict)}"><h3><span class="verdict">{finding.Verdict}</span> {finding.Title}</h3><p><bdi>{finding.Sentence}</bdi>""");
        if (finding.Figure is { } figure && addressOf(figure) is { } address)
            html.Add($"""<a href="{address}">See the figure</a>.""");
        html.Add($"</p>");
        WriteEvidence(html, finding.Evidence);
        if (finding.Caveats.Length > 0)
            html.Add($"""<p class="caveat"><bdi>But {string.Join("; ", finding.Caveats)}.</bdi></p>""");
        html.Add($"</li>");
    }

    /// <summary>A number of a finding with its unit, e.g. <c>99.5 %</c>.</summary>
    public static string Text(double value, string unit) => unit switch
    {
        "share" => Units.Share(value),
        "bytes" => Units.Bytes(value),
        "B/s" => Units.Rate(value),
        "GiB/s" => Units.Of(value, Unit.GiBPerSecond),
        "ns" => Units.Duration(value),
        "coefficient" => Units.Coefficient(value),
        _ => $"{Units.Count(value)} {unit}",
    };

    private static void WriteEvidence(HtmlBuilder html, Evidence[] evidence)
    {
        if (evidence.Length == 0)
            return;
        html.Add($"""<dl class="evidence">""");
        foreach (Evidence number in evidence)
        {
            string threshold = number.Threshold is { } limit ? $" (compared with {Text(limit, number.Unit)})" : "";
            html.Add($"<div><dt>{number.Name}</dt><dd>{Text(number.Value, number.Unit)}{threshold}</dd></div>");
        }

        html.Add($"</dl>");
    }

    private static string ClassOf(string verdict) => verdict switch
    {
        "shown" => "shown",
        "not shown" => "not-shown",
        _ => "open",
    };
}

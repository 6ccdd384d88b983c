using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Html;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Html;

public sealed partial class HtmlReportTests
{
    private const int MaxLength = 10_000_000;

    // Elements that never have an end tag.
    private static readonly string[] s_void = ["meta", "img", "input", "br"];

    [Theory]
    [MemberData(nameof(SyntheticReports.Names), MemberType = typeof(SyntheticReports))]
    public void Every_report_gives_a_sound_page(string name)
    {
        string page = ReportPages.Text(SyntheticReports.All[name]());

        Assert.InRange(page.Length, 1, MaxLength);
        AssertSound(page);
    }

    [Fact]
    public void Figures_may_be_SVG() => AssertSound(ReportPages.Text(SyntheticReports.TwoDevices(), FigureFormat.Svg));

    [Fact]
    public void Names_from_a_trace_stay_text()
    {
        string page = ReportPages.Text(ReportPages.Hostile());

        AssertSound(page);
        (string Name, string Attributes)[] tags = [.. Tags(page)];
        Assert.DoesNotContain(tags, tag => tag.Name is "svg" && !tag.Attributes.Contains("width=\"100%\" height=", StringComparison.Ordinal));
        Assert.DoesNotContain(tags, tag => AttributeNames(tag.Attributes).Any(name => name.StartsWith("on", StringComparison.Ordinal) || name == "style"));
        Assert.Equal(3, tags.Count(tag => tag.Name == "script"));
        Assert.Single(tags, tag => tag.Name == "style");

        // Nor do they turn the text around them.
        Assert.DoesNotContain('\u202E', page);
        Assert.DoesNotContain('\u200F', page);
        Assert.DoesNotContain('\u001B', page);
        foreach (string hostile in ReportPages.HostileNames)
            Assert.Contains($"<bdi>{WebUtility.HtmlEncode(PrintableText.Of(hostile))}</bdi>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_allows_exactly_the_pages_own_script_and_style()
    {
        string page = ReportPages.Text(SampleReport.Full());

        string policy = WebUtility.HtmlDecode(Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value);
        Assert.Equal(
            $"default-src 'none'; img-src data:; script-src '{Hash(Content(page, "<script>", "</script>"))}'; style-src '{Hash(Content(page, "<style>", "</style>"))}'; base-uri 'none'; form-action 'none'",
            policy);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);

        static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void The_same_report_gives_the_same_page_in_every_culture()
    {
        TraceReport report = SampleReport.Full();
        string page = ReportPages.Text(report);

        Assert.Equal(page, ReportPages.Text(report));
        Assert.Equal(page, Culture.InGerman(() => ReportPages.Text(report)));
    }

    [Fact]
    public void The_page_says_what_the_report_says()
    {
        string page = ReportPages.Text(SampleReport.Full());

        Assert.Contains("<h1><bdi>kv-offload</bdi></h1>", page, StringComparison.Ordinal);
        Assert.Contains("2023-11-14 22:13:20 UTC", page, StringComparison.Ordinal);
        Assert.Contains("""<td data-exact="1234">1,234</td>""", page, StringComparison.Ordinal);
        Assert.Contains("Reads: mean 410 KiB/s, peak 768 KiB/s, 512 KiB in total.", page, StringComparison.Ordinal);
        Assert.Contains("""<td data-exact="0.015">1.5 %</td>""", page, StringComparison.Ordinal);
        Assert.Contains("Something was lost", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_follow_the_first_screen_with_verdict_sentence_evidence_and_threshold()
    {
        string page = ReportPages.Text(SampleReport.Full());

        string[] order = ["id=\"numbers\"", "class=\"glance\"", "id=\"explore\"", "id=\"findings\"", "id=\"integrity\"", "id=\"run\""];
        int[] places = [.. order.Select(id => page.IndexOf(id, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Contains("""<span class="verdict">not shown</span> Sectors are read uniformly</h3><p><bdi>The Gini coefficient is 0.250.</bdi>""", page, StringComparison.Ordinal);
        Assert.Contains("<dt>Gini coefficient</dt><dd>0.250 (compared with 0.100)</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>size</dt><dd>128 KiB</dd>", page, StringComparison.Ordinal);
        Assert.Contains("""<a href="#figure-lorenz-0">See the figure</a>""", page, StringComparison.Ordinal);
        Assert.Matches("""(?s)<details><summary>1 not answerable from this trace</summary>.*?<span class="verdict">not answerable</span> Reads saturate the device""", page);
    }

    [Fact]
    public void The_run_has_its_settings_and_what_it_moved()
    {
        string page = ReportPages.Text(SampleReport.Full());

        Assert.Contains("kv-offload, FlexGen, facebook/opt-6.7b, batch 16, prompt 256, 32 tokens generated, 0 % of the weights on disk, 100 % of the KV cache on disk", page, StringComparison.Ordinal);
        Assert.Contains("""<td data-exact="12.386">12.4 GiB</td>""", page, StringComparison.Ordinal);
        Assert.Contains("Not answerable. <bdi>Layers: nothing says which file holds which layer.</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("""<td><bdi>prefill</bdi></td>""", page, StringComparison.Ordinal);
        Assert.Contains("""<td data-exact="22000000">22 ms</td>""", page, StringComparison.Ordinal);
        Assert.Contains("""<th scope="row"><bdi>layers.0.k_cache</bdi></th>""", page, StringComparison.Ordinal);
        Assert.Contains("""<th scope="row"><bdi>page-cache hits, at least</bdi></th>""", page, StringComparison.Ordinal);
        Assert.Contains("1 line not understood and skipped", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_figure_of_a_run_has_words_and_data()
    {
        TraceReport report = SampleReport.Full();
        var context = new FigureContext(report, report.Devices[0]);

        Assert.All(RunSections.Figures, figure =>
        {
            Assert.NotEmpty(figure.Describe(context));
            Assert.NotEmpty(figure.Data(context)!.Rows);
        });
    }

    [Fact]
    public void A_big_map_is_merged_until_the_page_is_small_and_keeps_every_access()
    {
        TraceReport report = SampleReport.Big(6_000_000);
        string page = ReportPages.Text(report);

        Assert.InRange(page.Length, 1, MaxLength);
        JsonElement map = Data(page).GetProperty("devices")[0].GetProperty("maps").GetProperty("read");
        Assert.Equal(
            report.Devices[0].SectorTime[0].Rows.Sum(row => row.Sum()),
            map.GetProperty("rows").EnumerateArray().Sum(row => row.EnumerateArray().Sum(cell => Math.Max(0, cell.GetInt64()))));
    }

    [Fact]
    public void Many_bins_are_merged_and_keep_every_byte()
    {
        TraceReport report = SampleReport.Full();
        DeviceReport disk = report.Devices[0];
        var bytes = new long[100_001];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = i;
        OperationReport[] operations = [.. disk.Operations.Select(operation => operation with { Throughput = new ThroughputResult(new long[bytes.Length], bytes) })];
        report = report with { Time = report.Time with { Count = bytes.Length }, Devices = [disk with { Operations = operations }] };

        JsonElement data = Data(ReportPages.Text(report));
        long[] merged = [.. data.GetProperty("devices")[0].GetProperty("read").GetProperty("bytes").EnumerateArray().Select(value => value.GetInt64())];

        Assert.InRange(merged.Length, 4096, 8192);
        Assert.Equal(merged.Length, data.GetProperty("bins").GetInt32());
        Assert.Equal(report.Time.WidthNs * 13.0, data.GetProperty("binNs").GetDouble());
        Assert.Equal(bytes[..13].Sum(), merged[0]);
        Assert.Equal(bytes.Sum(), merged.Sum());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("0 0 0", "")]
    [InlineData("5", "5")]
    [InlineData("0 0 7 0 8 9 0", "-2 7 -1 8 9")]
    public void Rows_are_packed(string cells, string packed)
    {
        long[] values = [.. cells.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];

        Assert.Equal(packed, string.Join(' ', PageData.Packed(values)));
    }

    [Fact]
    public void Figures_beyond_the_limit_are_linked_instead()
    {
        using var folder = new TemporaryFolder();
        TraceReport report = SampleReport.Full();
        File.WriteAllBytes(folder["big one.png"], new byte[7_000_000]);
        FigureFile[] figures = [new("bandwidth", "259,0", "big one.png", null), new("iops", "259,0", null, "<reason>")];
        using var stream = new MemoryStream();

        HtmlReport.Write(report, figures, folder.Path, stream);

        string page = Encoding.UTF8.GetString(stream.ToArray());
        AssertSound(page);
        Assert.Contains("""<a href="big%20one.png">big one.png</a>""", page, StringComparison.Ordinal);
        Assert.Contains("not drawn, &lt;reason&gt;.", page, StringComparison.Ordinal);
    }

    // The oracle samples the spans at many points of each column.
    [Fact]
    public void The_timeline_shows_means_weighted_by_time()
    {
        var random = new Random(3);
        double at = -50;
        (double FromNs, double ToNs, double Value)[] spans = [.. Enumerable.Range(0, 900).Select(_ => (at, at += random.NextDouble() * 9, random.NextDouble())).Select(span => (span.Item1, span.Item2, span.Item3))];
        double[] means = GlanceTimeline.Means(spans, 3000);

        const int Points = 2000;
        double width = 3000.0 / means.Length;
        for (int column = 0; column < means.Length; column += 37)
        {
            double[] points = [.. Enumerable.Range(0, Points).Select(i => (column + ((i + 0.5) / Points)) * width)];
            Assert.Equal(points.Average(point => spans.FirstOrDefault(span => span.FromNs <= point && point < span.ToNs).Value), means[column], 0.005);
        }
    }

    [Fact]
    public void The_first_screen_has_key_numbers_with_their_bases_and_a_timeline_that_needs_no_script()
    {
        string page = ReportPages.Text(SampleReport.Full());

        Assert.Contains("""<p class="what"><bdi>kv-offload, FlexGen, facebook/opt-6.7b, batch 16,""", page, StringComparison.Ordinal);
        Assert.Contains("<dt>Read</dt><dd><strong>512 KiB</strong> <span>410 KiB/s from first to last request, peak 768 KiB/s over 500 ms; ", page, StringComparison.Ordinal);
        Assert.Contains("<dt>Queue depth while busy</dt>", page, StringComparison.Ordinal);
        string timeline = Content(page, """<figure class="glance">""", "</figure>");
        Assert.Contains("Reads, up to ", timeline, StringComparison.Ordinal);
        Assert.Contains("Requests in flight, up to ", timeline, StringComparison.Ordinal);
        Assert.Contains("<rect class=\"phase\" x=\"", timeline, StringComparison.Ordinal);
    }

    private static JsonElement Data(string page) =>
        JsonSerializer.Deserialize<JsonElement>(Regex.Match(page, "<script[^>]*id=\"data\"[^>]*>(.*?)</script>", RegexOptions.Singleline).Groups[1].Value);

    private static string Content(string page, string open, string close)
    {
        int start = page.IndexOf(open, StringComparison.Ordinal) + open.Length;
        return page[start..page.IndexOf(close, start, StringComparison.Ordinal)];
    }

    /// <summary>Tags are nested, ids unique, links lead somewhere, nothing is loaded, pictures and tables speak.</summary>
    internal static void AssertSound(string page)
    {
        var open = new Stack<string>();
        foreach ((string name, string attributes) in Tags(page))
        {
            if (name.StartsWith('/'))
                Assert.Equal(name[1..], open.Pop());
            else if (!s_void.Contains(name))
                open.Push(name);
            if (name == "img")
            {
                Assert.Matches("alt=\"[^\"]{20,}\"", attributes);
                Assert.Matches("src=\"data:image/(png|svg\\+xml);base64,[A-Za-z0-9+/=]+\"", attributes);
            }
            else
            {
                Assert.DoesNotContain("src", AttributeNames(attributes));
            }

            if (name == "th")
                Assert.Matches("scope=\"(col|row)\"", attributes);
        }

        Assert.Empty(open);
        string[] ids = [.. Regex.Matches(page, "<[a-z0-9]+ [^>]*?\\bid=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.Equal(ids.Distinct(), ids);
        foreach (Match link in Regex.Matches(page, "href=\"#([^\"]+)\""))
            Assert.Contains(link.Groups[1].Value, ids);
        Assert.Single(Tags(page), tag => tag.Name == "h1");
        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
    }

    private static IEnumerable<string> AttributeNames(string attributes) => AttributeName().Matches(attributes).Select(match => match.Groups[1].Value);

    // Script and style know no tags but their end.
    private static IEnumerable<(string Name, string Attributes)> Tags(string page) =>
        from match in Tag().Matches(page)
        select (match.Groups[1].Value + match.Groups[3].Value, match.Groups[2].Value + match.Groups[4].Value) into tag
        from each in tag.Item1 is "script" or "style" ? new[] { tag, ("/" + tag.Item1, "") } : [tag]
        where each.Item1 != "!DOCTYPE"
        select each;

    [GeneratedRegex("""<(script|style)((?:"[^"]*"|[^">])*)>.*?</\1>|<(/?[a-zA-Z!][a-zA-Z0-9]*)((?:"[^"]*"|[^">])*)>""", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex("""([a-zA-Z-]+)(?:="[^"]*")?""")]
    private static partial Regex AttributeName();
}

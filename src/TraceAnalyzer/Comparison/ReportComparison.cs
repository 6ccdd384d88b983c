using System.Globalization;
using TraceAnalyzer.Findings;
using TraceAnalyzer.Findings.OfPairs;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Comparison;

/// <summary>Compares reports of runs. Needs nothing but the reports: saved ones compare without their traces.</summary>
public static class ReportComparison
{
    /// <summary>Fewest runs.</summary>
    public const int MinRuns = ComparisonReport.MinRuns;

    /// <summary>Most runs: more do not fit on a page.</summary>
    public const int MaxRuns = ComparisonReport.MaxRuns;

    /// <summary>Compares <paramref name="reports"/>, all with the first.</summary>
    /// <exception cref="ArgumentException">There are too few or too many.</exception>
    /// <exception cref="TraceException">A run does not have the device that was asked for.</exception>
    public static ComparisonReport Compare(IReadOnlyList<TraceReport> reports, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(options);
        if (reports.Count is < MinRuns or > MaxRuns)
            throw new ArgumentException($"two to twelve runs can be compared, not {reports.Count.ToString(CultureInfo.InvariantCulture)}", nameof(reports));

        RunView[] runs = Views(reports, options);
        ComparedSetting[] settings = Settings(runs);
        ComparedMetric[] metrics = HeadlineMetrics.Of(runs);
        ComparedDistribution[] distributions = Distributions.Of(runs);
        AlignedBandwidth[] bandwidth = BandwidthAlignment.Of(runs);
        return new ComparisonReport
        {
            Runs = [.. runs.Select(Describe)],
            Settings = settings,
            Thresholds = options.Thresholds,
            Findings = [.. Enumerable.Range(1, runs.Length - 1).Select(Pair).SelectMany(pair =>
                FindingRules.Judge(options.Rules, pair, options.Thresholds).Select(judged => judged.Finding with { Run = pair.Run }))],
            Metrics = metrics,
            Distributions = distributions,
            Bandwidth = bandwidth,
            Tokens = runs.Any(run => run.Report.Run is { Tokens.Length: > 0 }) ? [.. runs.Select(Tokens)] : [],
            Reports = [.. runs.Select(DrawnReports.Of)],
        };

        PairFacts Pair(int run) => new(runs[0], runs[run], run) { Settings = settings, Metrics = metrics, Distributions = distributions, Bandwidth = bandwidth };
    }

    /// <summary>The runs with their labels and devices, as <see cref="Compare"/> sees them.</summary>
    internal static RunView[] Views(IReadOnlyList<TraceReport> reports, ComparisonOptions options)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var runs = new RunView[reports.Count];
        for (int i = 0; i < runs.Length; i++)
        {
            string name = reports[i].Source.Name;
            int number = seen[name] = seen.GetValueOrDefault(name) + 1;
            string label = number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} ({number})");
            runs[i] = new RunView(label, reports[i], RunView.Choose(reports[i], options.Device));
        }

        return runs;
    }

    private static ComparedRun Describe(RunView run)
    {
        BandwidthAlignment.Span span = BandwidthAlignment.SpanOf(run);
        string[] others = [.. run.Report.Devices.Where(device => device != run.Device).Select(device => device.Device)];
        return new ComparedRun(run.Label, run.Report.Source.Name, run.Device?.Device, others, span.FirstNs, span.DurationNs, run.Report.HasLosses) { Limit = run.Device?.Limit?.Kind.Name() };
    }

    private static ComparedToken[] Tokens(RunView run) =>
        [.. (run.Report.Run?.Tokens ?? []).Select((token, i) => new ComparedToken(i, token.Kind, token.EndNs - token.StartNs, token.ReadBytes, token.WriteBytes, token.IoBusyNs))];

    private static ComparedSetting[] Settings(RunView[] runs)
    {
        ComparedSetting[] settings =
        [
            Setting("device", run => run.Device?.Device ?? "none"),
            Setting("format", run => run.Report.Source.Format),
            Setting("counted action", run => run.Report.Settings.CountedAction),
            Setting("filters", run => run.Report.Settings.Filters.Length == 0 ? "none" : string.Join("; ", run.Report.Settings.Filters)),
            Setting("bin width", run => Units.Duration(run.Report.Time.WidthNs)),
            Setting("losses", run => run.Report.HasLosses ? "yes" : "none"),
            Fact("framework", facts => facts.Framework),
            Fact("model", facts => facts.Model),
            Fact("element type", facts => facts.Dtype),
            Fact("batch", facts => Number(facts.BatchSize)),
            Fact("prompt tokens", facts => Number(facts.PromptTokens)),
            Fact("generated tokens", facts => Number(facts.GeneratedTokens)),
            Setting("number of tokens", run => run.Report.Run?.Tokens.Count(token => token.Kind is SpanKind.Prefill or SpanKind.Decode) is > 0 and { } tokens ? Number(tokens)! : ComparedSetting.Unknown) with { IsOfRun = true },
            Fact("weights on disk", facts => Number(facts.WeightsOnDiskPercent, " %")),
            Fact("KV cache on disk", facts => Number(facts.CacheOnDiskPercent, " %")),
        ];
        // What no run says is not a setting.
        return [.. settings.Where(setting => setting.Values.Any(value => value != ComparedSetting.Unknown))];

        ComparedSetting Fact(string name, Func<RunFacts, string?> of) =>
            Setting(name, run => (run.Report.Run is { } known ? of(known.Facts) : null) ?? ComparedSetting.Unknown) with { IsOfRun = true };

        static string? Number(int? value, string unit = "") => value is { } number ? number.ToString(CultureInfo.InvariantCulture) + unit : null;

        ComparedSetting Setting(string name, Func<RunView, string> of)
        {
            string[] values = [.. runs.Select(of)];
            return new ComparedSetting(name, values, values.Distinct().Count() > 1);
        }
    }
}

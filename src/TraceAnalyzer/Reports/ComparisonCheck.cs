using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports;

/// <summary>
/// Checks a comparison that was saved, which may have been edited, as <see cref="ReportCheck"/> checks a report: what follows may rely on an entry per run
/// wherever there is one, on names that are there, and on series that fit their axes.
/// </summary>
/// <param name="name">What to call the comparison.</param>
internal sealed class ComparisonCheck(string name)
{
    private const int MaxBins = 4_000_000;
    private const int MaxSpanBins = 1_000_000;

    /// <summary>Checks the numbers of the JSON, whatever they are.</summary>
    /// <exception cref="TraceException">One is out of range.</exception>
    public void CheckNumbers(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            if (member.Name != "reports" || member.Value.ValueKind != JsonValueKind.Array)
            {
                new ReportCheck(name, "$." + member.Name, "comparison").CheckNumbers(member.Value);
                continue;
            }

            int run = 0;
            foreach (JsonElement report in member.Value.EnumerateArray())
                new ReportCheck(name, Place("$.reports", run++), "comparison").CheckNumbers(report);
        }
    }

    /// <summary>Checks what belongs together.</summary>
    /// <exception cref="TraceException">It does not.</exception>
    public void Check(ComparisonReport comparison)
    {
        int runs = comparison.Runs.Length;
        Require(runs is >= ComparisonReport.MinRuns and <= ComparisonReport.MaxRuns, "$.runs", "two to twelve", Text(runs));
        if (comparison.Reports.Length == 0)
            throw new TraceException($"{name} was saved by an older build, without what its figures are drawn from: compare the runs' reports again");
        CheckLength(comparison.Reports.Length, runs, "$.reports");
        for (int run = 0; run < runs; run++)
            Check(comparison.Runs[run], comparison.Reports[run], run);
        Require(comparison.Runs.Select(run => run.Label).Distinct().Count() == runs, "$.runs", "labels that differ", "two alike");
        CheckEach(comparison.Settings, "$.settings", setting => setting.Values.Length, runs);
        CheckEach(comparison.Metrics, "$.metrics", metric => metric.Runs.Length, runs);
        CheckEach(comparison.Distributions, "$.distributions", distribution => distribution.Runs.Length, runs);
        Require(comparison.Tokens.Length == 0 || comparison.Tokens.Length == runs, "$.tokens", "an entry per run", Text(comparison.Tokens.Length));
        for (int i = 0; i < comparison.Findings.Length; i++)
            Require(comparison.Findings[i]?.Run is { } run && run >= 1 && run < runs, Place("$.findings", i) + ".run", "the index of a run after the first", Text(comparison.Findings[i]?.Run ?? -1));
        for (int i = 0; i < comparison.Bandwidth.Length; i++)
            Check(comparison.Bandwidth[i], runs, Place("$.bandwidth", i));
        Require(comparison.Bandwidth.Select(bandwidth => (bandwidth.Class, bandwidth.Alignment)).Distinct().Count() == comparison.Bandwidth.Length, "$.bandwidth", "each class and alignment once", "one twice");
    }

    private void Check(ComparedRun run, TraceReport report, int index)
    {
        string place = Place("$.reports", index);
        Require(run.DurationNs >= 0, Place("$.runs", index) + ".durationNs", "a time that is not negative", Text(run.DurationNs));
        string[] devices = run.Device is { } device ? [device] : [];
        Require(report.Devices.Select(found => found.Device).SequenceEqual(devices), place + ".devices", "the device that is compared", string.Join(", ", report.Devices.Select(found => found.Device)));
        new ReportCheck(name, place, "comparison").Check(report);
    }

    private void Check(AlignedBandwidth bandwidth, int runs, string path)
    {
        Require(bandwidth.Class.MovesData(), path + ".class", "read or write", bandwidth.Class.Name());
        bool hasSpans = bandwidth.Alignment is RunAlignment.Phase or RunAlignment.Token;
        Require(hasSpans == bandwidth.Spans is not null, path + ".spans", "spans by phase and by token only", bandwidth.Alignment.ToString());
        CheckLength(bandwidth.BinWidthNs.Length, hasSpans ? 0 : runs, path + ".binWidthNs");
        CheckLength(bandwidth.BytesPerSecond.Length, runs, path + ".bytesPerSecond");
        Require(Array.TrueForAll(bandwidth.BinWidthNs, width => width >= 0), path + ".binWidthNs", "widths that are not negative", "a negative one");
        long bins = MaxBins;
        if (bandwidth.Spans is { } spans)
        {
            CheckEach(spans, path + ".spans", span => span.DurationNs.Length, runs);
            Require(Array.TrueForAll(spans, span => span.Bins is >= 1 and <= MaxSpanBins), path + ".spans", "1 to a million bins each", "another number");
            bins = Math.Min(bins, spans.Sum(span => (long)span.Bins));
        }

        for (int run = 0; run < runs; run++)
        {
            string place = Place(path + ".bytesPerSecond", run);
            Require(bandwidth.BytesPerSecond[run] is { } rates && rates.Length <= bins, place, string.Create(CultureInfo.InvariantCulture, $"at most {bins} rates"), "none or more");
            Require(Array.TrueForAll(bandwidth.BytesPerSecond[run], rate => rate >= 0), place, "rates that are not negative", "a negative one");
        }
    }

    private void CheckEach<T>(T[] entries, string path, Func<T, int> length, int runs)
    {
        for (int i = 0; i < entries.Length; i++)
            CheckLength(length(entries[i]), runs, Place(path, i));
    }

    private void CheckLength(int length, int expected, string path) => Require(length == expected, path, Text(expected) + " entries", Text(length));

    private void Require(bool holds, string path, string expected, string found)
    {
        if (!holds)
            throw new TraceException($"{name} is not an intact comparison of this tool: {path}: expected {expected}, found {found}");
    }

    private static string Place(string path, int i) => string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

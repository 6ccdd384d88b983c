using System.Collections.Concurrent;
using System.Globalization;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>
/// What the tool claims of a run whose notes are hidden from it, against the notes: each claim must hold as often as it says. The counts are printed, and
/// docs/analyses/ has them. The captures are few, and many are of one program.
/// </summary>
[Trait("Kind", "capture")]
public sealed class CalibrationTests(ITestOutputHelper output)
{
    /// <summary>A found start is right if it is off by no more than this share of the median pass.</summary>
    private const double RightWithin = 0.05;

    private const string GpuLog = "in the GPU log";

    private static readonly ConcurrentDictionary<(string Capture, string Hidden), Lazy<TraceReport>> s_reports = new();
    private static readonly ConcurrentDictionary<bool, Lazy<CalibrationCapture[]>> s_captures = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = [Captures.Needs, Captures.Shared])]
    public void Passes_begin_where_they_are_found_as_often_as_their_confidence_says(bool withShared)
    {
        (CalibrationCapture Capture, PassDetection Found, double Right)[] all =
        [
            .. from capture in All(withShared)
               let found = Report(capture, nameof(CalibrationCapture.WithoutLogs))?.Detection
               where found is not null
               select (capture, found, RightShare(capture, found)),
        ];
        output.WriteLine("capture | kind | passes | noted | median | score | starts within 5 % of the median | end");
        foreach (var (capture, found, right) in all.OrderByDescending(each => each.Found.Score))
            Line($"{capture.Name} | {found.Kind} | {found.PassStartNs.Length} | {NotedStarts(capture, found).Length} | {found.MedianPassNs / 1e9:F3} s | {found.Score:F3} | {right:P0} | {IsRightEnd(capture, found)}");

        foreach (var alike in all.GroupBy(each => each.Found.Score >= PassCalibration.Regular))
        {
            double[] rights = [.. alike.Select(each => each.Right)];
            bool[] ends = [.. alike.Select(each => IsRightEnd(each.Capture, each.Found)).OfType<bool>()];
            double claimed = alike.Average(each => each.Found.Confidence);
            // Each capture by the counts of the others: what would have been claimed of it before it was known.
            double unseen = rights.Average(right => (rights.Sum() - right) / rights.Length);
            Line($"{(alike.Key ? "regular" : "others")}: {rights.Length} captures, shares of right starts sum to {rights.Sum():F2}, right ends {ends.Count(isRight => isRight)} of {ends.Length}; claimed {claimed:F2}, by the other captures {unseen:F2}, right {rights.Average():F2}");
            Assert.True(rights.Average() >= claimed - OneOf(rights.Length, withShared), $"claimed {claimed:F3}, right {rights.Average():F3}");
            Assert.True(rights.Average() >= unseen, $"by the other captures {unseen:F3}, right {rights.Average():F3}");
            if (withShared)
            {
                CalibrationCount count = alike.Key ? PassCalibration.OfRegular : PassCalibration.OfOthers;
                Assert.Equal((count.Captures, count.RightStarts), (rights.Length, Math.Round(rights.Sum(), 2)));
                Assert.True(!alike.Key || (count.Ends, count.RightEnds) == (ends.Length, ends.Count(isRight => isRight)), "ends");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = [Captures.Needs, Captures.Shared])]
    public void What_is_no_language_model_has_no_passes_over_weights_or_a_cache(bool withShared)
    {
        foreach (CalibrationCapture capture in All(withShared).Where(capture => !capture.IsInference))
        {
            RunReport? run = Report(capture, nameof(CalibrationCapture.WithoutLogs));
            Line($"{capture.Name}: {run?.Detection?.Kind.ToString() ?? "no passes"}");
            Assert.True(run?.Detection is null or { Kind: PassKind.Unknown }, capture.Name);
            Assert.DoesNotContain(run?.Phases ?? [], phase => phase.Source == SpanUseReport.FoundInTrace && phase.Name is "prefill" or "decode" or "write-out");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = [Captures.Needs, Captures.Shared])]
    public void Phases_found_in_the_trace_have_the_borders_that_they_claim(bool withShared)
    {
        var cases = new List<(string Name, double Confidence, bool IsRight)>();
        output.WriteLine("capture | phase | start off by | end off by | median pass | confidence");
        foreach (CalibrationCapture capture in All(withShared).Where(capture => capture is { IsInference: true, StartNs.Length: > 1, EndNs: not null }))
        {
            if (Report(capture, nameof(CalibrationCapture.WithoutLogs)) is not { Detection: { } found } run)
                continue;
            foreach (SpanUseReport phase in run.Phases.Where(phase => phase.Source == SpanUseReport.FoundInTrace && phase.Name is "prefill" or "decode"))
            {
                (long startNs, long endNs) = phase.Name == "prefill" ? (capture.StartNs[0], capture.StartNs[1]) : (capture.StartNs[1], capture.EndNs!.Value);
                double start = (phase.StartNs - startNs) / (double)found.MedianPassNs;
                double end = (phase.EndNs - endNs) / (double)found.MedianPassNs;
                Line($"{capture.Name} | {phase.Name} | {(phase.StartNs - startNs) / 1e6:F0} ms | {(phase.EndNs - endNs) / 1e6:F0} ms | {found.MedianPassNs / 1e9:F3} s | {phase.Confidence:F2}");
                cases.Add((phase.Name, phase.Confidence!.Value, Math.Max(Math.Abs(start), Math.Abs(end)) <= RightWithin));
            }
        }

        foreach (var phase in cases.GroupBy(each => each.Name))
        {
            double claimed = phase.Average(each => each.Confidence);
            double held = phase.Average(each => each.IsRight ? 1.0 : 0.0);
            Line($"{phase.Key}: both borders right in {phase.Count(each => each.IsRight)} of {phase.Count()}, claimed {claimed:F2}");
            Assert.True(held >= claimed - OneOf(phase.Count(), withShared), $"{phase.Key}: claimed {claimed:F3}, right {held:F3}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = [Captures.Needs, Captures.Shared])]
    public void Times_of_a_log_are_as_far_off_as_they_claim_at_most(bool withShared)
    {
        var cases = new List<(string Kind, long ErrorNs, long ClaimedNs)>();
        output.WriteLine("capture | what | off by | stated uncertainty");
        foreach (CalibrationCapture capture in All(withShared).Where(capture => capture is { IsInference: true, StartNs.Length: > 1, EndNs: not null }))
        {
            RunReport? run = Report(capture, nameof(CalibrationCapture.WithoutTimes));
            foreach (SpanUseReport phase in (run?.Phases ?? []).Where(phase => phase.UncertaintyNs is not null))
            {
                (long startNs, long endNs) = phase.Name == "prefill" ? (capture.StartNs[0], capture.StartNs[1]) : (capture.StartNs[1], capture.EndNs!.Value);
                Add(phase.Name, Math.Max(Math.Abs(phase.StartNs - startNs), Math.Abs(phase.EndNs - endNs)), phase.UncertaintyNs!.Value);
            }

            if (run is { TokenUncertaintyNs: { } claimed } && run.Tokens.Length == capture.StartNs.Length)
                Add("tokens", run.Tokens.Zip(capture.StartNs, (token, startNs) => Math.Abs(token.StartNs - startNs)).Max(), claimed);

            // The clocks are joined, so that the GPU log's times are the trace's.
            if (Report(capture, nameof(CalibrationCapture.Whole)) is { Logged: { UncertaintyNs: { } off } logged, Clock: not null } && logged.Phases.FirstOrDefault(phase => phase.Kind == SpanKind.Prefill) is { } first)
                Add(GpuLog, Math.Abs(first.StartNs - capture.StartNs[0]), off);

            void Add(string what, long errorNs, long claimedNs)
            {
                Line($"{capture.Name} | {what} | {errorNs / 1e6:F0} ms | {claimedNs / 1e6:F0} ms");
                cases.Add((what == GpuLog ? GpuLog : "in the trace", errorNs, claimedNs));
            }
        }

        foreach (var kind in cases.GroupBy(each => each.Kind))
            Holds(kind.Key, kind.Key == GpuLog ? 0.8 : 0.95, [.. kind.Select(each => (each.ErrorNs, each.ClaimedNs))]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = [Captures.Needs, Captures.Shared])]
    public void Clocks_are_as_far_off_as_they_claim_at_most(bool withShared)
    {
        var cases = new List<(long ErrorNs, long ClaimedNs)>();
        foreach (CalibrationCapture capture in All(withShared))
        {
            using var folder = RunFolder.Open(capture.Whole());
            long[] offsets = [.. (folder.Environment?.Anchors ?? []).Select(anchor => anchor.UnixNs - anchor.MonotonicNs)];
            // Each moment is hidden in turn. One that is left says nothing of its own error, and nothing is claimed.
            (long ErrorNs, long ClaimedNs)[] hidden =
            [
                .. Enumerable.Range(0, offsets.Length).Where(_ => offsets.Length > 2).Select(i =>
                {
                    long[] rest = [.. offsets.Where((_, other) => other != i).Order()];
                    return (Math.Abs(offsets[i] - rest[rest.Length / 2]), rest[^1] - rest[0]);
                }),
            ];
            cases.AddRange(hidden);
            if (hidden.Length > 0)
                Line($"{capture.Name} | {offsets.Length} moments, each left out | off by up to {hidden.Max(each => each.ErrorNs) / 1e3:F1} us | claimed {hidden.Min(each => each.ClaimedNs) / 1e3:F1} us at least | held {hidden.Count(each => each.ErrorNs <= each.ClaimedNs)}");
            if (offsets.Length > 0 && Report(capture, nameof(CalibrationCapture.WithoutTimes))?.Clock is { } clock)
                Line($"{capture.Name} | {clock.Anchor} | off by {Math.Abs(clock.OffsetNs - offsets.Order().ElementAt(offsets.Length / 2)) / 1e3:F1} us | claimed {(clock.UncertaintyNs is { } ns ? FormattableString.Invariant($"{ns / 1e3:F1} us") : "nothing")}");
        }

        Holds("moments left out", 0.9, cases);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = [Captures.Needs, Captures.Shared])]
    public void Without_the_calls_of_layers_no_stall_is_claimed(bool withShared)
    {
        int known = 0;
        foreach (CalibrationCapture capture in All(withShared))
        {
            if (Report(capture, nameof(CalibrationCapture.Whole)) is not { StallSource: not null } run)
                continue;
            known++;
            RunReport hidden = Report(capture, nameof(CalibrationCapture.WithoutTimes))!;
            SpanUseReport[] tokens = [.. run.Tokens.Where(token => token.StallNs is not null)];
            Line($"{capture.Name}: stalled {tokens.Sum(token => token.StallNs!.Value) / (double)tokens.Sum(token => token.EndNs - token.StartNs):P1} of the tokens' time; without layers.csv: nothing claimed");
            Assert.All(tokens, token => Assert.Equal(token.EndNs - token.StartNs, token.ComputeNs + token.StallNs + token.IdleNs));
            Assert.Null(hidden.StallSource);
            Assert.All(hidden.Tokens.Concat(hidden.Phases), span => Assert.Equal((null, null, null), (span.StallNs, span.ComputeNs, span.InCallsNs)));
        }

        Assert.NotEqual(0, known);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = [Captures.Needs, Captures.Shared])]
    public void Tokens_and_what_lies_outside_them_are_the_whole_trace(bool withShared)
    {
        foreach (CalibrationCapture capture in All(withShared))
        {
            foreach (string hidden in (string[])[nameof(CalibrationCapture.WithoutLogs), nameof(CalibrationCapture.WithoutTimes), nameof(CalibrationCapture.Whole)])
            {
                TraceReport report = TraceOf(capture, hidden);
                if (report.Run is not { Tokens.Length: > 0 } run)
                    continue;
                DeviceReport device = report.RunDevice!;
                SpanUseReport outside = run.OutsideTokens!;
                Line($"{capture.Name} | {run.TokenSource} | {run.Tokens.Length} | outside {outside.ReadRequests} reads, {outside.WriteRequests} writes");
                SpanUseReport[] all = [.. run.Tokens, outside];
                Assert.Equal((device.Read?.Overview.Requests ?? 0, device.Read?.Overview.Bytes ?? 0), (all.Sum(span => span.ReadRequests), all.Sum(span => span.ReadBytes)));
                Assert.Equal((device.Write?.Overview.Requests ?? 0, device.Write?.Overview.Bytes ?? 0), (all.Sum(span => span.WriteRequests), all.Sum(span => span.WriteBytes)));
                Assert.All(all, span => Assert.True(Math.Min(Math.Min(span.ReadRequests, span.ReadBytes), Math.Min(span.WriteRequests, span.WriteBytes)) >= 0, capture.Name));
            }
        }
    }

    // What is claimed is counted in all captures: the few of the repository may have one more that is wrong.
    private static double OneOf(int count, bool withShared) => withShared ? 0 : 1.0 / count;

    private void Holds(string what, double stated, List<(long ErrorNs, long ClaimedNs)> cases)
    {
        int held = cases.Count(each => each.ErrorNs <= each.ClaimedNs);
        Line($"{what}: held in {held} of {cases.Count}, stated {stated:P0}");
        Assert.NotEmpty(cases);
        Assert.True(held >= stated * cases.Count, $"{what}: held in {held} of {cases.Count}");
    }

    private static bool? IsRightEnd(CalibrationCapture capture, PassDetection found) =>
        capture.EndNs is { } endNs ? Math.Abs(found.EndNs - endNs) <= RightWithin * found.MedianPassNs : null;

    private static double RightShare(CalibrationCapture capture, PassDetection found)
    {
        long[] noted = NotedStarts(capture, found);
        return found.PassStartNs.Average(startNs => noted.Any(ns => Math.Abs(ns - startNs) <= RightWithin * found.MedianPassNs) ? 1.0 : 0.0);
    }

    // The prefill of a KV run reads nothing and is not a pass.
    private static long[] NotedStarts(CalibrationCapture capture, PassDetection found) => found.Kind == PassKind.KvCache ? [.. capture.StartNs.Skip(1)] : capture.StartNs;

    private static CalibrationCapture[] All(bool withShared) => s_captures.GetOrAdd(withShared, shared => new Lazy<CalibrationCapture[]>(() => CalibrationCapture.All(shared))).Value;

    // A folder of a trace alone has no report of a run.
    private static RunReport? Report(CalibrationCapture capture, string hidden) => TraceOf(capture, hidden).Run;

    private static TraceReport TraceOf(CalibrationCapture capture, string hidden) => s_reports.GetOrAdd((capture.Folder, hidden), _ => new Lazy<TraceReport>(() => Runs.RunAnalysis.Of(hidden switch
    {
        nameof(CalibrationCapture.Whole) => capture.Whole(),
        nameof(CalibrationCapture.WithoutTimes) => capture.WithoutTimes(),
        _ => capture.WithoutLogs(),
    }))).Value;

    private void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

using System.Globalization;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Comparison;

/// <summary>What changed between two runs as far as tokens, tensors and the GPU are known of both, and what did not.</summary>
internal sealed class RunFindings(RunView first, RunView other, int run, ComparisonThresholds thresholds)
{
    // From here on most of the data is read equally often, and the rest stands out.
    private const double MostShare = 0.8;
    private const double TwiceAsOften = 1.5;

    private readonly List<ComparisonFinding> _findings = [];

    /// <summary>The findings; a question that a run has no numbers for is not asked.</summary>
    public IReadOnlyList<ComparisonFinding> All()
    {
        FindTokenBytes("read", "reads", run => run.MeanReadBytes);
        FindTokenBytes("write", "writes", run => run.MeanWriteBytes);
        FindTokenTime();
        FindGpu();
        FindRepeats();
        return _findings;
    }

    private void FindTokenBytes(string @class, string verb, Func<TokenMeans, double> of)
    {
        if (TokenMeans.Of(first) is not { } left || TokenMeans.Of(other) is not { } right)
            return;
        double a = of(left);
        double b = of(right);
        // Journals are no part of a token.
        double least = thresholds.NegligibleShare * Math.Max(left.MeanReadBytes + left.MeanWriteBytes, right.MeanReadBytes + right.MeanWriteBytes);
        if (Math.Max(a, b) < least || Math.Max(a, b) == 0)
            return;
        bool same = Math.Abs(a - b) < thresholds.SameBytesShare * Math.Max(a, b);
        string statement = a == 0 || b == 0
            ? $"{(a == 0 ? other.Label : first.Label)} {verb} {Units.Bytes(Math.Max(a, b))} for a decoded token, the other run nothing"
            : same
                ? $"{other.Label} {verb} as much for a decoded token as {first.Label} ({Units.Bytes(b)}, {Units.Change(b / a, "more", "less", "much")})"
                : $"{other.Label} {verb} {Units.Bytes(b)} for a decoded token against {Units.Bytes(a)}: {Units.Change(b / a, "more", "less", "much")}";
        Add($"token-{@class}-bytes", same, statement, $"mean bytes of a decoded token differ by {Units.Share(thresholds.SameBytesShare)} or more",
            new FindingEvidence($"bytes {(@class == "read" ? "read" : "written")} for a decoded token, mean", Unit.Bytes, a, b),
            new FindingEvidence("decoded tokens", Unit.Count, left.Tokens, right.Tokens));
    }

    private void FindTokenTime()
    {
        if (TokenMeans.Of(first) is not { MeanNs: > 0 } left || TokenMeans.Of(other) is not { MeanNs: > 0 } right)
            return;
        double ratio = right.MeanNs / left.MeanNs;
        bool same = Math.Max(ratio, 1 / ratio) < thresholds.RateRatio;
        string times = $"{Units.Duration(right.MeanNs)} against {Units.Duration(left.MeanNs)}";
        Add("token-time", same,
            same ? $"a decoded token takes about as long in both runs ({times})" : $"a decoded token takes {(ratio > 1 ? "more" : "less")} time in {other.Label}: {times}, {Units.Of(ratio, Unit.Ratio)}",
            $"mean times of a decoded token differ by a factor of {Number(thresholds.RateRatio)} or more",
            new FindingEvidence("time of a decoded token, mean", Unit.Nanoseconds, left.MeanNs, right.MeanNs));
    }

    private void FindGpu()
    {
        if (first.Report.Run?.Gpu?.MeanPercent is not { } left || other.Report.Run?.Gpu?.MeanPercent is not { } right)
            return;
        bool same = Math.Abs(left - right) < 100 * thresholds.ShareDifference;
        string both = string.Create(CultureInfo.InvariantCulture, $"{right:0.0} % against {left:0.0} %");
        Add("gpu", same,
            same ? $"the GPU is used about as much in both runs ({both})" : $"the GPU is used {(right > left ? "more" : "less")} in {other.Label}: {both}",
            $"mean utilisations differ by {Units.Count(thresholds.ShareDifference * 100)} percentage points or more",
            new FindingEvidence("GPU utilisation, mean", Unit.Share, left / 100, right / 100));
    }

    // A tied embedding that a framework loads as input and as output layer is read twice in each pass.
    private void FindRepeats()
    {
        if (Repeats.Of(first) is not { } left || Repeats.Of(other) is not { } right)
            return;
        bool same = Math.Abs(left.Share - right.Share) < thresholds.NegligibleShare;
        if (same && Math.Max(left.Share, right.Share) < thresholds.NegligibleShare)
            return;
        Add("read-repeats", same,
            same
                ? $"in both runs a part of the data is read more often than the rest: {left.Describe(first)}; {right.Describe(other)}"
                : $"{right.Describe(other)}; {left.Describe(first)}",
            $"the shares of the touched data that are read {Number(TwiceAsOften)} times as often as the rest, or more, differ by {Units.Share(thresholds.NegligibleShare)} or more",
            new FindingEvidence("share of the data read more often", Unit.Share, left.Share, right.Share),
            new FindingEvidence("reads of most sectors", Unit.Count, left.Usual, right.Usual),
            new FindingEvidence("reads of the others, mean", Unit.Count, left.Often, right.Often));
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private void Add(string name, bool same, string statement, string rule, params FindingEvidence[] evidence) =>
        _findings.Add(new ComparisonFinding(name, run, same ? ComparisonVerdict.Same : ComparisonVerdict.Different, statement, evidence, rule));

    /// <summary>Data that is read more often than nearly all of the rest.</summary>
    /// <param name="Share">Its share of the touched sectors.</param>
    /// <param name="Usual">Reads of a sector of the rest.</param>
    /// <param name="Often">Reads of one of its own, mean; 0 if there is none.</param>
    /// <param name="Tensors">The tensors that it is, as far as known.</param>
    private sealed record Repeats(double Share, long Usual, double Often, string[] Tensors)
    {
        /// <summary>Null unless nearly all touched sectors are read equally often, or more often yet.</summary>
        public static Repeats? Of(RunView run)
        {
            if (run.Operation("read")?.SectorAccess is not { Distribution.Length: > 0 } access)
                return null;
            AccessCount usual = access.Distribution.MaxBy(count => count.Sectors)!;
            AccessCount[] often = [.. access.Distribution.Where(count => count.Accesses >= TwiceAsOften * usual.Accesses)];
            if (usual.Sectors < MostShare * access.TouchedSectors)
                return null;
            long sectors = often.Sum(count => count.Sectors);
            double mean = sectors == 0 ? 0 : often.Sum(count => (double)count.Sectors * count.Accesses) / sectors;
            return new Repeats((double)sectors / access.TouchedSectors, usual.Accesses, mean, sectors == 0 ? [] : TensorsOf(run, usual.Accesses));
        }

        public string Describe(RunView run) => Share == 0
            ? $"{run.Label} reads no data more often than the rest"
            : $"{run.Label} reads {Units.Share(Share)} of its data {Units.Count(Often)} times, the rest {Units.Count(Usual)} times{(Tensors.Length == 0 ? "" : $" ({string.Join(", ", Tensors)})")}";

        private static string[] TensorsOf(RunView run, long usual) =>
            [.. (run.Report.Run?.Tensors ?? []).Where(tensor => tensor.Reads >= TwiceAsOften * usual).Select(tensor => tensor.Tensor ?? tensor.File).Take(3)];
    }
}

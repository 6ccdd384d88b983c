using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Is the same part of the data read more often than the rest? A tied embedding that a framework loads as input and as output layer is read twice in each pass.</summary>
public sealed class ReadRepeats() : PairRule("read-repeats", "Equally much of the data is read more often than the rest")
{
    // From here on most of the data is read equally often, and the rest stands out.
    private const double MostShare = 0.8;
    private const double MoreOften = 1.5;
    private const int MostTensors = 3;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"different if the shares of the touched data that are read {Units.Count(MoreOften)} times as often as the rest, or more, differ by {Points(thresholds.NegligibleShare)} or more; asked where at least {Units.Share(MostShare)} of the sectors are read equally often";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (Repeats.Of(facts.First) is not { } first || Repeats.Of(facts.Other) is not { } other)
            return null;
        bool same = Math.Abs(first.Share - other.Share) < thresholds.NegligibleShare;
        if (same && Math.Max(first.Share, other.Share) < thresholds.NegligibleShare)
            return null;
        return Answer(
            same,
            $"{(same ? "A similar part of the data is read more often than the rest in both runs: " : "")}{other.Describe(facts.Other)}; {first.Describe(facts.First)}.",
            Evidence.OfBoth("share of the data read more often", Unit.Share, first.Share, other.Share),
            Evidence.OfBoth("reads of most sectors", Unit.Count, first.Usual, other.Usual),
            Evidence.OfBoth("mean reads of the others", Unit.Count, first.Often, other.Often));
    }

    /// <summary>Data that is read more often than nearly all of the rest.</summary>
    /// <param name="Share">Its share of the touched sectors.</param>
    /// <param name="Usual">Reads per sector of the rest.</param>
    /// <param name="Often">Mean reads per sector of its own; 0 if there is none.</param>
    /// <param name="Tensors">The tensors that it is, as far as known.</param>
    private sealed record Repeats(double Share, long Usual, double Often, string[] Tensors)
    {
        /// <summary>Null unless nearly all touched sectors are read equally often.</summary>
        public static Repeats? Of(RunView run)
        {
            if (run.Device?.Read?.SectorAccess is not { Distribution.Length: > 0 } access)
                return null;
            AccessCount usual = access.Distribution.MaxBy(count => count.Sectors)!;
            if (usual.Sectors < MostShare * access.TouchedSectors)
                return null;
            AccessCount[] often = [.. access.Distribution.Where(count => count.Accesses >= MoreOften * usual.Accesses)];
            long sectors = often.Sum(count => count.Sectors);
            double mean = sectors == 0 ? 0 : often.Sum(count => (double)count.Sectors * count.Accesses) / sectors;
            return new Repeats((double)sectors / access.TouchedSectors, usual.Accesses, mean, sectors == 0 ? [] : TensorsOf(run, usual.Accesses));
        }

        public string Describe(RunView run) => Share == 0
            ? $"{run.Label} reads no data {Units.Count(MoreOften)} times as often as the rest"
            : $"{run.Label} reads {Units.Share(Share)} of the touched data {Units.Count(Often)} times, most of the rest {Units.Count(Usual)} times{(Tensors.Length == 0 ? "" : $" ({string.Join(", ", Tensors)})")}";

        private static string[] TensorsOf(RunView run, long usual) =>
            [.. (run.Report.Run?.Tensors ?? []).Where(tensor => tensor.Reads >= MoreOften * usual).Select(tensor => tensor.Tensor ?? tensor.File).Take(MostTensors)];
    }
}

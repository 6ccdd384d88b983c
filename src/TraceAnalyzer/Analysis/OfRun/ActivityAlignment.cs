using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Runs.Gpu;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// Puts a GPU log on the trace's clock by what both show: where computing follows reading, GPU utilisation and bytes read rise and fall together,
/// and the cross-correlation of the two over all offsets has its greatest value at the true one (docs/analyses/clock-and-gpu.md). It is only
/// taken if nothing else comes near that value: a run that reads and computes evenly looks alike at many offsets.
/// </summary>
/// <param name="ShiftNs">What to add to a time of the trace to get local wall-clock time, in nanoseconds since 1970.</param>
/// <param name="UncertaintyNs">How far off that may be: as far as the correlation stays within a fifth of its height, and a sampling period.</param>
/// <param name="Correlation">Pearson's correlation at that offset, -1 to 1.</param>
/// <param name="NextCorrelation">The greatest one away from that peak.</param>
internal sealed record ActivityAlignment(long ShiftNs, long UncertaintyNs, double Correlation, double NextCorrelation)
{
    // Weaker ones are found by chance in runs that read and compute evenly (0.27 to 0.32 in four captures).
    private const double LeastCorrelation = 0.4;

    // The next best offset must be at most so good. 0.58 to 0.82 where the best was right, 0.88 and more where it was wrong.
    private const double GreatestRival = 0.85;

    // Fewer samples within the trace correlate with anything.
    private const int LeastSamples = 12;

    // Log and trace were recorded of the same run: nearly all of the shorter lies within the longer.
    private const double LeastOverlap = 0.9;

    private const long MostSteps = 50_000_000;

    /// <summary>True if one offset stands out.</summary>
    public bool IsClear => Correlation >= LeastCorrelation && NextCorrelation <= GreatestRival * Correlation;

    /// <summary>Finds the offset; null if there are too few samples, nothing is read, or nothing changes.</summary>
    /// <param name="samples">The samples of the GPU log.</param>
    /// <param name="read">Bytes read over time.</param>
    /// <param name="firstNs">Start of the trace.</param>
    /// <param name="lastNs">End of the trace.</param>
    public static ActivityAlignment? Find(IReadOnlyList<GpuSample> samples, ThroughputAccumulator read, long firstNs, long lastNs)
    {
        if (samples.Count < LeastSamples || lastNs <= firstNs)
            return null;
        long[] localNs = [.. samples.Select(sample => (sample.LocalTime - DateTime.UnixEpoch).Ticks * 100)];
        double[] percent = [.. samples.Select(sample => sample.UtilizationPercent)];
        long periodNs = Math.Max(1_000_000, localNs.Zip(localNs.Skip(1), (sample, next) => next - sample).Order().ElementAt(localNs.Length / 2 - 1));
        long overlapNs = (long)(LeastOverlap * Math.Min(lastNs - firstNs, localNs[^1] - localNs[0]));
        // Shifts are differences of clocks: what is subtracted from a sample's time.
        long from = localNs[0] - lastNs + overlapNs;
        long to = localNs[^1] - firstNs - overlapNs;
        if (to <= from)
            return null;

        long stepNs = Math.Max(periodNs / 8, (long)((double)(to - from) * localNs.Length / MostSteps));
        double[] correlations = new double[((to - from) / stepNs) + 1];
        var bytes = new RunningBytes(read);
        for (int i = 0; i < correlations.Length; i++)
            correlations[i] = Correlate(localNs, percent, bytes, from + (i * stepNs), periodNs, firstNs, lastNs);
        return Peak(correlations, from, stepNs, periodNs);
    }

    private static ActivityAlignment? Peak(double[] correlations, long from, long stepNs, long periodNs)
    {
        int best = 0;
        for (int i = 1; i < correlations.Length; i++)
        {
            if (!(correlations[i] <= correlations[best]))
                best = i;
        }

        double[] known = [.. correlations.Where(value => !double.IsNaN(value)).Order()];
        if (known.Length == 0 || double.IsNaN(correlations[best]))
            return null;
        double middle = known[known.Length / 2];
        double height = correlations[best] - middle;
        (int first, int last) = Lobe(correlations, best, middle + (0.8 * height));
        (int rivalsBefore, int rivalsAfter) = Lobe(correlations, best, middle + (0.5 * height));
        double next = correlations.Where((value, i) => (i < rivalsBefore || i > rivalsAfter) && !double.IsNaN(value)).DefaultIfEmpty(-1).Max();
        return new ActivityAlignment(from + (best * stepNs), (Math.Max(best - first, last - best) * stepNs) + periodNs, correlations[best], next);
    }

    private static (int First, int Last) Lobe(double[] correlations, int peak, double least)
    {
        int first = peak;
        int last = peak;
        while (first > 0 && correlations[first - 1] >= least)
            first--;
        while (last < correlations.Length - 1 && correlations[last + 1] >= least)
            last++;
        return (first, last);
    }

    // A sample tells of the time before it. NaN if one of the two does not change.
    private static double Correlate(long[] localNs, double[] percent, RunningBytes bytes, long shiftNs, long periodNs, long firstNs, long lastNs)
    {
        int count = 0;
        (double x, double y, double xx, double yy, double xy) = (0, 0, 0, 0, 0);
        for (int i = 0; i < localNs.Length; i++)
        {
            long atNs = localNs[i] - shiftNs;
            if (atNs - periodNs < firstNs || atNs > lastNs)
                continue;
            double read = bytes.Until(atNs) - bytes.Until(atNs - periodNs);
            double gpu = percent[i];
            count++;
            x += gpu;
            y += read;
            xx += gpu * gpu;
            yy += read * read;
            xy += gpu * read;
        }

        if (count < LeastSamples)
            return double.NaN;
        double spread = Math.Sqrt((xx - (x * x / count)) * (yy - (y * y / count)));
        return spread > 0 ? (xy - (x * y / count)) / spread : double.NaN;
    }

    // Bytes up to a time, as MiB so that their squares keep their digits.
    private sealed class RunningBytes
    {
        private readonly long _originNs;
        private readonly double _widthNs;
        private readonly double[] _sums;

        public RunningBytes(ThroughputAccumulator read)
        {
            _originNs = read.Scale.OriginNs;
            (int Bin, long Requests, long Bytes)[] bins = [.. read.Bins];
            int last = bins.Select(bin => bin.Bin).DefaultIfEmpty(-1).Max();

            // Bins that must have their width may be very many.
            int factor = 1 + (last / ThroughputAccumulator.MaxAskedBins);
            _widthNs = (double)read.Scale.WidthNs * factor;
            _sums = new double[((last + 1L + factor - 1) / factor) + 1];
            foreach ((int bin, _, long bytes) in bins)
                _sums[(bin / factor) + 1] += bytes / (double)(1 << 20);
            for (int i = 1; i < _sums.Length; i++)
                _sums[i] += _sums[i - 1];
        }

        public double Until(long timeNs)
        {
            double bins = (timeNs - _originNs) / _widthNs;
            if (bins <= 0)
                return 0;
            int bin = (int)Math.Min(bins, _sums.Length - 1);
            return bin == _sums.Length - 1 ? _sums[^1] : _sums[bin] + ((_sums[bin + 1] - _sums[bin]) * (bins - bin));
        }
    }
}

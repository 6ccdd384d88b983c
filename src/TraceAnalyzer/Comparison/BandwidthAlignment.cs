using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Comparison;

/// <summary>Puts the bandwidth of runs on common axes: time since each run's first transfer, share of the run, phase by phase, token by token.</summary>
internal static class BandwidthAlignment
{
    /// <summary>Bins of the longest run by time, at most: what a figure shows.</summary>
    private const int MaxTimeBins = 250;

    /// <summary>Bins of each run by share.</summary>
    private const int ShareBins = 100;

    /// <summary>All alignments of reads and of writes.</summary>
    public static AlignedBandwidth[] Of(IReadOnlyList<RunView> runs)
    {
        Span[] spans = [.. runs.Select(SpanOf)];
        long longest = spans.Max(span => span.DurationNs);
        if (longest == 0)
            return [];

        double width = NiceWidth(longest / (double)MaxTimeBins);
        SpanAxis[] axes = [.. SpanAxis.Of(runs)];
        var result = new List<AlignedBandwidth>();
        foreach (OperationClass @class in OperationClasses.MovingData.Where(@class => runs.Any(run => run.Operation(@class) is not null)))
        {
            result.Add(Align(@class, RunAlignment.Time, [.. spans.Select(_ => width)]));
            result.Add(Align(@class, RunAlignment.Share, [.. spans.Select(span => span.DurationNs / (double)ShareBins)]));
            foreach (SpanAxis axis in axes)
            {
                result.Add(new AlignedBandwidth(@class, axis.Alignment, [], [.. runs.Select((run, i) => OverSpans(run, @class, axis.Segments[i]))]) { Spans = axis.Spans });
            }
        }

        return [.. result];

        AlignedBandwidth Align(OperationClass @class, RunAlignment alignment, double[] widths) =>
            new(@class, alignment, widths, [.. runs.Select((run, i) => OverRun(run, @class, spans[i], widths[i]))]);
    }

    /// <summary>First transfer and length of a run.</summary>
    public static Span SpanOf(RunView run) =>
        run.Transfers?.Overview is { } all ? new Span(all.FirstNs, all.DurationNs) : new Span(0, 0);

    // Nothing lies outside the run: what a bin has beyond its ends is moved inside.
    private static double[] OverRun(RunView run, OperationClass @class, Span span, double widthNs)
    {
        if (run.Operation(@class) is not { } operation || span.DurationNs == 0)
            return [];

        double[] rates = new double[Math.Max(1, (int)Math.Ceiling((span.DurationNs / widthNs) - 1e-9))];
        foreach ((double fromNs, double toNs, long bytes) in BinsOf(run, operation))
        {
            double from = Math.Clamp(fromNs - span.FirstNs, 0, span.DurationNs);
            double to = Math.Clamp(toNs - span.FirstNs, 0, span.DurationNs);
            Spread(rates, bytes, from / widthNs, to / widthNs);
        }

        for (int i = 0; i < rates.Length; i++)
            rates[i] /= widthNs / 1e9;
        return rates;
    }

    // What lies in none of the spans is left out.
    private static double[] OverSpans(RunView run, OperationClass @class, SpanSegment[] segments)
    {
        if (run.Operation(@class) is not { } operation || segments.Length == 0)
            return [];

        double[] rates = new double[segments.Max(segment => segment.FirstBin + segment.Bins)];
        foreach ((double fromNs, double toNs, long bytes) in BinsOf(run, operation))
        {
            foreach (SpanSegment segment in segments)
            {
                double from = Math.Max(fromNs, segment.FromNs);
                double to = Math.Min(toNs, segment.ToNs);
                if (to <= from)
                    continue;
                double toBins = segment.Bins / (double)(segment.ToNs - segment.FromNs);
                Spread(rates, bytes * (to - from) / (toNs - fromNs), segment.FirstBin + ((from - segment.FromNs) * toBins), segment.FirstBin + ((to - segment.FromNs) * toBins));
            }
        }

        foreach (SpanSegment segment in segments)
        {
            for (int i = 0; i < segment.Bins; i++)
                rates[segment.FirstBin + i] /= (segment.ToNs - segment.FromNs) / 1e9 / segment.Bins;
        }

        return rates;
    }

    private static IEnumerable<(double FromNs, double ToNs, long Bytes)> BinsOf(RunView run, OperationReport operation)
    {
        TimeBinning bins = run.Report.Time;
        long[] bytes = operation.Throughput.Bytes;
        for (int i = 0; i < Math.Min(bytes.Length, bins.Count); i++)
        {
            if (bytes[i] > 0)
                yield return (bins.OriginNs + (i * bins.WidthNs), bins.OriginNs + ((i + 1) * bins.WidthNs), bytes[i]);
        }
    }

    // Between two places measured in bins; what happens at one place (the very last nanosecond) goes into its bin.
    private static void Spread(double[] sums, double amount, double from, double to)
    {
        int first = Math.Clamp((int)from, 0, sums.Length - 1);
        int last = Math.Clamp((int)to, first, sums.Length - 1);
        double length = to - from;
        if (first == last || length <= 0)
        {
            sums[first] += amount;
            return;
        }

        for (int i = first; i <= last; i++)
        {
            double end = i == last ? to : i + 1;
            sums[i] += amount * (end - Math.Max(from, i)) / length;
        }
    }

    // 1, 2 or 5 times a power of ten nanoseconds, so that bins read well.
    private static double NiceWidth(double leastNs)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, leastNs))));
        foreach (int factor in (ReadOnlySpan<int>)[1, 2, 5])
        {
            if (factor * power >= leastNs)
                return factor * power;
        }

        return 10 * power;
    }

    /// <summary>Time of a run's transfers.</summary>
    /// <param name="FirstNs">The first, on the trace's clock.</param>
    /// <param name="DurationNs">From there to the last.</param>
    internal readonly record struct Span(long FirstNs, long DurationNs);
}

using System.Numerics;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// How far requests begin from the end of the one before them, and the distance between neighboring beginnings that occurs most. That is found by
/// J. Misra and D. Gries (Finding repeated elements, 1982): a distance of more than a ninth of the jumps is never missed, and its count is at most a ninth of them too low.
/// </summary>
internal sealed class JumpCounter
{
    private const int Candidates = 8;

    // 2^4 buckets a power of two: 3.1 %.
    private const int PrecisionBits = 4;

    private readonly LogHistogram _forwardSectors = new(PrecisionBits);
    private readonly LogHistogram _backwardSectors = new(PrecisionBits);
    private readonly long[] _strides = new long[Candidates];
    private readonly long[] _counts = new long[Candidates];

    /// <summary>Adds a request that does not begin where the one before it ended.</summary>
    /// <param name="jumpSectors">From that end to its beginning; not 0.</param>
    /// <param name="strideSectors">From the beginning of the one before to its own.</param>
    public void Add(long jumpSectors, long strideSectors)
    {
        if (jumpSectors > 0)
            _forwardSectors.Add(jumpSectors);
        else
            _backwardSectors.Add(-jumpSectors);

        int at = Array.IndexOf(_strides, strideSectors);
        if (at >= 0 && _counts[at] > 0)
        {
            _counts[at]++;
            return;
        }

        at = Array.IndexOf(_counts, 0);
        if (at >= 0)
        {
            (_strides[at], _counts[at]) = (strideSectors, 1);
            return;
        }

        for (int i = 0; i < Candidates; i++)
            _counts[i]--;
    }

    /// <summary>What all of several counted: devices beside each other, or one alone.</summary>
    public static JumpResult? ToResult(IReadOnlyList<JumpCounter> parts)
    {
        var forward = new LogHistogram(PrecisionBits);
        var backward = new LogHistogram(PrecisionBits);
        var distances = new LogHistogram(PrecisionBits);
        var strides = new Dictionary<long, long>();
        foreach (JumpCounter part in parts)
        {
            forward.Merge(part._forwardSectors);
            backward.Merge(part._backwardSectors);
            for (int i = 0; i < Candidates; i++)
                strides[part._strides[i]] = strides.GetValueOrDefault(part._strides[i]) + part._counts[i];
        }

        distances.Merge(forward);
        distances.Merge(backward);
        if (distances.Count == 0)
            return null;
        (long stride, long count) = strides.MaxBy(pair => (pair.Value, -Math.Abs(pair.Key)));
        return new JumpResult
        {
            Forward = forward.Count,
            Backward = backward.Count,
            DistanceP50Bytes = distances.Quantile(0.5) * BlockEvent.SectorBytes,
            DistanceP95Bytes = distances.Quantile(0.95) * BlockEvent.SectorBytes,
            RelativeError = distances.RelativeError,
            StrideBytes = stride * BlockEvent.SectorBytes,
            StrideAtLeast = count,
            Buckets = [.. Octaves(backward).Select(octave => new JumpBucket(-octave.UpTo, -octave.From, octave.Count)).Reverse(), .. Octaves(forward).Select(octave => new JumpBucket(octave.From, octave.UpTo, octave.Count))],
        };
    }

    // By powers of two: from 1, 2, 4 ... sectors up to below the next.
    private static IEnumerable<(long From, long UpTo, long Count)> Octaves(LogHistogram histogram)
    {
        long[] counts = new long[64];
        for (int bucket = histogram.Counts.First; bucket <= histogram.Counts.Last; bucket++)
            counts[BitOperations.Log2((ulong)LogHistogram.GreatestOf(bucket, PrecisionBits))] += histogram.Counts[bucket];
        for (int octave = 0; octave < counts.Length; octave++)
        {
            if (counts[octave] > 0)
                yield return ((1L << octave) * BlockEvent.SectorBytes, ((2L << octave) - 1) * BlockEvent.SectorBytes, counts[octave]);
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Statistics;

/// <summary>
/// A histogram of non-negative values with a bounded relative error, in the manner of HdrHistogram (G. Tene,
/// hdrhistogram.org): each power of two is cut into 2^<c>precisionBits</c> equal buckets, so a bucket is at most
/// 2^-<c>precisionBits</c> of its values wide and its middle is at most half that off. Values below
/// 2^<c>precisionBits</c> are exact. Count, sum, least and greatest are exact.
/// </summary>
internal sealed class LogHistogram(int precisionBits)
{
    // Values come high and low as they like, and seldom reach over many powers of two.
    private readonly CountWindow _counts = new(BucketOf(long.MaxValue, precisionBits) + 1, step: 64, growth: 1);

    /// <summary>Values added.</summary>
    public long Count { get; private set; }

    /// <summary>Least value; <see cref="long.MaxValue"/> if there is none.</summary>
    public long Min { get; private set; } = long.MaxValue;

    /// <summary>Greatest value; -1 if there is none.</summary>
    public long Max { get; private set; } = -1;

    /// <summary>Sum of the values.</summary>
    public Int128 Sum { get; private set; }

    /// <summary>Mean; NaN if there is none.</summary>
    public double Mean => Count == 0 ? double.NaN : (double)Sum / Count;

    /// <summary>Each power of two is cut into two to the power of this many buckets.</summary>
    public int PrecisionBits => precisionBits;

    /// <summary>Greatest relative error of <see cref="Quantile"/>.</summary>
    public double RelativeError => RelativeErrorOf(precisionBits);

    /// <summary>Counts by bucket.</summary>
    public CountWindow Counts => _counts;

    /// <summary>Adds a value of 0 or more.</summary>
    public void Add(long value)
    {
        _counts.Add(BucketOf(value, precisionBits), 1);
        Count++;
        Sum += value;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
    }

    /// <summary>Adds values of a bucket, each as its middle.</summary>
    public void AddAt(int bucket, long count)
    {
        if (count > 0)
            Add((long)MiddleOf(bucket, precisionBits), count);
    }

    /// <summary>Adds a value of 0 or more so many times, 1 or more.</summary>
    public void Add(long value, long count)
    {
        for (long left = count; left > 0; left -= uint.MaxValue)
            _counts.Add(BucketOf(value, precisionBits), (uint)Math.Min(left, uint.MaxValue));
        Count += count;
        Sum += (Int128)value * count;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
    }

    /// <summary>Adds the differences between neighbors of an ascending series, as <see cref="Add(long)"/> would one by one.</summary>
    public void AddSteps(ReadOnlySpan<long> ascending)
    {
        if (ascending.Length < 2)
            return;
        long least = Min;
        long greatest = Max;
        long last = ascending[0];
        foreach (long value in ascending[1..])
        {
            long step = value - last;
            last = value;
            _counts.Add(BucketOf(step, precisionBits), 1);
            least = Math.Min(least, step);
            greatest = Math.Max(greatest, step);
        }

        Min = least;
        Max = greatest;
        Count += ascending.Length - 1;
        Sum += (Int128)last - ascending[0];
    }

    /// <summary>Forgets all values.</summary>
    public void Clear()
    {
        _counts.Clear();
        Count = 0;
        Sum = 0;
        Min = long.MaxValue;
        Max = -1;
    }

    /// <summary>Adds all values of another histogram of the same precision.</summary>
    public void Merge(LogHistogram other)
    {
        _counts.Merge(other._counts);
        Count += other.Count;
        Sum += other.Sum;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>
    /// The least value that at least the share <paramref name="q"/> (0 to 1) of the values do not exceed, to within
    /// <see cref="RelativeError"/>. NaN if there are no values.
    /// </summary>
    public double Quantile(double q)
    {
        if (Count == 0)
            return double.NaN;
        long rank = Math.Clamp((long)Math.Ceiling(q * Count), 1, Count);
        long seen = 0;
        int bucket = _counts.First - 1;
        while (seen < rank)
            seen += _counts[++bucket];

        // The middle of the bucket that the rank falls into.
        return Math.Clamp(MiddleOf(bucket, precisionBits), Min, Max);
    }

    /// <summary>The bucket of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BucketOf(long value, int precisionBits)
    {
        int exponent = BitOperations.Log2((ulong)value | 1);
        int shift = exponent - precisionBits;
        return shift <= 0 ? (int)value : ((shift + 1) << precisionBits) + (int)((value >> shift) & ((1L << precisionBits) - 1));
    }

    /// <summary>Greatest value of a bucket.</summary>
    public static long GreatestOf(int bucket, int precisionBits)
    {
        int shift = (bucket >> precisionBits) - 1;
        if (shift <= 0)
            return bucket;
        long mantissa = (1L << precisionBits) | (bucket & ((1L << precisionBits) - 1));
        return (mantissa << shift) + ((1L << shift) - 1);
    }

    /// <summary>Middle of the values of a bucket.</summary>
    public static double MiddleOf(int bucket, int precisionBits) =>
        ((bucket == 0 ? 0.0 : GreatestOf(bucket - 1, precisionBits) + 1.0) + GreatestOf(bucket, precisionBits)) / 2;

    /// <summary>Greatest relative error of a quantile.</summary>
    public static double RelativeErrorOf(int precisionBits) => 1.0 / (2 << precisionBits);
}

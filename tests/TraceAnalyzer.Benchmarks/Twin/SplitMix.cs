namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): System.Random promises no fixed sequence between versions.</summary>
public struct SplitMix(ulong seed)
{
    private ulong state = seed;

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    public long Below(long limit)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (long)Math.BigMul(z, (ulong)limit, out _);
    }
}

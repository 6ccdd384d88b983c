using System.Collections.Immutable;
using System.Numerics;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Requests that begin or end within units of 4, 16, 32 and 64 KiB: the sizes of indirection units of drives.</summary>
internal sealed class WriteUnitAccumulator : IAccumulator<CountedIo, WriteUnitAccumulator>
{
    // Logarithms of sectors.
    private static readonly ImmutableArray<int> s_units = [3, 5, 6, 7];

    private readonly long[] _requests = new long[s_units.Length];
    private readonly long[] _bytes = new long[s_units.Length];
    private readonly long[] _units = new long[s_units.Length];

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        foreach (ref readonly CountedIo item in items)
        {
            if (item.LengthSectors == 0)
                continue;
            ulong end = item.Sector + item.LengthSectors;
            int aligned = BitOperations.TrailingZeroCount(item.Sector | end);
            for (int i = 0; i < s_units.Length; i++)
            {
                int shift = s_units[i];
                _units[i] += (long)(((end - 1) >> shift) - (item.Sector >> shift) + 1);
                if (aligned >= shift)
                    continue;
                _requests[i]++;
                _bytes[i] += item.LengthBytes;
            }
        }
    }

    /// <inheritdoc/>
    public void Merge(WriteUnitAccumulator other)
    {
        for (int i = 0; i < s_units.Length; i++)
        {
            _requests[i] += other._requests[i];
            _bytes[i] += other._bytes[i];
            _units[i] += other._units[i];
        }
    }

    /// <summary>By unit, ascending.</summary>
    public PartialWrites[] ToResult() =>
        [.. s_units.Select((shift, i) => new PartialWrites(BlockEvent.SectorBytes << shift, _requests[i], _bytes[i], _units[i] * (BlockEvent.SectorBytes << shift)))];
}

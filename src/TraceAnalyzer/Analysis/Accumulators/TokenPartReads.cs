using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Bytes of each part of the files (a tensor, or an expert in a stack) in each token, and their mean time.</summary>
/// <param name="tokens">The tokens.</param>
/// <param name="parts">Number of the parts of all files.</param>
internal sealed class TokenPartReads(TimeSpans tokens, int parts)
{
    /// <summary>Most cells of the table of tokens by parts, of 24 bytes each.</summary>
    public const int MaxCells = 1 << 21;

    private readonly long[] _starts = [.. tokens.All.Select(token => token.StartNs)];
    private readonly Row?[] _rows = (long)tokens.All.Count * parts > MaxCells ? [] : new Row?[tokens.All.Count];

    /// <summary>Number of tokens; 0 if there are too many, or none.</summary>
    public int Tokens => _rows.Length;

    /// <summary>Adds bytes.</summary>
    /// <param name="token">The token; the number of tokens for what lies in none.</param>
    /// <param name="part">The part.</param>
    /// <param name="timeNs">When, within the token.</param>
    /// <param name="bytes">How many.</param>
    public void Add(int token, int part, long timeNs, long bytes)
    {
        if (token >= _rows.Length)
            return;
        Row row = _rows[token] ??= new Row(new long[parts], new UInt128[parts]);
        row.Bytes[part] += bytes;
        row.Moments[part] += (UInt128)(ulong)(timeNs - _starts[token]) * (ulong)bytes;
    }

    /// <summary>Adds what another one saw.</summary>
    public void Merge(TokenPartReads other)
    {
        for (int token = 0; token < _rows.Length; token++)
        {
            if (other._rows[token] is not { } others)
                continue;
            Row row = _rows[token] ??= new Row(new long[parts], new UInt128[parts]);
            BinnedSeries.Add(row.Bytes, others.Bytes);
            for (int part = 0; part < parts; part++)
                row.Moments[part] += others.Moments[part];
        }
    }

    /// <summary>The parts with bytes in a token, by number.</summary>
    public IEnumerable<PartRead> Of(int token)
    {
        if (_rows[token] is not { } row)
            yield break;
        for (int part = 0; part < parts; part++)
        {
            if (row.Bytes[part] > 0)
                yield return new PartRead(part, row.Bytes[part], (long)(row.Moments[part] / (ulong)row.Bytes[part]));
        }
    }

    private sealed record Row(long[] Bytes, UInt128[] Moments);
}

/// <summary>What was read of a part while a token was made.</summary>
/// <param name="Part">The part.</param>
/// <param name="Bytes">Bytes, above 0.</param>
/// <param name="MeanNs">The mean time of these bytes, in nanoseconds since the token's start, rounded down.</param>
internal readonly record struct PartRead(int Part, long Bytes, long MeanNs);

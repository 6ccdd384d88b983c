using System.Globalization;

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>
/// What a run with the KV cache on disk reads and writes: the twin of the study's OPT-6.7B run at batch 64, with its answers in closed form.
/// </summary>
/// <remarks>
/// <para>
/// A row holds K or V of one token position of one layer for the whole batch. Prefill writes rows 0 to P-1 of every file; decode step
/// i = 0 to G-1 reads rows 0 to P+i-1 of every file and then writes row P+i, so it reads only what was written before.
/// Hence a file sees <c>sum(P+i) = G*P + G(G-1)/2</c> row reads and <c>P+G</c> row writes. With P = G = 256, 64 files and 4 requests a row:
/// 25,133,056 reads and 131,072 writes.
/// </para>
/// <para>
/// The study's closed form (25,067,520 reads, 130,560 writes) counts 255 steps i = 1 to 255, because prefill already yields the first token,
/// and no write in the last one. This run has one step more (step 0, 256 rows read) and writes after every step:
/// 25,067,520 + 256*256 and 130,560 + 2*256 requests.
/// </para>
/// </remarks>
/// <param name="Name">Stem of the file names.</param>
/// <param name="Layers">Layers; each has one file for K and one for V.</param>
/// <param name="PromptRows">P.</param>
/// <param name="GeneratedRows">G.</param>
/// <param name="Batches">How often the run is repeated, one after the other, over the same files.</param>
public sealed record KvRun(string Name, int Layers, int PromptRows, int GeneratedRows, int Batches)
{
    /// <summary>Batch 64 x hidden size 4096 x 2 bytes.</summary>
    public const int RowBytes = 512 * 1024;

    /// <summary>The read-ahead and device limit of the study's setup.</summary>
    public const int RequestBytes = 128 * 1024;

    public const int RequestsPerRow = RowBytes / RequestBytes;

    public const int SectorBytes = 512;

    public int Files => 2 * Layers;

    public long Reads => (long)Batches * Files * RequestsPerRow * ReadRowsPerFile;

    public long Writes => (long)Batches * Files * RequestsPerRow * (PromptRows + GeneratedRows);

    public long Requests => Reads + Writes;

    private long ReadRowsPerFile => ((long)GeneratedRows * PromptRows) + ((long)GeneratedRows * (GeneratedRows - 1) / 2);

    /// <summary>How often row <paramref name="row"/> of each file is read.</summary>
    public long ReadsOfRow(int row) => (long)Batches * (row < PromptRows ? GeneratedRows : GeneratedRows - 1 - (row - PromptRows));

    /// <summary>
    /// The run at a scale. Below 1 fewer tokens are generated (a tenth: 26), so less of the same files is touched; above 1 the whole run is
    /// repeated, so the trace grows and what it touches does not.
    /// </summary>
    /// <exception cref="FormatException">Neither <c>tiny</c>, nor a number from 0.01 to 1, nor a whole number from 1 to 100.</exception>
    public static KvRun AtScale(string scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        if (scale == "tiny")
            return new KvRun("kv-tiny", Layers: 1, PromptRows: 4, GeneratedRows: 4, Batches: 1);
        if (!double.TryParse(scale, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor)
            || factor is < 0.01 or > 100 || (factor > 1 && factor != Math.Floor(factor)))
        {
            throw new FormatException($"'{scale}' is no scale: expected 'tiny', a number from 0.01 to 1, or a whole number up to 100.");
        }

        int generated = factor < 1 ? (int)Math.Round(256 * factor) : 256;
        return new KvRun($"kv-{factor.ToString(CultureInfo.InvariantCulture)}x", Layers: 32, PromptRows: 256, generated, Batches: factor < 1 ? 1 : (int)factor);
    }
}

using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Tensors;

/// <summary>
/// What a run must read from and write to the device, by closed form, if nothing came from the page cache and nothing was read
/// that was not asked for. A trace differs from it by just these two: page-cache hits and read amplification.
/// Step 0 is the prefill, step i the pass that gives token i.
/// </summary>
/// <param name="Shape">The model.</param>
/// <param name="ElementBytes">Bytes of an element of weights and cache: 2 for FP16.</param>
/// <param name="Steps">Passes: the number of generated tokens, at least 1.</param>
public abstract record OffloadModel(ModelShape Shape, int ElementBytes, int Steps)
{
    /// <summary>False if the sizes ask for more bytes than can be counted (<see cref="SideRanges.MostBytes"/>): nothing else may then be asked of it.</summary>
    public bool IsPossible => GreatestBytes <= SideRanges.MostBytes;

    /// <summary>Bytes of the run at most, as a number that cannot overflow.</summary>
    protected abstract double GreatestBytes { get; }

    /// <summary>Bytes written before the first step.</summary>
    public abstract long SetupBytesWritten { get; }

    /// <summary>Bytes read over all steps.</summary>
    public long BytesRead => Enumerable.Range(0, Steps).Sum(BytesReadAtStep);

    /// <summary>Bytes written over all steps, without <see cref="SetupBytesWritten"/>.</summary>
    public long BytesWritten => Enumerable.Range(0, Steps).Sum(BytesWrittenAtStep);

    /// <summary>Bytes read in one step, 0 to <see cref="Steps"/> - 1.</summary>
    public abstract long BytesReadAtStep(int step);

    /// <summary>Bytes written in one step, 0 to <see cref="Steps"/> - 1.</summary>
    public abstract long BytesWrittenAtStep(int step);

    /// <summary>How often how many bytes are read over the run, by ascending count; what is never read is left out.</summary>
    public abstract IReadOnlyList<AccessShare> AccessDistribution();
}

/// <summary>The weights lie on disk: written once, then each pass reads them all, whatever the batch size.</summary>
/// <inheritdoc cref="OffloadModel"/>
public sealed record WeightOffload(ModelShape Shape, int ElementBytes, int Steps) : OffloadModel(Shape, ElementBytes, Steps)
{
    /// <summary>Bytes a pass reads: <see cref="ModelShape.ParametersOfPass"/>.</summary>
    public long PassBytes => Shape.ParametersOfPass * ElementBytes;

    /// <summary>Bytes of the model as the frameworks print it; the study predicts with it.</summary>
    public long ReportedBytes => Shape.ReportedParameters * ElementBytes;

    /// <inheritdoc/>
    protected override double GreatestBytes => 2.0 * Shape.ParametersOfPass * ElementBytes * (Steps + 1.0);

    /// <inheritdoc/>
    public override long SetupBytesWritten => PassBytes;

    /// <inheritdoc/>
    public override long BytesReadAtStep(int step) => PassBytes;

    /// <inheritdoc/>
    public override long BytesWrittenAtStep(int step) => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<AccessShare> AccessDistribution() => [new AccessShare(Steps, PassBytes)];
}

/// <summary>
/// The KV cache lies on disk, as FlexGen does it: the prefill writes the prompt's rows; each later step reads all rows up to and with its own,
/// and writes its own row, but for the last step, whose row nobody would read (FlexGen, <c>flex_opt.py</c>, load_cache and store_cache).
/// </summary>
/// <param name="Shape">The model.</param>
/// <param name="ElementBytes">Bytes of an element: 2 for FP16.</param>
/// <param name="BatchSize">Sequences generated together.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="GeneratedTokens">Generated tokens, at least 1.</param>
public sealed record KvCacheOffload(ModelShape Shape, int ElementBytes, int BatchSize, int PromptTokens, int GeneratedTokens)
    : OffloadModel(Shape, ElementBytes, GeneratedTokens)
{
    /// <summary>Bytes of one row: the keys, or the values, of one token position of one layer.</summary>
    public long RowBytes => BatchSize * Shape.KvRowElements * ElementBytes;

    /// <summary>Rows of each file: token positions, the last generated token's left out.</summary>
    public int Rows => PromptTokens + GeneratedTokens - 1;

    /// <summary>Bytes of the cache as the frameworks print it, with a row for every token.</summary>
    public long ReportedBytes => PositionBytes * (PromptTokens + GeneratedTokens);

    /// <inheritdoc/>
    protected override double GreatestBytes => 2.0 * Shape.Layers * Shape.KvRowElements * BatchSize * ElementBytes * (PromptTokens + (double)GeneratedTokens) * GeneratedTokens;

    /// <inheritdoc/>
    public override long SetupBytesWritten => 0;

    // Keys and values of every layer.
    private long PositionBytes => 2 * Shape.Layers * RowBytes;

    /// <summary>Rows of each file that a step reads.</summary>
    public int RowsReadAtStep(int step) => step == 0 ? 0 : PromptTokens + step;

    /// <summary>Rows of each file that a step writes.</summary>
    public int RowsWrittenAtStep(int step) => step == GeneratedTokens - 1 ? 0 : step == 0 ? PromptTokens : 1;

    /// <summary>How many steps read a row, 0 to <see cref="Rows"/> - 1: the earlier the row, the more.</summary>
    public int ReadsOfRow(int row) => Math.Min(GeneratedTokens - 1, Rows - row);

    /// <inheritdoc/>
    public override long BytesReadAtStep(int step) => RowsReadAtStep(step) * PositionBytes;

    /// <inheritdoc/>
    public override long BytesWrittenAtStep(int step) => RowsWrittenAtStep(step) * PositionBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<AccessShare> AccessDistribution() =>
    [
        .. Enumerable.Range(0, Rows)
            .GroupBy(ReadsOfRow)
            .Where(rows => rows.Key > 0)
            .OrderBy(rows => rows.Key)
            .Select(rows => new AccessShare(rows.Key, rows.Count() * PositionBytes)),
    ];
}

/// <summary>Data that is read equally often.</summary>
/// <param name="Reads">How often.</param>
/// <param name="Bytes">How many bytes.</param>
public readonly record struct AccessShare(int Reads, long Bytes);

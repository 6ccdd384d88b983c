namespace TraceAnalyzer.Reports.OfRun;

/// <summary>
/// In which order tokens read the tensors, beside the order in which the files have them (docs/analyses/model-files.md#order-of-access). A token's tensors are ordered by the mean time of the
/// bytes read of each; a stack of experts is as many tensors. Left out are tensors of which a token read less than an eighth, which the read-ahead of another touched, and those
/// shorter than 128 KiB, or than the largest request if that is less, which are read with a neighbor.
/// </summary>
public sealed record AccessOrder
{
    /// <summary>Tokens that read tensors.</summary>
    public required int Tokens { get; init; }

    /// <summary>Bytes that they read of the tensors that are ordered.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Bytes that they read of other tensors.</summary>
    public required long LeftOutBytes { get; init; }

    /// <summary>Requests that read while these tokens were made, of whatever file.</summary>
    public required long Requests { get; init; }

    /// <summary>The largest read of the trace, in bytes.</summary>
    public required long MaxRequestBytes { get; init; }

    /// <summary>Steps from a tensor to the next one that the token reads: within a layer, and from one layer to another.</summary>
    public required OrderSteps[] Steps { get; init; }

    /// <summary>What the tokens read, in the files as they are.</summary>
    public required LayoutUse AsLaidOut { get; init; }

    /// <summary>The same, if the tensors were laid out in the order in which the other half of the tokens uses them; null with one token, whose own order would fit it by construction.</summary>
    public LayoutUse? InOrderOfUse { get; init; }
}

/// <summary>Steps from one tensor to the next.</summary>
public sealed record OrderSteps
{
    /// <summary>True if they lead from one layer to another, or from or to a tensor of no layer; false if they stay in a layer.</summary>
    public required bool ChangesLayer { get; init; }

    /// <summary>How many there are.</summary>
    public required long Steps { get; init; }

    /// <summary>Those to a tensor that begins where the one before it ends, or less than 128 KiB behind it.</summary>
    public required long Sequential { get; init; }

    /// <summary>Those to a later place of the same file.</summary>
    public required long Forward { get; init; }

    /// <summary>Those to an earlier place of the same file.</summary>
    public required long Backward { get; init; }

    /// <summary>Those to another file.</summary>
    public required long OtherFile { get; init; }

    /// <summary>Bytes of the file between the end of a tensor and the start of the next, either way: the median of the forward and backward steps; null without them.</summary>
    public long? MedianJumpBytes { get; init; }

    /// <summary>The greatest of these; null without them.</summary>
    public long? MaxJumpBytes { get; init; }
}

/// <summary>How reads of tensors would go on, one after the other, in a layout of the files.</summary>
/// <param name="SequentialBytes">Bytes of tensors that begin where the tensor read before them ends, or less than 128 KiB behind it.</param>
/// <param name="Runs">Runs of tensors without a jump between them.</param>
/// <param name="Requests">The fewest requests of the largest size seen for these runs: each is taken as contiguous, read in order, and nothing is read twice or between runs.</param>
public sealed record LayoutUse(long SequentialBytes, long Runs, long Requests);

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What was read of a model's tensors by role, by token and by expert (docs/analyses/model-files.md, experts.md).</summary>
public sealed record ModelUse
{
    /// <summary>Bytes of all tensors in files.</summary>
    public required long TensorBytes { get; init; }

    /// <summary>Bytes that one pass has to read if nothing is cached, from the header alone; null if the model has experts and nothing says how many each token uses.</summary>
    public long? PassBytes { get; init; }

    /// <summary>By role, what is unmapped last.</summary>
    public required RoleUse[] Roles { get; init; }

    /// <summary>Bytes read by token and role; empty if no tokens are known, or there are too many.</summary>
    public TokenRoleUse[] TokenRoles { get; init; } = [];

    /// <summary>Bytes read by phase and role; empty if no phases are known.</summary>
    public PhaseRoleUse[] PhaseRoles { get; init; } = [];

    /// <summary>The experts of a mixture of experts; null if the model has none.</summary>
    public ExpertReport? Experts { get; init; }

    /// <summary>The order in which tokens read the tensors, beside their order in the files; null if no tokens are known, there are too many, or no file holds several of the tensors read.</summary>
    public AccessOrder? Order { get; init; }
}

/// <summary>What was read and written of the tensors of a role.</summary>
public sealed record RoleUse
{
    /// <summary>The role.</summary>
    public required TensorRole Role { get; init; }

    /// <summary>How many there are; 0 of what is not a tensor.</summary>
    public required int Tensors { get; init; }

    /// <summary>Their bytes; null if not known.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>Bytes read.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Bytes that were read at least once; null if not known.</summary>
    public long? DistinctReadBytes { get; init; }

    /// <summary>Bytes written.</summary>
    public required long WriteBytes { get; init; }
}

/// <summary>Bytes read of a role while a token was made.</summary>
/// <param name="Token">The token's number, 0 being the prefill; null for what was read outside of all tokens.</param>
/// <param name="Role">The role.</param>
/// <param name="ReadBytes">Bytes read.</param>
public sealed record TokenRoleUse(int? Token, TensorRole Role, long ReadBytes);

/// <summary>Bytes read of a role in a phase.</summary>
/// <param name="Phase">The phase's name; null for what was read outside of all phases.</param>
/// <param name="Role">The role.</param>
/// <param name="ReadBytes">Bytes read.</param>
public sealed record PhaseRoleUse(string? Phase, TensorRole Role, long ReadBytes);

/// <summary>Reads of a model's experts.</summary>
public sealed record ExpertReport
{
    /// <summary>Each expert of each layer, by layer and number.</summary>
    public required ExpertUse[] Experts { get; init; }

    /// <summary>True if the numbers below are of what was read while tokens were made; false if of the whole trace, loading included, as no tokens are known or nothing was read in them.</summary>
    public required bool OfTokens { get; init; }

    /// <summary>The fewest experts that hold half of the bytes read of all.</summary>
    public required int HoldHalf { get; init; }

    /// <summary>The same for 80 %.</summary>
    public required int Hold80Percent { get; init; }

    /// <summary>The same for 95 %.</summary>
    public required int Hold95Percent { get; init; }

    /// <summary>Experts of which nothing was read.</summary>
    public required int NeverRead { get; init; }

    /// <summary>Fetches: tokens in which at least an eighth of an expert was read, summed over experts; null if no tokens are known.</summary>
    public long? Fetches { get; init; }

    /// <summary>Requests that touch experts while tokens are made, over the fetches; null without fetches.</summary>
    public double? RequestsPerFetch { get; init; }

    /// <summary>Pieces of the file that an expert lies in, mean: a layout that keeps its matrices together has one.</summary>
    public double PiecesPerExpert { get; init; }

    /// <summary>Separate runs of sectors on the devices in which a fetched expert lies, mean over the fetches; null without fetches.</summary>
    public double? DeviceExtentsPerFetch { get; init; }

    /// <summary>The largest read of the trace in bytes, by which the two bounds below count; null if nothing was read.</summary>
    public long? MaxRequestBytes { get; init; }

    /// <summary>The fewest requests of that size for the bytes read of a fetched expert, mean, no request reaching over a matrix's end: as the files are laid out. Null without fetches.</summary>
    public double? LaidOutRequestsPerFetch { get; init; }

    /// <summary>The same if each expert's matrices lay together.</summary>
    public double? PackedRequestsPerFetch { get; init; }

    /// <summary>Over-read: bytes read while tokens were made of experts that the token did not fetch, less than an eighth of each; null if no tokens are known.</summary>
    public long? UnfetchedReadBytes { get; init; }

    /// <summary>What of these bytes would not be read if each expert's matrices lay together, provided that read-ahead reaches as far beyond the end of each piece; null if no tokens are known.</summary>
    public long? PackedSavedBytes { get; init; }

    /// <summary>What the router chose: tokens that use an expert, summed over experts; null if no file says.</summary>
    public long? RoutedFetches { get; init; }

    /// <summary>Of these the ones of which nothing was read: the page cache had the expert.</summary>
    public long? RoutedWithoutReads { get; init; }

    /// <summary>Bytes read while tokens were made of experts that the token does not use: read-ahead beyond the data; null if no file says what the router chose.</summary>
    public long? UnroutedReadBytes { get; init; }

    /// <summary>Bytes read of each expert while each token was made, those that are 0 left out; empty if no tokens are known, or there are too many.</summary>
    public ExpertTokenUse[] ByToken { get; init; } = [];
}

/// <summary>Reads of an expert of a layer.</summary>
public sealed record ExpertUse
{
    /// <summary>The layer, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>The expert's number, from 0.</summary>
    public required int Expert { get; init; }

    /// <summary>Bytes of its matrices.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>Reads that touch it.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes read.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Tokens in which at least an eighth of it was read; null if no tokens are known. One that the page cache served leaves no trace.</summary>
    public int? Tokens { get; init; }

    /// <summary>Tokens that use it; null if no file says what the router chose.</summary>
    public int? RoutedTokens { get; init; }

    /// <summary>Bytes read of it while tokens were made, not in loading; null if no tokens are known.</summary>
    public long? TokenReadBytes { get; init; }

    /// <summary>Separate ranges of the file in which its matrices lie.</summary>
    public required int Pieces { get; init; }
}

/// <summary>Bytes read of an expert while a token was made.</summary>
/// <param name="Token">The token's number, 0 being the prefill.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Expert">The expert.</param>
/// <param name="ReadBytes">Bytes read, above 0.</param>
public sealed record ExpertTokenUse(int Token, int Layer, int Expert, long ReadBytes);

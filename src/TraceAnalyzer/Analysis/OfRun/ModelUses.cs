using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Reads of a model by role, token and expert.</summary>
/// <param name="context">The run.</param>
/// <param name="trace">What was measured.</param>
internal sealed class ModelUses(RunContext context, RunMeasurements trace)
{
    private const int MostTokenRows = 1 << 17;

    // Read-ahead of a neighbor reads less of an expert.
    private const int FetchShare = 8;

    /// <summary>True if so much of a tensor or expert was read that it counts as used, and not as touched by the read-ahead of a neighbor.</summary>
    internal static bool IsFetch(long readBytes, long lengthBytes) => readBytes > 0 && readBytes >= lengthBytes / FetchShare;

    private TensorAccumulator? Read => trace.Read?.Run?.Tensors;

    /// <summary>All of it; null if no model file, and no table of one, says which tensors the files hold.</summary>
    /// <param name="tensors">The use of each tensor.</param>
    /// <param name="unmapped">The use of no file.</param>
    public ModelUse? Of(TensorUse[] tensors, TensorUse? unmapped)
    {
        // Of files that are a weight or a cache each and no more, the tensors say as much.
        if (context.Tensors is not { } map || unmapped is null || !map.Tensors.Any(tensor => tensor.Part == FilePart.Tensor || tensor.Entry?.Role > TensorRole.ValueCache))
            return null;
        return new ModelUse
        {
            TensorBytes = tensors.Where(tensor => tensor.Tensor is not null).Sum(tensor => tensor.LengthBytes ?? 0),
            PassBytes = PassBytes(map),
            Roles = [.. tensors.GroupBy(RoleOf).Select(role => Role(role.Key, [.. role])), Role(TensorRole.Unmapped, [unmapped])],
            TokenRoles = TokenRoles(tensors),
            PhaseRoles = PhaseRoles(tensors),
            Experts = map.Experts.Count == 0 ? null : Experts(map),
            Order = Read is null ? null : AccessOrders.Of(map, Read.Parts, [.. trace.Read!.Run!.Tokens.Uses.Select(use => use.Requests)], trace.Read.Sizes.Max),
        };
    }

    // Each weight once, of experts those that a token uses. Of an embedding only rows are read, unless it is the output head as well.
    private long? PassBytes(TensorMap map)
    {
        TensorEntry[] weights = [.. map.Tensors.Select(tensor => tensor.Entry).OfType<TensorEntry>().Where(tensor => tensor.Role is not (TensorRole.KeyCache or TensorRole.ValueCache or TensorRole.Other))];
        if (weights.Length == 0 || weights.All(weight => weight.Role == TensorRole.Weight))
            return null;
        bool isTied = !weights.Any(weight => weight.Role == TensorRole.OutputHead);
        long dense = weights.Where(weight => weight.Role != TensorRole.Expert && (weight.Role != TensorRole.Embedding || isTied)).Sum(weight => weight.LengthBytes ?? 0);
        if (map.Experts.Count == 0)
            return dense;
        if (context.Folder.Tensors.Select(part => part.Content.ExpertsUsed).FirstOrDefault(used => used > 0) is not { } used)
            return null;
        long experts = weights.Where(weight => weight.Role == TensorRole.Expert).Sum(weight => weight.LengthBytes ?? 0);
        int perLayer = map.Experts.Max(expert => expert.Expert) + 1;
        return used > perLayer ? null : dense + (long)((Int128)experts * used / perLayer);
    }

    private static TensorRole RoleOf(TensorUse tensor) => tensor.Role ?? TensorRole.OtherFile;

    private static RoleUse Role(TensorRole role, TensorUse[] tensors) => new()
    {
        Role = role,
        Tensors = tensors.Count(tensor => tensor.Tensor is not null),
        LengthBytes = tensors.All(tensor => tensor.LengthBytes is not null) ? tensors.Sum(tensor => tensor.LengthBytes) : null,
        ReadBytes = tensors.Sum(tensor => tensor.ReadBytes),
        DistinctReadBytes = tensors.All(tensor => tensor.DistinctReadBytes is not null) ? tensors.Sum(tensor => tensor.DistinctReadBytes) : null,
        WriteBytes = tensors.Sum(tensor => tensor.WriteBytes),
    };

    private TokenRoleUse[] TokenRoles(TensorUse[] tensors) =>
        [.. ByRole(Read?.Tokens, tensors).Select(use => new TokenRoleUse(TokenAt(use.Span), use.Role, use.Bytes))];

    private PhaseRoleUse[] PhaseRoles(TensorUse[] tensors) =>
        [.. ByRole(Read?.Phases, tensors).Select(use => new PhaseRoleUse(use.Span < context.Phases.All.Count ? context.Phases.All[use.Span].Name : null, use.Role, use.Bytes))];

    private static IEnumerable<(int Span, TensorRole Role, long Bytes)> ByRole(SpanTensorBytes? bytes, TensorUse[] tensors)
    {
        TensorRole[] roles = [.. tensors.Select(RoleOf).Append(TensorRole.Unmapped)];
        return (bytes?.Tensors ?? []).Index()
            .SelectMany(span => roles.Zip(span.Item).GroupBy(tensor => tensor.First).Select(role => (span.Index, role.Key, role.Sum(tensor => tensor.Second))))
            .Where(use => use.Item3 > 0);
    }

    private int? TokenAt(int span) => span < context.Tokens.All.Count ? context.Tokens.All[span].Index ?? span : null;

    private ExpertReport Experts(TensorMap map)
    {
        long[][] tokens = [.. (Read?.Tokens.Experts ?? []).Take(context.Tokens.All.Count)];
        ExpertTokenUse[] byToken = [.. Cells(map, tokens).Where(cell => cell.Bytes > 0).Take(MostTokenRows + 1).Select(cell => new ExpertTokenUse(cell.Token, cell.Expert.Layer, cell.Expert.Expert, cell.Bytes))];
        ILookup<LayerExpert, int>? routed = tokens.Length == 0 || context.Folder.Routing.Count == 0 ? null
            : context.Folder.Routing[0].Content.Choices.ToLookup(choice => new LayerExpert(choice.Layer, choice.Expert), choice => choice.Token);
        (long Bytes, int Pieces)[] places = map.ExpertPlaces();
        ExpertUse[] experts =
        [
            .. map.Experts.Index().Select(expert => new ExpertUse
            {
                Layer = expert.Item.Layer,
                Expert = expert.Item.Expert,
                LengthBytes = places[expert.Index].Bytes,
                ReadRequests = Read?.ExpertRequests[expert.Index] ?? 0,
                ReadBytes = Read?.ExpertBytes[expert.Index] ?? 0,
                Tokens = tokens.Length == 0 ? null : tokens.Count(token => IsFetch(token[expert.Index], places[expert.Index].Bytes)),
                TokenReadBytes = tokens.Length == 0 ? null : tokens.Sum(token => token[expert.Index]),
                RoutedTokens = routed?[expert.Item].Count(),
                Pieces = places[expert.Index].Pieces,
            }),
        ];
        double piecesPerExpert = experts.Average(expert => expert.Pieces);
        ExpertFetches? packed = tokens.Length == 0 || Read is null ? null : ExpertFetches.Of(map, Read.Parts, places, trace.Read!.Sizes.Max);
        long? unfetched = tokens.Length == 0 ? null : tokens.Sum(token => token.Index().Sum(read => IsFetch(read.Item, places[read.Index].Bytes) ? 0 : read.Item));
        long? fetches = tokens.Length == 0 ? null : experts.Sum(expert => (long)expert.Tokens!.Value);
        // Loading reads every expert once, whoever is used later.
        bool ofTokens = experts.Any(expert => expert.TokenReadBytes > 0);
        long[] bytes = [.. experts.Select(expert => ofTokens ? expert.TokenReadBytes!.Value : expert.ReadBytes).OrderDescending()];
        return new ExpertReport
        {
            Experts = experts,
            OfTokens = ofTokens,
            HoldHalf = Holding(bytes, 0.5),
            Hold80Percent = Holding(bytes, 0.8),
            Hold95Percent = Holding(bytes, 0.95),
            NeverRead = bytes.Count(read => read == 0),
            Fetches = fetches,
            RequestsPerFetch = fetches > 0 ? (double)Read!.ExpertTokenRequests / fetches : null,
            PiecesPerExpert = piecesPerExpert,
            MaxRequestBytes = Read is null ? null : trace.Read!.Sizes.Max,
            DeviceExtentsPerFetch = packed?.DeviceExtents,
            LaidOutRequestsPerFetch = packed?.LaidOutRequests,
            PackedRequestsPerFetch = packed?.PackedRequests,
            UnfetchedReadBytes = unfetched,
            PackedSavedBytes = unfetched is null ? null : (long)(unfetched * (1 - (1 / piecesPerExpert))),
            RoutedFetches = routed is null ? null : experts.Sum(expert => (long)expert.RoutedTokens!.Value),
            RoutedWithoutReads = routed is null ? null : Cells(map, tokens).Count(cell => cell.Bytes == 0 && routed[cell.Expert].Contains(cell.Token)),
            UnroutedReadBytes = routed is null ? null : Cells(map, tokens).Where(cell => cell.Bytes > 0 && !routed[cell.Expert].Contains(cell.Token)).Sum(cell => cell.Bytes),
            ByToken = byToken.Length > MostTokenRows ? [] : byToken,
        };
    }

    private IEnumerable<(int Token, LayerExpert Expert, long Bytes)> Cells(TensorMap map, long[][] tokens) =>
        tokens.Index().SelectMany(token => map.Experts.Zip(token.Item, (expert, bytes) => (TokenAt(token.Index)!.Value, expert, bytes)));

    // Of experts read equally much it does not matter which.
    private static int Holding(long[] descending, double share)
    {
        double wanted = share * descending.Sum();
        long held = 0;
        int count = 0;
        while (held < wanted)
            held += descending[count++];
        return count;
    }
}

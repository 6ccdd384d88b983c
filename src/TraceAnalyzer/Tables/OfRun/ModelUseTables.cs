using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>Bytes by role, token and expert (docs/analyses/model-files.md, experts.md).</summary>
public static class ModelUseTables
{
    /// <summary>A row per role, what is unmapped last.</summary>
    public static readonly TableOf<TraceReport> Roles = new("roles", "Bytes by role of the tensors",
        [
            Column.Text("role", "Role"), Column.Count("tensors", "Tensors"), Column.Bytes("length_bytes", "Length"), Column.Bytes("read_bytes", "Read"),
            Column.Bytes("distinct_read_bytes", "Read at least once"), Column.Count("reads", "Times read"), Column.Bytes("write_bytes", "Written"),
        ],
        (report, rows) =>
        {
            foreach (RoleUse role in report.Run?.ModelUse?.Roles ?? [])
                rows.Add(EnumNames.Kebab(role.Role), role.Tensors, role.LengthBytes, role.ReadBytes, role.DistinctReadBytes, role.LengthBytes > 0 ? (double)role.ReadBytes / role.LengthBytes : null, role.WriteBytes);
        })
    {
        Note = "they add up to the bytes of the trace",
    };

    /// <summary>A row per token and role.</summary>
    public static readonly TableOf<TraceReport> TokenRoles = new("token_roles", "Bytes read by token and role",
        [Column.Id("token", "Token"), Column.Text("role", "Role"), Column.Bytes("read_bytes", "Read")],
        (report, rows) =>
        {
            foreach (TokenRoleUse use in report.Run?.ModelUse?.TokenRoles ?? [])
                rows.Add(use.Token, EnumNames.Kebab(use.Role), use.ReadBytes);
        })
    {
        Note = "rows without a token are what was read outside of all tokens; cells without bytes are left out",
    };

    /// <summary>A row per phase and role.</summary>
    public static readonly TableOf<TraceReport> PhaseRoles = new("phase_roles", "Bytes read by phase and role",
        [Column.Text("phase", "Phase"), Column.Text("role", "Role"), Column.Bytes("read_bytes", "Read")],
        (report, rows) =>
        {
            foreach (PhaseRoleUse use in report.Run?.ModelUse?.PhaseRoles ?? [])
                rows.Add(use.Phase, EnumNames.Kebab(use.Role), use.ReadBytes);
        })
    {
        Note = "rows without a phase are what was read outside of all phases; cells without bytes are left out",
    };

    /// <summary>A row per expert of a layer.</summary>
    public static readonly TableOf<TraceReport> Experts = new("experts", "Reads of each expert",
        [
            Column.Id("layer", "Layer"), Column.Id("expert", "Expert"), Column.Bytes("length_bytes", "Length"), Column.Count("read_requests", "Reads"), Column.Bytes("read_bytes", "Read"),
            Column.Count("tokens", "Tokens that read it"), Column.Bytes("token_read_bytes", "Read in tokens"), Column.Count("routed_tokens", "Tokens that use it"), Column.Count("pieces", "Pieces in the file"),
        ],
        (report, rows) =>
        {
            foreach (ExpertUse expert in report.Run?.ModelUse?.Experts?.Experts ?? [])
                rows.Add(expert.Layer, expert.Expert, expert.LengthBytes, expert.ReadRequests, expert.ReadBytes, expert.Tokens, expert.TokenReadBytes, expert.RoutedTokens, expert.Pieces);
        });

    /// <summary>One row about all experts.</summary>
    public static readonly TableOf<TraceReport> ExpertSummary = new("expert_summary", "How reads are spread over experts",
        [
            Column.Count("experts", "Experts"), Column.Text("counted", "Counted"), Column.Count("hold_half", "Hold 50 % of the bytes"), Column.Count("hold_80_percent", "Hold 80 %"), Column.Count("hold_95_percent", "Hold 95 %"), Column.Count("never_read", "Never read"),
            Column.Count("fetches", "Fetches"), Column.Count("requests_per_fetch", "Requests per fetch"), Column.Count("pieces_per_expert", "Pieces per expert"),
            Column.Count("device_extents_per_fetch", "Device extents per fetch"), Column.Bytes("max_request_bytes", "Largest request"), Column.Count("laid_out_requests_per_fetch", "Requests per fetch, at least"), Column.Count("packed_requests_per_fetch", "The same if packed"),
            Column.Bytes("unfetched_read_bytes", "Over-read of other experts"), Column.Bytes("packed_saved_bytes", "Of it saved if packed, at most"),
            Column.Count("routed_fetches", "Uses"), Column.Count("routed_without_reads", "Served by the page cache"), Column.Bytes("unrouted_read_bytes", "Read of unused experts"),
        ],
        (report, rows) =>
        {
            if (report.Run?.ModelUse?.Experts is { } experts)
            {
                rows.Add(experts.Experts.Length, experts.OfTokens ? "tokens" : "trace", experts.HoldHalf, experts.Hold80Percent, experts.Hold95Percent, experts.NeverRead, experts.Fetches, experts.RequestsPerFetch, experts.PiecesPerExpert,
                    experts.DeviceExtentsPerFetch, experts.MaxRequestBytes, experts.LaidOutRequestsPerFetch, experts.PackedRequestsPerFetch, experts.UnfetchedReadBytes, experts.PackedSavedBytes,
                    experts.RoutedFetches, experts.RoutedWithoutReads, experts.UnroutedReadBytes);
            }
        })
    {
        Note = "`counted` is `tokens`, or `trace` if no tokens are known or nothing was read in them; a fetch is a token in which at least an eighth of an expert was read",
    };

    /// <summary>A row per token and expert with bytes.</summary>
    public static readonly TableOf<TraceReport> ExpertTokens = new("expert_tokens", "Bytes read of experts by token",
        [Column.Id("token", "Token"), Column.Id("layer", "Layer"), Column.Id("expert", "Expert"), Column.Bytes("read_bytes", "Read")],
        (report, rows) =>
        {
            foreach (ExpertTokenUse use in report.Run?.ModelUse?.Experts?.ByToken ?? [])
                rows.Add(use.Token, use.Layer, use.Expert, use.ReadBytes);
        })
    {
        Note = "an expert that the page cache served leaves no trace",
    };
}

using System.Text.Json;

namespace TraceAnalyzer.Runs.Tensors;

/// <summary>The words for roles in tables of tensors.</summary>
internal static class TensorRoles
{
    /// <summary>The word that <c>traceanalyzer describe</c> writes.</summary>
    public static string NameOf(TensorRole role) => JsonNamingPolicy.KebabCaseLower.ConvertName(role.ToString());

    /// <summary>The role that a word means, those of other tables included.</summary>
    public static TensorRole Of(string? word) => word switch
    {
        "k_cache" => TensorRole.KeyCache,
        "v_cache" => TensorRole.ValueCache,
        "ffn" => TensorRole.FeedForward,
        "output" => TensorRole.OutputHead,
        _ => Enum.GetValues<TensorRole>().FirstOrDefault(role => role <= TensorRole.OutputHead && NameOf(role) == word),
    };
}

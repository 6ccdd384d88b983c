using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What a span of a run is.</summary>
public enum SpanKind
{
    /// <summary>A phase that the run named itself.</summary>
    Other,

    /// <summary>What lies before the run in a log.</summary>
    Before,

    /// <summary>The pass over the prompt, which makes the first token.</summary>
    Prefill,

    /// <summary>A further token, or all of them together.</summary>
    Decode,

    /// <summary>A pass over data of which nothing says that it makes a token.</summary>
    Pass,
}

/// <summary>Kinds of spans and their names.</summary>
public static class SpanKinds
{
    /// <summary>The name of a span of a kind.</summary>
    public static string Name(this SpanKind kind) => EnumNames.Kebab(kind);

    /// <summary>The kind of a span by its name.</summary>
    public static SpanKind Of(string name) => name switch
    {
        "prefill" => SpanKind.Prefill,
        "decode" => SpanKind.Decode,
        "pass" => SpanKind.Pass,
        _ => SpanKind.Other,
    };

    /// <summary>The kind of a token by its number, from 0.</summary>
    public static SpanKind OfToken(int token) => token == 0 ? SpanKind.Prefill : SpanKind.Decode;
}

namespace TraceAnalyzer.Runs.Logs;

/// <summary>What an inference framework printed: FlexGen (FlexLLMGen), DeepSpeed's ZeRO-Inference benchmark, or llama.cpp.</summary>
/// <param name="Framework">Who printed it.</param>
/// <param name="Summary">The figures at its end.</param>
/// <param name="TokenLatencySeconds">Time of each generated token, the first being the prefill; only DeepSpeed prints them, else empty.</param>
/// <param name="Settings">What the log says of the run: model, batch size, lengths.</param>
public sealed record FrameworkLog(Framework Framework, InferenceSummary Summary, IReadOnlyList<double> TokenLatencySeconds, RunSettings Settings)
{
    /// <summary>Reads a log. Lines of other programs among it do no harm. Null if nothing in it is of a framework.</summary>
    public static FrameworkLog? TryRead(TextReader text)
    {
        var builder = new FrameworkLogBuilder();
        while (text.ReadLine() is { } line)
            builder.Add(line);
        return builder.Log;
    }

    /// <summary>The framework's name for people.</summary>
    public static string NameOf(Framework framework) => framework switch
    {
        Framework.DeepSpeed => "DeepSpeed ZeRO-Inference",
        Framework.LlamaCpp => "llama.cpp",
        _ => "FlexGen",
    };
}

/// <summary>The frameworks whose logs are known.</summary>
public enum Framework
{
    /// <summary>FlexGen, also called FlexLLMGen.</summary>
    FlexGen,

    /// <summary>DeepSpeed's ZeRO-Inference.</summary>
    DeepSpeed,

    /// <summary>llama.cpp, by the timings it prints at its end.</summary>
    LlamaCpp,
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceAnalyzer.Runs;

/// <summary>What an inference framework printed: FlexGen (FlexLLMGen) or DeepSpeed's ZeRO-Inference benchmark.</summary>
/// <param name="Framework">Who printed it.</param>
/// <param name="Summary">The figures at its end.</param>
/// <param name="TokenLatencySeconds">Time of each generated token, the first being the prefill; only DeepSpeed prints them, else empty.</param>
/// <param name="Settings">What the log says of the run: model, batch size, lengths.</param>
public sealed partial record FrameworkLog(Framework Framework, InferenceSummary Summary, IReadOnlyList<double> TokenLatencySeconds, RunSettings Settings)
{
    /// <summary>Reads a log. Lines of other programs among it do no harm. Null if nothing in it is of a framework.</summary>
    public static FrameworkLog? TryRead(TextReader text)
    {
        var none = new InferenceSummary();
        InferenceSummary summary = none;
        var settings = new RunSettings();
        List<double> latencies = [];
        Framework? framework = null;
        while (text.ReadLine() is { } line)
        {
            summary = summary.With(line);
            framework ??= FrameworkOf(line);
            if (TokenLatencies().Match(line) is { Success: true } match)
            {
                latencies = Numbers(match.Groups["list"].Value);
                framework = Runs.Framework.DeepSpeed;
            }

            if (FlexGenModel().Match(line) is { Success: true } model)
                settings = settings with { Model = model.Groups["model"].Value, Shape = ModelShape.Find(model.Groups["model"].Value) };
            else if (DeepSpeedShape().Match(line) is { Success: true } shape)
                settings = settings with { PromptTokens = Integer(shape, "prompt"), GeneratedTokens = Integer(shape, "gen"), BatchSize = Integer(shape, "batch") };
            else if (RunSettings.FromCommand(line) is { } command)
                settings = settings.Or(command);
        }

        // A log that only mentions a framework, without any of its figures, explains nothing.
        if (framework is not { } known || (summary == none && latencies.Count == 0))
            return null;
        return new FrameworkLog(known, summary, latencies, settings with { Framework = NameOf(known) });
    }

    /// <summary>The framework's name for people.</summary>
    public static string NameOf(Framework framework) => framework == Framework.DeepSpeed ? "DeepSpeed ZeRO-Inference" : "FlexGen";

    private static Framework? FrameworkOf(string line)
    {
        if (line.Contains("flexllmgen", StringComparison.OrdinalIgnoreCase) || line.Contains("flexgen", StringComparison.OrdinalIgnoreCase) || line.Contains("projected: ", StringComparison.Ordinal))
            return Runs.Framework.FlexGen;
        return line.Contains("get_accelerator", StringComparison.Ordinal) || line.Contains("deepspeed", StringComparison.OrdinalIgnoreCase) ? Runs.Framework.DeepSpeed : null;
    }

    // A list cut off at the end of the file still has its whole numbers.
    private static List<double> Numbers(string list)
    {
        var numbers = new List<double>();
        foreach (string item in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(item, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
                break;
            numbers.Add(number);
        }

        return numbers;
    }

    private static int? Integer(Match match, string group) =>
        int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    [GeneratedRegex(@"token_latency=\[(?<list>[^\]]*)")]
    private static partial Regex TokenLatencies();

    [GeneratedRegex(@"^<run_flex\w*>: args\.model: (?<model>\S+)")]
    private static partial Regex FlexGenModel();

    [GeneratedRegex(@"prompt_len = (?<prompt>\d+), execute_gen_len = (?<gen>\d+), input_ids\.shape = torch\.Size\(\[(?<batch>\d+), \d+\]\)")]
    private static partial Regex DeepSpeedShape();
}

/// <summary>The frameworks whose logs are known.</summary>
public enum Framework
{
    /// <summary>FlexGen, also called FlexLLMGen.</summary>
    FlexGen,

    /// <summary>DeepSpeed's ZeRO-Inference.</summary>
    DeepSpeed,
}

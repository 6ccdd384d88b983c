using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Logs;

/// <summary>Takes the lines of a framework's log one by one.</summary>
internal sealed class FrameworkLogBuilder
{
    private const string Latencies = "token_latency=[";

    // More tokens than any run makes; a file may hold anything.
    private const int MostTokens = 1 << 20;

    private static readonly InferenceSummary s_none = new();
    private InferenceSummary _summary = s_none;
    private RunSettings _settings = new();
    private List<double> _latencies = [];
    private Framework? _framework;

    /// <summary>What the lines said; null if nothing in them is of a framework. A log that only mentions one, without any of its figures, explains nothing.</summary>
    public FrameworkLog? Log => _framework is { } framework && (_summary != s_none || _latencies.Count > 0)
        ? new FrameworkLog(framework, _summary, _latencies, _settings with { Framework = FrameworkLog.NameOf(framework) })
        : null;

    /// <summary>Takes a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="command">What a command line in it says; null if there is none.</param>
    public void Add(string line, RunSettings? command)
    {
        _summary = LlamaTimings.With(_summary.With(line), line);
        _framework ??= FrameworkOf(line);
        if (line.IndexOf(Latencies, StringComparison.Ordinal) is >= 0 and var list)
        {
            _latencies = Numbers(line.AsSpan(list + Latencies.Length));
            _framework = Framework.DeepSpeed;
        }

        if (FlexGenModel(line) is { } model)
            _settings = _settings with { Model = model, Shape = ModelShape.Find(model) };
        else if (DeepSpeedShape(line) is var (prompt, generated, batch))
            _settings = _settings with { PromptTokens = prompt, GeneratedTokens = generated, BatchSize = batch };
        else if (command is not null)
            _settings = _settings.Or(command);
    }

    /// <summary>Takes a line.</summary>
    public void Add(string line) => Add(line, RunSettings.FromCommand(line));

    private static Framework? FrameworkOf(string line)
    {
        if (line.Contains("flexllmgen", StringComparison.OrdinalIgnoreCase) || line.Contains("flexgen", StringComparison.OrdinalIgnoreCase) || line.Contains("projected: ", StringComparison.Ordinal))
            return Framework.FlexGen;
        if (LlamaTimings.TryRead(line, out _, out _))
            return Framework.LlamaCpp;
        return line.Contains("get_accelerator", StringComparison.Ordinal) || line.Contains("deepspeed", StringComparison.OrdinalIgnoreCase) ? Framework.DeepSpeed : null;
    }

    // A list cut off at the end of the file still has its whole numbers. Together they are at most what a log's times can be.
    private static List<double> Numbers(ReadOnlySpan<char> list)
    {
        int close = list.IndexOf(']');
        list = close < 0 ? list : list[..close];
        var numbers = new List<double>();
        double sum = 0;
        foreach (Range item in list.Split(','))
        {
            if (numbers.Count == MostTokens || SideRanges.Seconds.Parse(list[item].Trim()) is not { } number || (sum += number) > SideRanges.MostSeconds)
                break;
            numbers.Add(number);
        }

        return numbers;
    }

    // <run_flexgen>: args.model: facebook/opt-6.7b
    private static string? FlexGenModel(string line)
    {
        const string Start = "<run_flex";
        const string Middle = ">: args.model: ";
        if (!line.StartsWith(Start, StringComparison.Ordinal))
            return null;
        int middle = line.IndexOf(Middle, StringComparison.Ordinal);
        if (middle < 0)
            return null;
        ReadOnlySpan<char> model = line.AsSpan(middle + Middle.Length);
        int end = model.IndexOfAny(' ', '\t');
        model = end < 0 ? model : model[..end];
        return model.IsEmpty ? null : model.ToString();
    }

    // prompt_len = 128, execute_gen_len = 32, input_ids.shape = torch.Size([4, 128])
    private static (int? Prompt, int? Generated, int? Batch)? DeepSpeedShape(string line)
    {
        if (After(line, "prompt_len = ") is not { } prompt || After(line, ", execute_gen_len = ") is not { } generated || After(line, ", input_ids.shape = torch.Size([") is not { } batch)
            return null;
        return (Number(prompt, SideRanges.Tokens), Number(generated, SideRanges.Tokens), Number(batch, SideRanges.Batch));
    }

    private static string? After(string line, string words) =>
        line.IndexOf(words, StringComparison.Ordinal) is >= 0 and var at && at + words.Length < line.Length && char.IsAsciiDigit(line[at + words.Length]) ? line[(at + words.Length)..] : null;

    private static int? Number(ReadOnlySpan<char> text, NumberRange<int> range)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return range.Parse(end < 0 ? text : text[..end]) is > 0 and var number ? number : null;
    }
}

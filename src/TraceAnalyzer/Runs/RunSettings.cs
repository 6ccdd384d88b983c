using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TraceAnalyzer.Runs;

/// <summary>What a run was: the framework, the model and its sizes. Null is what nothing says.</summary>
public sealed partial record RunSettings
{
    /// <summary>The framework, in words.</summary>
    public string? Framework { get; init; }

    /// <summary>The model's name, such as <c>facebook/opt-6.7b</c>.</summary>
    public string? Model { get; init; }

    /// <summary>Element type of weights and cache, such as <c>float16</c>.</summary>
    public string? Dtype { get; init; }

    /// <summary>Sequences that are generated together.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>Tokens that are generated for each sequence; the prefill gives the first.</summary>
    public int? GeneratedTokens { get; init; }

    /// <summary>Share of the weights on disk, 0 to 100 %.</summary>
    public int? WeightsOnDiskPercent { get; init; }

    /// <summary>Share of the KV cache on disk, 0 to 100 %.</summary>
    public int? CacheOnDiskPercent { get; init; }

    /// <summary>The model's sizes, if they are given or the model is known by name.</summary>
    public ModelShape? Shape { get; init; }

    /// <summary>What the device can read, in GiB/s: the roofline.</summary>
    public double? DeviceReadGiBPerSecond { get; init; }

    /// <summary>What the device can write, in GiB/s.</summary>
    public double? DeviceWriteGiBPerSecond { get; init; }

    /// <summary>What to add to a time of the trace to get wall-clock time (since 1970 UTC), in nanoseconds.</summary>
    public long? ClockOffsetNs { get; init; }

    /// <summary>What to add to UTC to get the local time of the GPU log, in minutes.</summary>
    public int? UtcOffsetMinutes { get; init; }

    /// <summary>The sector of the traced disk at which the file system begins: above 0 if it lies on a partition.</summary>
    public long? FileSystemStartSector { get; init; }

    /// <summary>This, and from <paramref name="other"/> what this does not know.</summary>
    public RunSettings Or(RunSettings other) => new()
    {
        Framework = Framework ?? other.Framework,
        Model = Model ?? other.Model,
        Dtype = Dtype ?? other.Dtype,
        BatchSize = BatchSize ?? other.BatchSize,
        PromptTokens = PromptTokens ?? other.PromptTokens,
        GeneratedTokens = GeneratedTokens ?? other.GeneratedTokens,
        WeightsOnDiskPercent = WeightsOnDiskPercent ?? other.WeightsOnDiskPercent,
        CacheOnDiskPercent = CacheOnDiskPercent ?? other.CacheOnDiskPercent,
        Shape = Shape ?? other.Shape,
        DeviceReadGiBPerSecond = DeviceReadGiBPerSecond ?? other.DeviceReadGiBPerSecond,
        DeviceWriteGiBPerSecond = DeviceWriteGiBPerSecond ?? other.DeviceWriteGiBPerSecond,
        ClockOffsetNs = ClockOffsetNs ?? other.ClockOffsetNs,
        UtcOffsetMinutes = UtcOffsetMinutes ?? other.UtcOffsetMinutes,
        FileSystemStartSector = FileSystemStartSector ?? other.FileSystemStartSector,
    };

    /// <summary>What the command line of FlexGen or of DeepSpeed's benchmark says; null if <paramref name="line"/> holds none.</summary>
    public static RunSettings? FromCommand(string line)
    {
        if (Option(line, "model") is not { } model || (Option(line, "gen-len") ?? Option(line, "prompt-len")) is null)
            return null;
        bool flexGen = line.Contains("flexgen", StringComparison.OrdinalIgnoreCase) || line.Contains("flexllmgen", StringComparison.OrdinalIgnoreCase) || line.Contains("flex_opt", StringComparison.Ordinal);
        bool diskOffload = line.Contains("--disk-offload", StringComparison.Ordinal);
        RunSettings settings = new()
        {
            Framework = FrameworkLog.NameOf(flexGen ? Runs.Framework.FlexGen : Runs.Framework.DeepSpeed),
            Model = model,
            Shape = ModelShape.Find(model),
            BatchSize = (Number(Option(line, "gpu-batch-size")) ?? Number(Option(line, "batch-size"))) * (Number(Option(line, "num-gpu-batches")) ?? 1),
            PromptTokens = Number(Option(line, "prompt-len")),
            GeneratedTokens = Number(Option(line, "gen-len")),
            WeightsOnDiskPercent = diskOffload ? 100 : null,
            CacheOnDiskPercent = diskOffload ? 0 : null,
        };
        return Percent().Match(line) is { Success: true } percent ? settings.WithPercent(percent.Groups["list"].Value) : settings;
    }

    /// <summary>What a <c>run.json</c> says (docs/run-schema.json).</summary>
    internal static RunSettings FromJson(JsonElement run)
    {
        int? batch = JsonText.Integer(run, "batch_size")
            ?? (JsonText.Integer(run, "gpu_batch_size") * (JsonText.Integer(run, "num_gpu_batches") ?? 1));
        string? offloaded = JsonText.Text(run, "offloaded");
        RunSettings settings = new()
        {
            Framework = JsonText.Text(run, "framework"),
            Model = JsonText.Text(run, "model"),
            Shape = ModelShape.FromJson(JsonText.Object(run, "shape")) ?? ModelShape.Find(JsonText.Text(run, "model")),
            Dtype = JsonText.Text(run, "dtype"),
            // The captures that ran no model write 0.
            BatchSize = Positive(batch),
            PromptTokens = Positive(JsonText.Integer(run, "prompt_len")),
            GeneratedTokens = Positive(JsonText.Integer(run, "gen_len")),
            DeviceReadGiBPerSecond = JsonText.Number(run, "device_read_gib_per_s"),
            DeviceWriteGiBPerSecond = JsonText.Number(run, "device_write_gib_per_s"),
            ClockOffsetNs = JsonText.Long(run, "clock_offset_ns"),
            UtcOffsetMinutes = JsonText.Integer(run, "utc_offset_minutes"),
            FileSystemStartSector = JsonText.Long(run, "file_system_start_sector"),
        };
        if (JsonText.Text(run, "percent") is { } percent)
            settings = settings.WithPercent(percent);
        if (settings.WeightsOnDiskPercent is null && offloaded is "model weights" or "KV cache")
            settings = settings with { WeightsOnDiskPercent = offloaded == "model weights" ? 100 : 0, CacheOnDiskPercent = offloaded == "KV cache" ? 100 : 0 };
        return settings;
    }

    // FlexGen's --percent: weights on GPU and CPU, cache on GPU and CPU, activations on GPU and CPU; the rest of each is on disk.
    private RunSettings WithPercent(string list)
    {
        int?[] shares = [.. list.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];
        return shares.Length < 4 || shares.Take(4).Any(share => share is null)
            ? this
            : this with { WeightsOnDiskPercent = 100 - shares[0] - shares[1], CacheOnDiskPercent = 100 - shares[2] - shares[3] };
    }

    private static int? Positive(int? value) => value > 0 ? value : null;

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    private static string? Option(string line, string name)
    {
        Match match = Regex.Match(line, $@"(?<=\s)--{name}[ =](?<value>\S+)");
        return match.Success ? match.Groups["value"].Value : null;
    }

    [GeneratedRegex(@"--percent[ =](?<list>\d+(?: \d+){5})")]
    private static partial Regex Percent();
}

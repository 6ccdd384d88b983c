using System.Text.Json;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

/// <summary>What a run was: the framework, the model and its sizes. Null is what nothing says.</summary>
public sealed record RunSettings
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
            Framework = FrameworkLog.NameOf(flexGen ? Logs.Framework.FlexGen : Logs.Framework.DeepSpeed),
            Model = model,
            Shape = ModelShape.Find(model),
            BatchSize = Product(SideRanges.Batch.Parse(Option(line, "gpu-batch-size")) ?? SideRanges.Batch.Parse(Option(line, "batch-size")), SideRanges.Batch.Parse(Option(line, "num-gpu-batches"))),
            PromptTokens = Positive(SideRanges.Tokens.Parse(Option(line, "prompt-len"))),
            GeneratedTokens = Positive(SideRanges.Tokens.Parse(Option(line, "gen-len"))),
            WeightsOnDiskPercent = diskOffload ? 100 : null,
            CacheOnDiskPercent = diskOffload ? 0 : null,
        };
        return Rest(line, "percent") is { } percent ? settings.WithPercent(percent, line: true) : settings;
    }

    /// <summary>What a <c>run.json</c> says (docs/run-schema.json).</summary>
    internal static RunSettings FromJson(JsonElement run, SideRemarks remarks)
    {
        int? batch = JsonText.Number(run, "batch_size", SideRanges.Batch, remarks)
            ?? Product(JsonText.Number(run, "gpu_batch_size", SideRanges.Batch, remarks), JsonText.Number(run, "num_gpu_batches", SideRanges.Batch, remarks));
        string? offloaded = JsonText.Text(run, "offloaded");
        RunSettings settings = new()
        {
            Framework = JsonText.Text(run, "framework"),
            Model = JsonText.Text(run, "model"),
            Shape = ModelShape.FromJson(JsonText.Object(run, "shape"), remarks) ?? ModelShape.Find(JsonText.Text(run, "model")),
            Dtype = JsonText.Text(run, "dtype"),
            // The captures that ran no model write 0.
            BatchSize = Positive(batch),
            PromptTokens = Positive(JsonText.Number(run, "prompt_len", SideRanges.Tokens, remarks)),
            GeneratedTokens = Positive(JsonText.Number(run, "gen_len", SideRanges.Tokens, remarks)),
            DeviceReadGiBPerSecond = JsonText.Number(run, "device_read_gib_per_s", SideRanges.GiB, remarks),
            DeviceWriteGiBPerSecond = JsonText.Number(run, "device_write_gib_per_s", SideRanges.GiB, remarks),
            ClockOffsetNs = JsonText.Number(run, "clock_offset_ns", SideRanges.TimeNs, remarks),
            UtcOffsetMinutes = JsonText.Number(run, "utc_offset_minutes", SideRanges.UtcOffsetMinutes, remarks),
            FileSystemStartSector = JsonText.Number(run, "file_system_start_sector", SideRanges.Sector, remarks),
        };
        if (JsonText.Text(run, "percent") is { } percent)
        {
            RunSettings with = settings.WithPercent(percent, line: false);
            if (ReferenceEquals(with, settings))
                remarks.AddValue("percent", percent, "the six numbers of FlexGen's --percent, of which each two are at most 100 together");
            settings = with;
        }

        if (settings.WeightsOnDiskPercent is null && offloaded is "model weights" or "KV cache")
            settings = settings with { WeightsOnDiskPercent = offloaded == "model weights" ? 100 : 0, CacheOnDiskPercent = offloaded == "KV cache" ? 100 : 0 };
        return settings;
    }

    // FlexGen's --percent: weights on GPU and CPU, cache on GPU and CPU, activations on GPU and CPU; the rest of each is on disk.
    private RunSettings WithPercent(string list, bool line)
    {
        const int All = 6;
        int?[] shares = [.. list.Split(' ', All + 1, StringSplitOptions.RemoveEmptyEntries).Take(All).Select(share => SideRanges.WholePercent.Parse(share))];
        return shares.Length < (line ? All : 4) || shares.Take(4).Any(share => share is null) || shares[0] + shares[1] > 100 || shares[2] + shares[3] > 100
            ? this
            : this with { WeightsOnDiskPercent = 100 - shares[0] - shares[1], CacheOnDiskPercent = 100 - shares[2] - shares[3] };
    }

    private static int? Positive(int? value) => value > 0 ? value : null;

    // FlexGen runs several batches after each other, which count as one.
    private static int? Product(int? batch, int? batches) =>
        batch is { } size && (long)size * (batches ?? 1) is var product && product <= SideRanges.Batch.Most ? (int)product : null;

    private static string? Option(string line, string name)
    {
        if (Rest(line, name) is not { } rest)
            return null;
        int end = rest.AsSpan().IndexOfAny(' ', '\t');
        return end == 0 || rest.Length == 0 ? null : end < 0 ? rest : rest[..end];
    }

    // What follows " --name " or " --name=", the first time it stands in the line.
    private static string? Rest(string line, string name)
    {
        string option = "--" + name;
        for (int at = line.IndexOf(option, StringComparison.Ordinal); at >= 0; at = line.IndexOf(option, at + option.Length, StringComparison.Ordinal))
        {
            int end = at + option.Length;
            if (at > 0 && char.IsWhiteSpace(line[at - 1]) && end < line.Length && line[end] is ' ' or '=')
                return line[(end + 1)..];
        }

        return null;
    }
}

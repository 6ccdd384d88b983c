using System.Globalization;
using System.Text.Json.Serialization;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What is known of a run besides its trace, and what trace, logs and model say together.</summary>
public sealed record RunReport
{
    /// <summary>The <see cref="TokenSource"/> of tokens that no file tells.</summary>
    public const string FoundTokens = "trace";

    /// <summary>Name of the run's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The trace that was analyzed; null if there is none.</summary>
    public string? Trace { get; init; }

    /// <summary>Other traces of the folder, which were not analyzed.</summary>
    public required string[] OtherTraces { get; init; }

    /// <summary>The files that were understood.</summary>
    public required RunFile[] Files { get; init; }

    /// <summary>Files that could not be read, in whole or in part.</summary>
    public required RunFileProblem[] Problems { get; init; }

    /// <summary>What cannot be said, and which part is missing for it.</summary>
    public required string[] NotAnswerable { get; init; }

    /// <summary>What was run.</summary>
    public required RunFacts Facts { get; init; }

    /// <summary>What the frameworks' logs say.</summary>
    public required FrameworkFigures[] Frameworks { get; init; }

    /// <summary>How the trace's clock and wall-clock time go together; null if nothing says.</summary>
    public RunClock? Clock { get; init; }

    /// <summary>Use of the GPU; null without a log.</summary>
    public GpuUse? Gpu { get; init; }

    /// <summary>What a framework's log says took how long, in the time of the GPU log; null if one of the two is missing.</summary>
    public LoggedRun? Logged { get; init; }

    /// <summary>Share of the trace's time with requests in flight, 0 to 1; null if the trace does not say.</summary>
    public double? IoBusyShare { get; init; }

    /// <summary>When requests were in flight; null if the trace does not say, and in reports that were made before it was written.</summary>
    public IoIntervals? IoIntervals { get; init; }

    /// <summary>The run's phases, by start.</summary>
    public required SpanUseReport[] Phases { get; init; }

    /// <summary>The generated tokens: the prefill, then each decode step.</summary>
    public required SpanUseReport[] Tokens { get; init; }

    /// <summary>Where <see cref="Tokens"/> come from: a file's name, or <see cref="FoundTokens"/> if they were found in it; null if there are none.</summary>
    public string? TokenSource { get; init; }

    /// <summary>The file that tells when was computed, and so what a stall is (docs/analyses/stalls.md); null if none does.</summary>
    public string? StallSource { get; init; }

    /// <summary>The file that tells calls of layers in which computing and reading cannot be told apart; null if none does.</summary>
    public string? CallSource { get; init; }

    /// <summary>How far off the tokens' times may be, in nanoseconds, where they are a log's, placed in the trace; else null.</summary>
    public long? TokenUncertaintyNs { get; init; }

    /// <summary>What each source says was read and written in all: the trace, then the workload, then the kernel and drivers. Only the trace's own numbers if nothing else says.</summary>
    public MovedBytes[] Moved { get; init; } = [];

    /// <summary>What memory would save of the accesses that the framework logged; null if it logged none.</summary>
    public LogicalReuse? LogicalReuse { get; init; }

    /// <summary>What drives count themselves, from their SMART logs before and after; empty if there are none.</summary>
    public DriveCounters[] DriveCounters { get; init; } = [];

    /// <summary>What limits each phase, then each token; empty if the trace has no completions.</summary>
    public SpanLimit[] Limits { get; init; } = [];

    /// <summary>What lies in none of the tokens; null if there are none.</summary>
    public SpanUseReport? OutsideTokens { get; init; }

    /// <summary>Passes found in the trace itself; null if there are none.</summary>
    public PassDetection? Detection { get; init; }

    /// <summary>Bytes by tensor, as they lie on the device; empty if nothing says where they lie.</summary>
    public required TensorUse[] Tensors { get; init; }

    /// <summary>What was read of the model by role, token and expert; null if no model file, and no table of one, says which tensors the files hold.</summary>
    public ModelUse? ModelUse { get; init; }

    /// <summary>Where the file system of the extents begins on the traced disk; null if nothing says, and it was taken to begin with the disk.</summary>
    public FileSystemStart? FileSystem { get; init; }

    /// <summary>How files were found on the traced devices through what these make up (RAID, device-mapper, btrfs), in sentences; empty if they lie on one device as their extents say.</summary>
    public string[] DeviceMap { get; init; } = [];

    /// <summary>What went to no known file: journal, metadata, other files; null if nothing says where files lie.</summary>
    public TensorUse? Unmapped { get; init; }

    /// <summary>Where the files of <see cref="Tensors"/> lie on the device, in the order of the sectors; empty if nothing says.</summary>
    public TensorPlace[] Places { get; init; } = [];

    /// <summary>Bytes of each layer over time; null if nothing says which layer is where.</summary>
    public LayersOverTime? Layers { get; init; }

    /// <summary>Reads and writes of each layer of the model, by the sectors of its tensors; empty if nothing says which layer is where.</summary>
    public LayerIo[] LayerIo { get; init; } = [];

    /// <summary>The time of each of the framework's layers, over all tokens; empty if nothing tells it.</summary>
    public LayerTurn[] LayerTurns { get; init; } = [];

    /// <summary>Bytes of each token position of the KV cache; null if there is none or its shape is not known.</summary>
    public KvRowUse? KvRows { get; init; }

    /// <summary>What the run had to move, and what it moved; null if neither model nor framework say.</summary>
    public Movement? Movement { get; init; }

    /// <summary>The prefill; null if none is known.</summary>
    [JsonIgnore]
    public SpanUseReport? Prefill => Array.Find(Tokens, token => token.Kind == SpanKind.Prefill);

    /// <summary>The decoded tokens, or passes.</summary>
    [JsonIgnore]
    public SpanUseReport[] Decoded => Array.FindAll(Tokens, token => token.Kind != SpanKind.Prefill);

    /// <summary>True if the tokens are passes over data of which nothing says what it is.</summary>
    public bool AreOnlyPasses() => Tokens.Length > 0 && Array.TrueForAll(Tokens, token => token.Kind == SpanKind.Pass);

    /// <summary>The run in a line: folder, framework, model, batch, lengths, what is on disk; as far as it is known, printable.</summary>
    public string Summary()
    {
        string[] parts =
        [
            .. new[] { Folder, Facts.Framework, Facts.Model }.OfType<string>(),
            .. Part("batch {0}", Facts.BatchSize), .. Part("prompt {0}", Facts.PromptTokens), .. Part("{0} tokens generated", Facts.GeneratedTokens),
            .. Part("{0} % of the weights on disk", Facts.WeightsOnDiskPercent), .. Part("{0} % of the KV cache on disk", Facts.CacheOnDiskPercent),
        ];
        return PrintableText.Of(string.Join(", ", parts));
    }

    private static string[] Part(string words, int? value) =>
        value is { } number ? [words.Replace("{0}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)] : [];
}

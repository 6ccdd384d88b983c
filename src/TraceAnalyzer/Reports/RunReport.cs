namespace TraceAnalyzer.Reports;

/// <summary>What is known of a run besides its trace, and what trace, logs and model say together.</summary>
public sealed record RunReport
{
    /// <summary>Name of the run's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The trace that was analysed; null if there is none.</summary>
    public string? Trace { get; init; }

    /// <summary>Other traces of the folder, which were not analysed.</summary>
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

    /// <summary>The run's phases, by start.</summary>
    public required SpanUseReport[] Phases { get; init; }

    /// <summary>The generated tokens: the prefill, then each decode step.</summary>
    public required SpanUseReport[] Tokens { get; init; }

    /// <summary>Where <see cref="Tokens"/> come from: a file's name, or <c>trace</c> if they were found in it; null if there are none.</summary>
    public string? TokenSource { get; init; }

    /// <summary>The file that tells when was computed, and so what a stall is (docs/analyses/stalls.md); null if none does.</summary>
    public string? StallSource { get; init; }

    /// <summary>How far off the tokens' times may be, in nanoseconds, where they are a log's, placed in the trace; else null.</summary>
    public long? TokenUncertaintyNs { get; init; }

    /// <summary>What lies in none of the tokens; null if there are none.</summary>
    public SpanUseReport? OutsideTokens { get; init; }

    /// <summary>Passes found in the trace itself; null if there are none.</summary>
    public PassDetection? Detection { get; init; }

    /// <summary>Bytes by tensor, as they lie on the device; empty if nothing says where they lie.</summary>
    public required TensorUse[] Tensors { get; init; }

    /// <summary>Where the file system of the extents begins on the traced disk; null if nothing says, and it was taken to begin with the disk.</summary>
    public FileSystemStart? FileSystem { get; init; }

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
}

/// <summary>Where the file system of the extents begins on the traced disk.</summary>
/// <param name="Sector">Its first sector of 512 bytes.</param>
/// <param name="Source">What says so.</param>
public sealed record FileSystemStart(long Sector, string Source);

/// <summary>A file of a run.</summary>
/// <param name="Name">Its name within the folder.</param>
/// <param name="Kind">What it is.</param>
public sealed record RunFile(string Name, string Kind);

/// <summary>Something in a run's folder that could not be read.</summary>
/// <param name="File">The file.</param>
/// <param name="Message">Why, or how much of it.</param>
public sealed record RunFileProblem(string File, string Message);

/// <summary>What was run; null is what nothing says.</summary>
public sealed record RunFacts
{
    /// <summary>The framework.</summary>
    public string? Framework { get; init; }

    /// <summary>The model's name.</summary>
    public string? Model { get; init; }

    /// <summary>Element type of weights and cache.</summary>
    public string? Dtype { get; init; }

    /// <summary>Sequences generated together.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>Generated tokens.</summary>
    public int? GeneratedTokens { get; init; }

    /// <summary>Share of the weights on disk, in percent.</summary>
    public int? WeightsOnDiskPercent { get; init; }

    /// <summary>Share of the KV cache on disk, in percent.</summary>
    public int? CacheOnDiskPercent { get; init; }

    /// <summary>What the device can read, in GiB/s.</summary>
    public double? DeviceReadGiBPerSecond { get; init; }

    /// <summary>What the device can write, in GiB/s.</summary>
    public double? DeviceWriteGiBPerSecond { get; init; }

    /// <summary>Where the device's bandwidth comes from: <c>--roofline</c>, <c>run.json</c>, or the file of the fio run that measured it; null if it is not known.</summary>
    public string? DeviceBandwidthSource { get; init; }
}

/// <summary>The figures at the end of a framework's log; null is what was not printed.</summary>
public sealed record FrameworkFigures
{
    /// <summary>The log.</summary>
    public required string File { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string Framework { get; init; }

    /// <summary>Size of the weights, in GiB.</summary>
    public double? ModelGiB { get; init; }

    /// <summary>Size of the KV cache, in GiB.</summary>
    public double? CacheGiB { get; init; }

    /// <summary>Time of the prefill, in seconds.</summary>
    public double? PrefillSeconds { get; init; }

    /// <summary>Time of all decode steps, in seconds.</summary>
    public double? DecodeSeconds { get; init; }

    /// <summary>Time of both, in seconds.</summary>
    public double? TotalSeconds { get; init; }

    /// <summary>Time of each token, in seconds; empty if it was not printed.</summary>
    public required double[] TokenSeconds { get; init; }
}

/// <summary>The trace's clock and wall-clock time.</summary>
/// <param name="Anchor">What they were joined by.</param>
/// <param name="OffsetNs">What to add to a time of the trace to get nanoseconds since 1970 UTC.</param>
/// <param name="UncertaintyNs">How far off that may be; null if it is not known, as with a single anchor.</param>
/// <param name="Correlation">If they were joined by activity, the correlation of GPU utilisation and reads; else null.</param>
public sealed record RunClock(string Anchor, long OffsetNs, long? UncertaintyNs, double? Correlation = null);

/// <summary>What a framework's log says took how long, placed in the time of the GPU log.</summary>
/// <param name="File">The framework's log.</param>
/// <param name="Anchor">What it was placed by.</param>
/// <param name="UncertaintyNs">How far off that may be, in nanoseconds; null if nothing says.</param>
/// <param name="Phases">The phases, in time order.</param>
public sealed record LoggedRun(string File, string Anchor, long? UncertaintyNs, LoggedPhase[] Phases);

/// <summary>A phase of which a log only says how long it took.</summary>
/// <param name="Name"><c>before</c>, <c>prefill</c> or <c>decode</c>.</param>
/// <param name="Index">Number of the token, 0 for the prefill; null for all decode steps together.</param>
/// <param name="StartNs">Start, on the clock of the GPU samples.</param>
/// <param name="EndNs">End.</param>
/// <param name="GpuMeanPercent">Mean utilisation in it, in percent, each sample counting until the next; null without samples there.</param>
/// <param name="GpuIdleShare">Share of its time in samples of 0, 0 to 1; null without samples there.</param>
public sealed record LoggedPhase(string Name, int? Index, long StartNs, long EndNs, double? GpuMeanPercent, double? GpuIdleShare);

/// <summary>Use of the GPU.</summary>
public sealed record GpuUse
{
    /// <summary>The log.</summary>
    public required string File { get; init; }

    /// <summary>Number of samples.</summary>
    public required int Samples { get; init; }

    /// <summary>Plain mean of all samples, in percent: the study's number.</summary>
    public double? MeanPercent { get; init; }

    /// <summary>Mean weighted by the time until the next sample, in percent.</summary>
    public double? TimeWeightedMeanPercent { get; init; }

    /// <summary>Longest time between two samples, in nanoseconds.</summary>
    public required long LongestGapNs { get; init; }

    /// <summary>What was added to UTC to get the log's local time, in minutes; null if the log could not be put on the trace's clock.</summary>
    public int? UtcOffsetMinutes { get; init; }

    /// <summary>Shares of the time that log and trace have in common; null if they could not be joined.</summary>
    public BusyShares? Shares { get; init; }

    /// <summary>Time of each sample on the trace's clock; empty if the log could not be put on it.</summary>
    public required long[] SampleNs { get; init; }

    /// <summary>Utilisation at each sample, in percent.</summary>
    public required double[] SamplePercent { get; init; }
}

/// <summary>Shares of time, 0 to 1; together 1. The GPU is busy in a sample's time if its utilisation is above 0; I/O is busy while requests are in flight.</summary>
/// <param name="Both">GPU and I/O.</param>
/// <param name="GpuOnly">GPU without I/O.</param>
/// <param name="IoOnly">I/O without GPU: the GPU waits for data, or works too little to be seen.</param>
/// <param name="Neither">Neither.</param>
/// <param name="SpanNs">The time they are shares of.</param>
public sealed record BusyShares(double Both, double GpuOnly, double IoOnly, double Neither, long SpanNs);

/// <summary>A span of time and what was read and written in it.</summary>
public sealed record SpanUseReport
{
    /// <summary>Name: of a phase, <c>prefill</c> or <c>decode</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Number of the token, 0 for the prefill; null for phases.</summary>
    public int? Index { get; init; }

    /// <summary>Start on the trace's clock.</summary>
    public required long StartNs { get; init; }

    /// <summary>End.</summary>
    public required long EndNs { get; init; }

    /// <summary>Reads.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes read.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Writes.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes written.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Time of the first request; null if there is none.</summary>
    public long? FirstNs { get; init; }

    /// <summary>Time of the last request; null if there is none.</summary>
    public long? LastNs { get; init; }

    /// <summary>Time with requests in flight, in nanoseconds; null if the trace does not say.</summary>
    public long? IoBusyNs { get; init; }

    /// <summary>Bytes read over the span's time; null if it has none.</summary>
    public double? ReadBytesPerSecond { get; init; }

    /// <summary>Bytes written over the span's time.</summary>
    public double? WriteBytesPerSecond { get; init; }

    /// <summary>Mean utilisation of the GPU, in percent, each sample counting until the next; null if its log is not on the trace's clock.</summary>
    public double? GpuMeanPercent { get; init; }

    /// <summary>Time that was computed, in nanoseconds; null, as the next three, if nothing tells it.</summary>
    public long? ComputeNs { get; init; }

    /// <summary>Of that, the time with requests in flight: I/O that costs nothing.</summary>
    public long? OverlapNs { get; init; }

    /// <summary>Time with requests in flight in which nothing was computed: what I/O costs at most.</summary>
    public long? StallNs { get; init; }

    /// <summary>Time in which neither was computed nor were requests in flight: copies, page-cache hits, the framework itself.</summary>
    public long? IdleNs { get; init; }

    /// <summary>Bytes that a token must read by closed form; null if the run's sizes are not known, and of what is no token.</summary>
    public long? PredictedReadBytes { get; init; }

    /// <summary>Bytes that a token must write by closed form, without what is written before the first.</summary>
    public long? PredictedWriteBytes { get; init; }
}

/// <summary>Reads and writes of a layer's tensors, whenever they were made.</summary>
public sealed record LayerIo
{
    /// <summary>The model's layer, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>Reads that touch its tensors, each tensor by itself.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes read.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Writes that touch its tensors.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes written.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Time with requests of the layer in flight, pauses below 1 ms included, in nanoseconds; null if the trace does not say.</summary>
    public long? IoBusyNs { get; init; }

    /// <summary>Bytes read and written over that time.</summary>
    public double? BytesPerSecond { get; init; }
}

/// <summary>
/// The time of a layer, over all tokens that the trace shows: from the end of the compute call before it to the end of its own.
/// Requests are those issued in it, which are mostly of layers to come.
/// </summary>
public sealed record LayerTurn
{
    /// <summary>The framework's own number of the layer.</summary>
    public required int Number { get; init; }

    /// <summary>The model's layer, from 0; null for embeddings, or if nothing says.</summary>
    public int? Layer { get; init; }

    /// <summary>How often it was computed.</summary>
    public required int Turns { get; init; }

    /// <summary>All its time, in nanoseconds.</summary>
    public required long TimeNs { get; init; }

    /// <summary>Reads issued in it.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes of these.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Writes issued in it.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes of these.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Time with requests in flight, in nanoseconds; null, as the rest, if the trace does not say.</summary>
    public long? IoBusyNs { get; init; }

    /// <summary>Time that was computed.</summary>
    public long? ComputeNs { get; init; }

    /// <summary>Of that, the time with requests in flight.</summary>
    public long? OverlapNs { get; init; }

    /// <summary>Time with requests in flight in which nothing was computed.</summary>
    public long? StallNs { get; init; }

    /// <summary>Neither.</summary>
    public long? IdleNs { get; init; }
}

/// <summary>Passes over the same data, found in the trace without any log.</summary>
/// <param name="Kind"><c>weights</c>: the same data each pass; <c>kv-cache</c>: data that is written between the passes.</param>
/// <param name="PassStartNs">Start of each pass, on the trace's clock.</param>
/// <param name="Confidence">0 to 1: how much of what begins each pass had been read in the pass before, times how alike neighbouring passes are.</param>
/// <param name="KnownCount">Passes that the run's own notes tell of; null if there are none.</param>
/// <param name="GreatestErrorNs">Greatest distance between a pass found and its noted start, in nanoseconds; null if their numbers differ or nothing was noted.</param>
/// <param name="MedianPassNs">Median time of a pass.</param>
public sealed record PassDetection(string Kind, long[] PassStartNs, double Confidence, int? KnownCount, long? GreatestErrorNs, long MedianPassNs);

/// <summary>What was read and written of one tensor.</summary>
public sealed record TensorUse
{
    /// <summary>Its file; empty for what belongs to none.</summary>
    public required string File { get; init; }

    /// <summary>Its name in the model; null if nothing says.</summary>
    public string? Tensor { get; init; }

    /// <summary>Its layer, from 0; null if it has none.</summary>
    public int? Layer { get; init; }

    /// <summary><c>weight</c>, <c>key-cache</c>, <c>value-cache</c> or <c>other</c>; null if nothing says.</summary>
    public string? Role { get; init; }

    /// <summary>Its length in bytes: what its shape says, else what its extents cover.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>How often it was read: bytes read over its length; null if that is not known.</summary>
    public double? Reads { get; init; }

    /// <summary>Reads that touch it.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes read from the device.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Writes that touch it.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes written to the device.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Bytes that the framework read; null if it did not say.</summary>
    public long? FrameworkReadBytes { get; init; }

    /// <summary>Bytes that the framework wrote; null if it did not say.</summary>
    public long? FrameworkWriteBytes { get; init; }
}

/// <summary>Neighbouring sectors of the traced device that hold one file.</summary>
/// <param name="FirstSector">The first.</param>
/// <param name="Sectors">How many.</param>
/// <param name="Tensor">Index into <see cref="RunReport.Tensors"/>.</param>
public sealed record TensorPlace(long FirstSector, long Sectors, int Tensor);

/// <summary>Bytes by layer over time, reads and writes.</summary>
/// <param name="Columns">The time axis.</param>
/// <param name="ReadBytes">For each layer from 0 bytes read in each column; rows that end in zeros are cut short.</param>
/// <param name="WriteBytes">For each layer bytes written.</param>
public sealed record LayersOverTime(TimeBinning Columns, long[][] ReadBytes, long[][] WriteBytes);

/// <summary>Reads of token positions of a KV cache, over all layers, keys and values.</summary>
public sealed record KvRowUse
{
    /// <summary>Bytes of a token position over all files.</summary>
    public required long PositionBytes { get; init; }

    /// <summary>For each position how often it was read: bytes read over its bytes.</summary>
    public required double[] Reads { get; init; }

    /// <summary>For each position how often the closed form says it is read; null if the run's sizes are not known.</summary>
    public int[]? PredictedReads { get; init; }

    /// <summary>Spearman's rank correlation of position and reads, -1 to 1; null with fewer than two positions or without any difference.</summary>
    public double? RankCorrelation { get; init; }

    /// <summary>The time axis of <see cref="ReadBytes"/>.</summary>
    public required TimeBinning Columns { get; init; }

    /// <summary>Positions in each row of <see cref="ReadBytes"/>.</summary>
    public required int PositionsPerRow { get; init; }

    /// <summary>Bytes read of each group of positions in each column; rows that end in zeros are cut short.</summary>
    public required long[][] ReadBytes { get; init; }
}

/// <summary>What the run had to move by closed form, what the framework moved by its own notes, and what the trace has. Null is what is not known.</summary>
public sealed record Movement
{
    /// <summary>The closed form, in words; null if the run's sizes are not known.</summary>
    public string? Model { get; init; }

    /// <summary>Bytes to read.</summary>
    public long? PredictedReadBytes { get; init; }

    /// <summary>Bytes to write.</summary>
    public long? PredictedWriteBytes { get; init; }

    /// <summary>Bytes that the framework read from its files while the trace ran.</summary>
    public long? FrameworkReadBytes { get; init; }

    /// <summary>Bytes that the framework wrote.</summary>
    public long? FrameworkWriteBytes { get; init; }

    /// <summary>Bytes read in the trace.</summary>
    public long? TraceReadBytes { get; init; }

    /// <summary>Bytes written in the trace.</summary>
    public long? TraceWriteBytes { get; init; }

    /// <summary>Of the framework's reads, bytes that the device did not read: page-cache hits, tensor by tensor; at least so many.</summary>
    public long? CacheHitBytes { get; init; }

    /// <summary>Bytes that the device read beyond what the framework read of the same tensor; at least so many.</summary>
    public long? ExcessReadBytes { get; init; }

    /// <summary>Bytes read that belong to no known file.</summary>
    public long? UnmappedReadBytes { get; init; }

    /// <summary>Trace minus framework minus excess and unmapped plus cache hits: what remains without an explanation.</summary>
    public long? UnexplainedReadBytes { get; init; }
}

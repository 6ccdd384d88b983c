using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What is known of a run before its trace is read: its phases and tokens on the trace's clock, and where its tensors lie.</summary>
public sealed class RunContext
{
    private RunContext(RunFolder folder, FoundTrace? trace)
    {
        Folder = folder;
        Trace = trace;
        (Phases, PhaseSource) = PhasesOf(folder);
        (Tokens, TokenSource) = TokensOf(folder);
        LayerTurns = OfRun.LayerTurns.Of(folder.Layers.Count > 0 ? folder.Layers[0].Content : null, Tokens);
        Compute = ComputeTime.OfCalls(folder);
        var listed = ListedExtents.Of(folder);
        IReadOnlyList<FileExtent> extents = listed.All;
        ExtentsNotUsed = listed.NotUsed;
        if (extents.Any(extent => extent.HasPlace))
        {
            TraceRemaps? remaps = trace is null ? null : TraceRemaps.Of(trace);
            FileSystem = FileSystemStarts.Find(folder, remaps);
            ExtentMap? places = null;
            // What the run states of its disk is not second-guessed, but addresses of btrfs count from no sector of it.
            if (folder.Settings.FileSystemStartSector is null || FilePlaces.IsUnmappedBtrfs(folder))
            {
                places = FilePlaces.Map(folder, extents, remaps, out FilePlaces how);
                (DeviceMap, PlaceFaults) = (how.Sources, how.Faults);
            }

            // Files that cannot be found on the devices are found nowhere, and not where they would lie on another.
            places ??= PlaceFaults.Count > 0 ? ExtentMap.OfDevices([]) : new ExtentMap(extents, FileSystem?.Sector ?? 0);
            Tensors = new TensorMap(places, TensorCatalogue.Of([.. folder.Tensors.Select(part => part.Content)]) ?? TensorNames.CatalogueOf(extents, folder.Marks.Count > 0 ? folder.Marks[0].Content : null));
        }
    }

    /// <summary>The run's folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>The trace that is analyzed; null if there is none.</summary>
    public FoundTrace? Trace { get; }

    /// <summary>Machine, clocks and phases; null if nothing says.</summary>
    public RunEnvironment? Environment => Folder.Environment;

    /// <summary>The run's phases.</summary>
    public TimeSpans Phases { get; }

    /// <summary>The file that names the phases; null if none does.</summary>
    public string? PhaseSource { get; }

    /// <summary>The run's tokens, 0 being the prefill.</summary>
    public TimeSpans Tokens { get; }

    /// <summary>The file that tells the tokens; null if none does.</summary>
    public string? TokenSource { get; }

    /// <summary>Where the file system of the extents begins on the traced disk; null if nothing says.</summary>
    public FileSystemStart? FileSystem { get; }

    /// <summary>How the files of the extents were found on the traced devices, in sentences; empty if they lie on one device as the extents have it.</summary>
    public IReadOnlyList<string> DeviceMap { get; } = [];

    /// <summary>Why files could not be found on the traced devices, in sentences.</summary>
    internal IReadOnlyList<string> PlaceFaults { get; } = [];

    /// <summary>Lists of extents that contradict an earlier one, in sentences.</summary>
    internal IReadOnlyList<string> ExtentsNotUsed { get; }

    /// <summary>The turns of the framework's layers, each with its number.</summary>
    public TimeSpans LayerTurns { get; }

    /// <summary>When the framework computed, by its own calls; null if it noted none.</summary>
    internal ComputeTime? Compute { get; }

    /// <summary>Starts and ends of phases and tokens that are known before the trace is read, ascending and each once.</summary>
    internal long[] SpanTimesNs() => [.. Phases.All.Concat(Tokens.All).SelectMany(span => (long[])[span.StartNs, span.EndNs]).Distinct().Order()];

    /// <summary>Starts and ends of all spans that are known before the trace is read, ascending and each once.</summary>
    internal long[] KnownTimesNs() =>
    [
        .. ((TimeSpans[])[Phases, Tokens, LayerTurns]).SelectMany(spans => spans.All).SelectMany(span => (long[])[span.StartNs, span.EndNs])
            .Concat(Compute?.BoundsNs ?? []).Distinct().Order(),
    ];

    /// <summary>Where tensors lie; null if nothing says.</summary>
    public TensorMap? Tensors { get; }

    /// <summary>Names of threads that the run noted, one for each number: those noted for this trace (their file is called as it is) before others.</summary>
    public IReadOnlyList<ThreadName> ThreadNames =>
    [
        .. Folder.ThreadNames
            .OrderByDescending(part => Trace is not null && part.File.StartsWith(Trace.Name, StringComparison.Ordinal))
            .SelectMany(part => part.Content.Names)
            .DistinctBy(name => name.Thread),
    ];

    /// <summary>True if something says that the run is of a language model: its settings, a framework's log, tokens, or files named as tensors.</summary>
    internal bool IsInference => IsStatedInference || Tensors is { Layers: > 0 };

    /// <summary>The same without the names of files.</summary>
    internal bool IsStatedInference =>
        Folder.Settings is { Model: not null } or { Framework: not null } or { CacheOnDiskPercent: > 0 } or { WeightsOnDiskPercent: > 0 }
        || Folder.FrameworkLogs.Count > 0 || Tokens.All.Count > 0;

    /// <summary>What to add to a time of the trace to get wall-clock time since 1970 UTC, in nanoseconds, if the user says so.</summary>
    public long? ClockOffsetNs { get; init; }

    /// <summary>What the device can read, in GiB/s, if the user says so.</summary>
    public double? RooflineGiBPerSecond { get; init; }

    /// <summary>What fio measured, by the files that the user names and those of the folder.</summary>
    internal IReadOnlyList<RunPart<FioResult>> Fio { get; private init; } = [];

    /// <summary>Joins a folder with one of its traces.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Which trace, and what the user says; null for the usual.</param>
    /// <exception cref="TraceException">There is no trace of that name.</exception>
    public static RunContext Of(RunFolder folder, RunOptions? options = null) =>
        new(folder, Choose(folder, options))
        {
            ClockOffsetNs = options?.ClockOffsetNs,
            RooflineGiBPerSecond = options?.RooflineGiBPerSecond,
            Fio = [.. options is null ? [] : Rooflines.Read(options), .. folder.Fio],
        };

    /// <summary>The trace of a folder that is analyzed; null if there is none.</summary>
    /// <exception cref="TraceException">There is no trace of that name.</exception>
    internal static FoundTrace? Choose(RunFolder folder, RunOptions? options)
    {
        string? traceName = options?.Trace;
        return traceName is null
            ? folder.Traces.FirstOrDefault(trace => trace.Name.Contains("bench", StringComparison.Ordinal))
                ?? folder.Traces.Where(trace => trace.IsSet).MaxBy(trace => trace.Bytes)
                ?? (folder.Traces.Count > 0 ? folder.Traces[0] : null)
            : folder.Traces.FirstOrDefault(trace => trace.Name == traceName)
                ?? folder.Traces.SelectMany(trace => trace.Members).FirstOrDefault(device => device.Name == traceName)
                ?? throw new TraceException($"{folder.Path}: has no trace '{traceName}'; there are: {string.Join(", ", folder.Traces.SelectMany(trace => trace.Members.Prepend(trace)).Select(trace => trace.Name))}");
    }

    private static (TimeSpans Phases, string? Source) PhasesOf(RunFolder folder)
    {
        foreach (RunPart<RunEnvironment> part in folder.Environments.Where(part => part.Content.Phases.Count > 0))
            return (new TimeSpans(part.Content.Phases.Select(phase => new NamedSpan(phase.Name, null, phase.StartMonotonicNs, phase.EndMonotonicNs ?? long.MaxValue))), part.File);
        if (folder.Marks.Count == 0)
            return (new TimeSpans([]), null);
        // Marks of one kind that follow each other are one phase.
        RunMark[] marks = [.. folder.Marks[0].Content.Marks.OrderBy(mark => mark.MonotonicNs)];
        var phases = new List<NamedSpan>();
        for (int i = 0; i < marks.Length; i++)
        {
            string name = marks[i].What == "read" ? "iter" : marks[i].What;
            if (phases.Count == 0 || phases[^1].Name != name)
                phases.Add(new NamedSpan(name, null, marks[i].MonotonicNs, long.MaxValue));
        }

        return (new TimeSpans(phases), folder.Marks[0].File);
    }

    private static (TimeSpans Tokens, string? Source) TokensOf(RunFolder folder)
    {
        if (folder.Tokens.Count > 0)
        {
            // The last phase is the measured one; a warm-up comes before it.
            RunPart<TokenTimes> part = folder.Tokens[0];
            string phase = part.Content.Tokens.Select(token => token.Phase).LastOrDefault() ?? "";
            return (new TimeSpans(part.Content.Tokens.Where(token => token.Phase == phase).Select(token =>
                new NamedSpan(SpanKinds.OfToken(token.Index).Name(), token.Index, token.StartMonotonicNs, token.EndMonotonicNs))), part.File);
        }

        if (TokensOfLayers(folder) is { } ofLayers)
            return ofLayers;
        if (folder.Marks.Count == 0)
            return (new TimeSpans([]), null);
        RunMark[] marks = [.. folder.Marks[0].Content.Marks.OrderBy(mark => mark.MonotonicNs)];
        var tokens = new List<NamedSpan>();
        bool hasPrefill = marks.Any(mark => mark.What == "prefill");
        if (hasPrefill)
            tokens.Add(new NamedSpan(SpanKind.Prefill.Name(), 0, marks.First(mark => mark.What == "prefill").MonotonicNs, long.MaxValue));
        foreach (RunMark mark in marks.Where(mark => mark.Step is not null && mark.Layer is null))
            tokens.Add(new NamedSpan((hasPrefill ? SpanKinds.OfToken(tokens.Count) : SpanKind.Pass).Name(), tokens.Count, mark.MonotonicNs, long.MaxValue));
        // The last step ends with the mark after its own.
        if (tokens.Count > 0)
        {
            int[] after = [.. Enumerable.Range(0, marks.Length).Where(i => marks[i].MonotonicNs > tokens[^1].StartNs && marks[i].Step is null)];
            tokens[^1] = tokens[^1] with { EndNs = after.Length > 0 ? marks[after[0]].MonotonicNs : long.MaxValue };
        }

        return (new TimeSpans(tokens), folder.Marks[0].File);
    }

    // A token is computed from the first of its layers' calls to the last.
    private static (TimeSpans Tokens, string? Source)? TokensOfLayers(RunFolder folder)
    {
        if (folder.Layers.Count == 0)
            return null;
        LayerTime[] calls = [.. folder.Layers[0].Content.Calls.Where(call => call.Token is not null)];
        string phase = calls.Length > 0 ? calls[^1].Phase : "";
        NamedSpan[] tokens =
        [
            .. calls.Where(call => call.Phase == phase).GroupBy(call => call.Token!.Value).Select(token =>
                new NamedSpan(SpanKinds.OfToken(token.Key).Name(), token.Key, token.Min(call => call.StartMonotonicNs), token.Max(call => call.EndMonotonicNs))),
        ];
        return tokens.Length == 0 ? null : (new TimeSpans(tokens), folder.Layers[0].File);
    }
}

using System.Text;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Lines;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis;

/// <summary>The part of an analysis that needs the events in their order: matching, process names, the clock. One batch after the other.</summary>
internal sealed class OrderedStage(AnalysisOptions options, ITraceReader reader, RunContext? run = null, Matching matching = Matching.OfCompletions)
{
    private readonly TextSequences _sequences = new();
    private readonly TimeScreen _screen = new();
    private long? _toldStartNs;
    private long _lastTimeNs = long.MinValue;
    private HashSet<int>? _pidsOfName = options.Filter.ProcessName is { } wanted && run is not null ? [.. run.ThreadNames.Where(thread => thread.Name == wanted).Select(thread => thread.Thread)] : null;

    /// <summary>What went wrong.</summary>
    public ReadDiagnostics Diagnostics { get; } = new();

    /// <summary>Names of processes: those that the run noted, then, which overrule them, the trace's own.</summary>
    public ProcessNames Processes { get; } = NamesOf(run);

    /// <summary>The call stacks that events number; null if the format has none.</summary>
    public StackTable? Stacks { get; } = reader.Stacks;

    /// <summary>Which devices an analysis takes.</summary>
    public DeviceLimit Devices { get; } = new(options.Filter);

    /// <summary>Names of devices; null if the format numbers them.</summary>
    public DeviceNames? DeviceNames { get; } = reader.Devices;

    /// <summary>Puts requests together.</summary>
    public RequestMatcher Matcher { get; } = new() { KeepsUnfinished = matching == Matching.OfAll, BusyTimesNs = run?.KnownTimesNs(), DepthTimesNs = run?.SpanTimesNs() ?? [] };

    /// <summary>How requests follow each other; null for a trace alone, which would take a tenth longer, unless that is asked for.</summary>
    public SequenceCounter? Sequences { get; } = run is null && !options.Btt ? null : new SequenceCounter(options, run?.Tensors?.Extents, run?.Phases);

    /// <summary>What btt tells; null unless it is asked for.</summary>
    public StepCounter? Steps { get; } = options.Btt ? new StepCounter(options) : null;

    /// <summary>Reads by what was written just before them.</summary>
    public WriteHistory Writes { get; } = new();

    /// <summary>A moment on both clocks, if the trace tells one.</summary>
    public WallClockAnchor? WallClock { get; private set; }

    /// <summary>Where bins start; null before the first event.</summary>
    public AnalysisClock? Clock { get; private set; }

    /// <summary>Least time of an event of the first batch that had any.</summary>
    public long StartNs { get; private set; }

    /// <summary>Events so far.</summary>
    public long Events { get; private set; }

    /// <summary>Least time of an event.</summary>
    public long FirstNs { get; private set; } = long.MaxValue;

    /// <summary>Greatest time of an event.</summary>
    public long LastNs { get; private set; } = long.MinValue;

    /// <summary>Bytes read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Processes called as the filter says, as known at this point of the trace; null without such a filter.</summary>
    public IReadOnlySet<int>? PidsOfName => _pidsOfName;

    /// <summary>Takes the next batch, whose events are sorted by time, and gives the requests that end in it and the issues that do not count. For an analysis, only events on the time axis stay in the batch; see <see cref="TimeScreen"/>.</summary>
    public void Process(EventBatch batch, long chunkBytes, RequestBatch ended)
    {
        ended.Clear();
        Bytes += chunkBytes;
        Diagnostics.Merge(batch.Diagnostics);
        _sequences.Merge(batch.Sequences);
        ObserveNames(batch.Processes);
        WallClock ??= batch.WallClock;
        _toldStartNs ??= batch.StartNs;
        if (batch.Count == 0)
            return;

        if (reader.PromisesTimeOrder)
            Diagnostics.Add(ReadCounter.ClockRegressions, batch.Descents + (batch.FirstReadNs < _lastTimeNs ? 1 : 0));
        _lastTimeNs = batch.LastReadNs;
        if (matching == Matching.OfCompletions)
        {
            Events += Devices.Apply(batch);
            _screen.Screen(batch);
        }

        Take(batch, ended);
    }

    /// <summary>Ends the trace: gives what was held back, the requests that never completed, and counts what only the whole trace tells.</summary>
    /// <param name="last">Is overwritten with the last events.</param>
    /// <param name="unfinished">Is overwritten with the last requests.</param>
    public void Finish(EventBatch last, RequestBatch unfinished)
    {
        last.Clear();
        unfinished.Clear();
        _screen.Finish(last);
        Take(last, unfinished);
        Matcher.Finish(unfinished, Diagnostics);

        // Of a live trace blkparse says itself how many numbers it skipped.
        long lost = _sequences.Lost - Diagnostics[ReadCounter.LostEvents];
        if (lost > 0)
            Diagnostics.AddAt(ReadCounter.LostEvents, reader.Source.Files[0], _sequences.FirstGapOffset ?? 0, lost);
    }

    private void Take(EventBatch batch, RequestBatch ended)
    {
        Events += batch.FarOff.Count;
        Diagnostics.Add(ReadCounter.TimesOutOfRange, batch.FarOff.Count);
        if (batch.Count == 0)
            return;

        ReadOnlySpan<BlockEvent> events = batch.Events;
        if (Clock is null)
        {
            StartNs = Math.Min(_toldStartNs ?? long.MaxValue, events[0].TimeNs);
            Clock = AnalysisClock.For(StartNs, options);
            Matcher.OriginNs = Clock.OriginNs;
        }

        FirstNs = Math.Min(FirstNs, events[0].TimeNs);
        LastNs = Math.Max(LastNs, events[^1].TimeNs);
        Events += events.Length;
        if (matching == Matching.OfAll || (matching == Matching.OfCompletions && reader.HasCompletions))
            Matcher.Add(events, ended);
        Writes.Add(events, ended.Requests);
        Sequences?.Add(events, ended.Withheld, PidsOfName, StartNs);
        Steps?.Add(events, ended.Requests, PidsOfName, StartNs);
    }

    // Of several files the first counts; what follows is the same, or of another trace.
    private static ProcessNames NamesOf(RunContext? run)
    {
        var names = new ProcessNames();
        foreach (ThreadName thread in run?.ThreadNames ?? [])
            names.Observe(thread.Thread, Encoding.UTF8.GetBytes(thread.Name));
        return names;
    }

    // The set is replaced, never changed: workers hold on to the one that was true for their batch.
    private void ObserveNames(ProcessNames names)
    {
        if (names.Count == 0)
            return;
        Processes.Merge(names);
        if (options.Filter.ProcessName is not { } wanted)
            return;
        var pids = new HashSet<int>(_pidsOfName ?? []);
        bool anyChanged = _pidsOfName is null;
        foreach ((int pid, string name) in names.All)
            anyChanged |= name == wanted ? pids.Add(pid) : pids.Remove(pid);
        if (anyChanged)
            _pidsOfName = pids;
    }
}

/// <summary>Which requests are put together.</summary>
internal enum Matching
{
    /// <summary>Those of traces that can tell when they completed.</summary>
    OfCompletions,

    /// <summary>All, those that never complete included.</summary>
    OfAll,

    /// <summary>None.</summary>
    None,
}

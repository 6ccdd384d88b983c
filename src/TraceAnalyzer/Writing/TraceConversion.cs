using System.Collections.Concurrent;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Writing;

/// <summary>
/// Writes a trace in another format. One thread reads and decodes chunks ahead, another takes the events in their order, puts requests together
/// if these are wanted, and writes. Memory is bounded: a few chunks, the requests in flight, and what the writer gathers.
/// </summary>
public static class TraceConversion
{
    private const int ChunksAhead = 3;

    /// <summary>Converts a trace to its end.</summary>
    /// <param name="reader">The trace; stays open.</param>
    /// <param name="format">The format to write, which decides what <paramref name="create"/>'s writer is given.</param>
    /// <param name="options">What to write.</param>
    /// <param name="create">Makes the writer; the conversion finishes and disposes it.</param>
    /// <param name="run">The run that the trace is part of: its files, tensors, phases and tokens; null if it stands alone.</param>
    /// <param name="progress">Is told, now and then, how many bytes (decompressed) have been read; may be null.</param>
    /// <param name="cancellation">Stops the work between two chunks.</param>
    /// <exception cref="TraceException">The input cannot be read on, or has no device of the filter's name.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ConversionResult Run(
        ITraceReader reader, OutputFormat format, WriteOptions options, Func<WriteContext, ITraceWriter> create, RunContext? run = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        options = options with { Filter = options.Filter.For(reader, run) };
        bool writesRequests = format.CarriesRequests && options.Rows == WrittenRows.Requests;
        var stage = new OrderedStage(new AnalysisOptions { Filter = options.Filter }, reader, matching: writesRequests ? Matching.OfAll : Matching.None);
        var context = new WriteContext(reader, options, run) { Diagnostics = stage.Diagnostics };
        using ITraceWriter writer = create(context);
        var work = new Work(stage, context, writer, writesRequests);
        using var ahead = new DecodedAhead(reader, progress, cancellation);
        foreach (EventBatch batch in ahead.Batches())
            work.Take(batch);
        DeviceChoice.Check(reader, options.Filter.DeviceName);
        work.Finish();
        writer.Finish();
        if (reader.Stacks is not null)
            context.NotCarried.Never("kernel call stacks");
        return new ConversionResult(reader.Source, work.Written, stage.Events, stage.Diagnostics, context.NotCarried);
    }

    private sealed class Work(OrderedStage stage, WriteContext context, ITraceWriter writer, bool writesRequests)
    {
        private readonly RequestBatch _ended = new();
        private readonly RequestSorter _sorter = new();
        private readonly EventFilter _filter = context.Options.Filter;
        private readonly Dictionary<DeviceId, long> _emptyBios = [];
        private long _reissues;
        private BlockEvent[] _passing = new BlockEvent[4096];

        public long Written { get; private set; }

        public void Take(EventBatch batch)
        {
            stage.Process(batch, chunkBytes: 0, _ended);
            context.Processes.Observe(batch.Processes);
            context.WallClock = stage.WallClock;
            if (stage.Events > 0)
                context.StartNs = stage.StartNs;
            if (!writesRequests)
            {
                Write(Passing(batch.Events), batch.Payloads);
                return;
            }

            if (batch.Count == 0)
                return;
            CountEventsOfNoRequest(batch.Events);
            Hold(_ended.Requests);
            if (_sorter.IsDue)
                WriteRequests(stage.Matcher.OldestStartNs());
            if (_sorter.Count > RequestSorter.MaxHeld)
                GiveUpOldest();
        }

        public void Finish()
        {
            stage.Finish(new EventBatch(), _ended);
            if (!writesRequests)
                return;
            Hold(_ended.Requests);
            WriteRequests(long.MaxValue);
            foreach ((DeviceId device, long count) in _emptyBios)
            {
                // Where requests are issued, a flush is a row by its issue.
                if (!stage.Matcher.Devices.TryGetValue(device, out DeviceFlight? flight) || !flight.SawIssue)
                    context.NotCarried.Add("flushes of devices that never issue (device-mapper)", count);
            }

            context.NotCarried.Add("times of earlier issues of requests that were issued again", _reissues);
            context.NotCarried.Add("completions of requests whose issue is not in the trace", stage.Matcher.UnmatchedCompletions);
        }

        // One request is in flight for as long as a million others took.
        private void GiveUpOldest()
        {
            _ended.Clear();
            stage.Matcher.GiveUp(_sorter.MiddleStartNs(), _ended);
            Hold(_ended.Requests);
            WriteRequests(stage.Matcher.OldestStartNs());
        }

        private void Hold(ReadOnlySpan<IoRequest> requests)
        {
            foreach (ref readonly IoRequest request in requests)
            {
                if (!_filter.IsNone && !Passes(request))
                    continue;
                _sorter.Add(request);
                _reissues += request.Reissues;
            }
        }

        private void WriteRequests(long beforeNs)
        {
            ReadOnlySpan<IoRequest> requests = _sorter.Take(beforeNs);
            Written += requests.Length;
            if (requests.Length > 0)
                writer.Write(requests);
        }

        private void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads)
        {
            Written += events.Length;
            writer.Write(events, payloads);
        }

        private bool Passes(in IoRequest request)
        {
            OperationClass @class = CountedClass.Of(request.Class, request.LengthBytes);
            return _filter.Passes(
                request.Device,
                @class,
                request.Rwbs,
                request.Pid,
                RequestSorter.StartNsOf(request) - stage.StartNs,
                request.Sector,
                request.LengthBytes / BlockEvent.SectorBytes,
                stage.PidsOfName);
        }

        private ReadOnlySpan<BlockEvent> Passing(Span<BlockEvent> events)
        {
            if (_filter.IsNone)
                return events;
            if (_passing.Length < events.Length)
                _passing = new BlockEvent[events.Length];
            int count = 0;
            foreach (ref readonly BlockEvent e in events)
            {
                OperationClass @class = CountedClass.Of(e.Class, e.LengthBytes);
                if (_filter.Passes(e.Device, @class, e.Rwbs, e.Pid, e.TimeNs - stage.StartNs, e.Sector, e.LengthSectors, stage.PidsOfName))
                    _passing[count++] = e;
            }

            return _passing.AsSpan(0, count);
        }

        private void CountEventsOfNoRequest(ReadOnlySpan<BlockEvent> events)
        {
            int others = 0;
            foreach (ref readonly BlockEvent e in events)
            {
                if (e.Action is not (BlockAction.Queue or BlockAction.Issue or BlockAction.Complete or BlockAction.Requeue))
                    others++;
                else if (e.Action == BlockAction.Queue && e.LengthBytes == 0)
                    _emptyBios[e.Device] = _emptyBios.GetValueOrDefault(e.Device) + 1;
            }

            context.NotCarried.Add("events that are not queueing, issue, requeue or completion (merges, plugs, ...)", others);
        }
    }

    // Reads and decodes on a thread of its own. It is left behind when the work ends early: a read from a silent pipe returns when its writer likes.
    private sealed class DecodedAhead : IDisposable
    {
        private readonly BlockingCollection<EventBatch> _full = new(ChunksAhead);
        private readonly BlockingCollection<EventBatch> _free = [];
        private readonly CancellationTokenSource _stop;
        private Exception? _failure;

        public DecodedAhead(ITraceReader reader, IProgress<long>? progress, CancellationToken cancellation)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            for (int i = 0; i < ChunksAhead; i++)
                _free.Add(new EventBatch(), CancellationToken.None);
            new Thread(() => ReadAhead(reader, progress)) { IsBackground = true, Name = "decode" }.Start();
        }

        /// <summary>The batches; each is reused after the next was asked for.</summary>
        public IEnumerable<EventBatch> Batches()
        {
            foreach (EventBatch batch in _full.GetConsumingEnumerable(_stop.Token))
            {
                yield return batch;
                _free.Add(batch);
            }

            if (_failure is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }

        public void Dispose() => _stop.Cancel();

        private void ReadAhead(ITraceReader reader, IProgress<long>? progress)
        {
            try
            {
                var chunk = new TraceChunk();
                bool more = true;
                while (more)
                {
                    EventBatch batch = _free.Take(_stop.Token);
                    more = reader.ReadChunk(chunk);

                    // A last chunk without bytes may still carry diagnostics.
                    if (!more && chunk.Diagnostics.IsClean)
                        break;
                    progress?.Report(chunk.Length);
                    reader.Decode(chunk, batch);
                    batch.SortByTime();
                    _full.Add(batch, _stop.Token);
                }
            }
            catch (Exception exception)
            {
                _failure = exception;
            }
            finally
            {
                _full.CompleteAdding();
            }
        }
    }
}

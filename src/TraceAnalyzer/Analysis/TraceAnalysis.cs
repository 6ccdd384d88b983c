using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Runs a trace through all analyses. Each worker carries one chunk of the trace at a time all the way: it cuts the
/// chunk off (one worker at a time), decodes it (beside the others), waits for the chunk's turn to match requests (in the
/// order of the trace) and accumulates (beside the others again). A chunk is small enough to stay in the core's cache
/// from its first byte to the last sum. In the end the workers' sums are merged.
/// </summary>
public static class TraceAnalysis
{
    /// <summary>Analyses a trace to its end.</summary>
    /// <param name="reader">The trace; stays open.</param>
    /// <param name="options">What to compute.</param>
    /// <param name="run">The run that the trace is part of; null if it stands alone.</param>
    /// <param name="progress">Is told, now and then, how many bytes (decompressed) have been read; may be null.</param>
    /// <param name="cancellation">Stops the work between two chunks.</param>
    /// <exception cref="TraceException">The input cannot be read on, or has no device of the filter's name.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport Run(ITraceReader reader, AnalysisOptions options, RunContext? run = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        options = options with { Filter = options.Filter.For(reader, run) };
        var stage = new OrderedStage(options, reader, run);
        var pipeline = new Pipeline(reader, options, run, stage, progress, cancellation);
        TraceAccumulators accumulators = pipeline.ToEnd();
        DeviceChoice.Check(reader, options.Filter.DeviceName);
        return accumulators.ByQueue is { } byQueue && byQueue.Devices.Any(device => byQueue.ActionsOf(device) is var actions && actions[(int)BlockAction.Queue] > 0 && actions[(int)BlockAction.Complete] > 0)
            ? ReportBuilder.Build(reader.Source, options with { CountedAction = BlockAction.Queue }, run, stage, byQueue, CountedByQueue)
            : ReportBuilder.Build(reader.Source, options, run, stage, accumulators);
    }

    private const string CountedByQueue =
        "Nothing is issued (D) in the trace, as by bio-based devices (md, device-mapper) nothing ever is: counted are queueings (Q), each a bio as it was submitted, before it was split. "
        + "Latencies and queue depths are from queueing to completion.";

    private sealed class Pipeline(ITraceReader reader, AnalysisOptions options, RunContext? run, OrderedStage stage, IProgress<long>? progress, CancellationToken cancellation)
    {
        private readonly Lock _readLock = new();
        private readonly object _turnLock = new();
        private long _chunksRead;
        private long _turn;
        private bool _ended;
        private Exception? _failure;

        public TraceAccumulators ToEnd()
        {
            var budget = MapBudget.Of(options.MaxMemoryBytes);
            TraceAccumulators[] accumulators = [.. Enumerable.Range(0, Math.Max(1, options.Workers)).Select(_ => new TraceAccumulators(options, run, budget))];
            Thread[] threads = [.. accumulators[1..].Select(own => new Thread(() => Work(own)) { IsBackground = true, Name = "analyse" })];
            foreach (Thread thread in threads)
                thread.Start();
            Work(accumulators[0]);
            foreach (Thread thread in threads)
                thread.Join();
            if (_failure is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);

            // Events that were held back and requests that never completed belong to no chunk.
            var last = new EventBatch();
            var unfinished = new RequestBatch();
            stage.Finish(last, unfinished);
            Accumulate(last, unfinished, stage.PidsOfName, accumulators[0]);
            foreach (TraceAccumulators other in accumulators[1..])
                accumulators[0].Merge(other);
            accumulators[0].Settle();
            return accumulators[0];
        }

        private void Work(TraceAccumulators accumulators)
        {
            try
            {
                var chunk = new TraceChunk();
                var batch = new EventBatch();
                var ended = new RequestBatch();
                while (TryReadChunk(chunk, out long number))
                {
                    reader.Decode(chunk, batch);
                    batch.SortByTime();
                    IReadOnlySet<int>? pidsOfName;
                    WaitForTurn(number);
                    try
                    {
                        stage.Process(batch, chunk.InputBytes, ended);
                        pidsOfName = stage.PidsOfName;
                    }
                    finally
                    {
                        EndTurn();
                    }

                    Accumulate(batch, ended, pidsOfName, accumulators);
                }
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        }

        private void Accumulate(EventBatch batch, RequestBatch ended, IReadOnlySet<int>? pidsOfName, TraceAccumulators accumulators)
        {
            if (stage.Clock is not { } clock)
                return;
            accumulators.Add(batch.Events, ended, clock, pidsOfName, stage.StartNs);
            foreach (BlockEvent e in batch.FarOff)
                accumulators.AddFarOff(e, clock, pidsOfName);
        }

        private bool TryReadChunk(TraceChunk chunk, out long number)
        {
            lock (_readLock)
            {
                number = _chunksRead;
                cancellation.ThrowIfCancellationRequested();
                if (_ended)
                    return false;
                bool read = reader.ReadChunk(chunk);
                if (!read)
                {
                    _ended = true;
                    if (chunk.Diagnostics.IsClean)
                        return false;
                }

                // A last chunk without bytes still has its diagnostics counted in turn.
                _chunksRead++;
                progress?.Report(chunk.InputBytes);
                return true;
            }
        }

        private void WaitForTurn(long number)
        {
            // The turn is mostly near, and going to sleep and being woken takes longer than matching a chunk.
            var spin = new SpinWait();
            while (Volatile.Read(ref _turn) != number && !spin.NextSpinWillYield)
                spin.SpinOnce();
            lock (_turnLock)
            {
                while (_turn != number && _failure is null)
                    Monitor.Wait(_turnLock);
                if (_failure is not null)
                    throw new OperationCanceledException();
            }
        }

        private void EndTurn()
        {
            lock (_turnLock)
            {
                _turn++;
                Monitor.PulseAll(_turnLock);
            }
        }

        // The first failure is the one that counts: the others follow from it.
        private void Fail(Exception exception)
        {
            lock (_readLock)
                _ended = true;
            lock (_turnLock)
            {
                _failure ??= exception;
                Monitor.PulseAll(_turnLock);
            }
        }
    }
}

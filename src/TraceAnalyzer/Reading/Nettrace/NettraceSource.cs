using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Diagnostics.Tracing;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Tracepoints;

namespace TraceAnalyzer.Reading.Nettrace;

/// <summary>
/// Runs TraceEvent's <see cref="EventPipeEventSource"/>, which calls back for event after event until the trace ends, on a thread of its own,
/// and hands the events on in pieces that can be asked for. At most a few pieces wait, so memory does not grow with the trace.
/// </summary>
internal sealed class NettraceSource : IDisposable
{
    private const int PiecesAhead = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly TraceInput _input;
    private readonly StackTable _stacks;
    private readonly ReadDiagnostics _mended = new();
    private readonly Dictionary<(Guid Provider, int Event), EventKind> _kinds = [];
    private readonly BlockingCollection<Piece> _pieces = new(PiecesAhead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private NettraceBlocks? _blocks;
    private Piece _piece = new();
    private long _delivered;
    private long _blockEvents;
    private long _reportedBytes;
    private long _failedAt;
    private bool _isDisposed;
    private Exception? _failure;

    public NettraceSource(TraceInput input, StackTable stacks)
    {
        _input = input;
        _stacks = stacks;
        _thread = new Thread(Run) { IsBackground = true, Name = "nettrace" };
        _thread.Start();
    }

    private enum EventKind
    {
        Other,
        ProcessName,
        Symbol,

        // The tracepoint's place in the table follows.
        Tracepoint,
    }

    /// <summary>Events, one <see cref="NettraceRecord"/> with its payload after the other.</summary>
    internal sealed class Piece
    {
        /// <summary>The bytes; valid up to <see cref="Length"/>.</summary>
        public byte[] Bytes { get; private set; } = new byte[TraceChunk.TargetBytes + (64 * 1024)];

        /// <summary>Number of valid bytes.</summary>
        public int Length { get; private set; }

        /// <summary>Bytes of the input that were read for it.</summary>
        public long InputBytes { get; set; }

        /// <summary>Where in the input its first event's block lies.</summary>
        public long Offset { get; set; }

        /// <summary>A moment on both clocks, in the first piece.</summary>
        public WallClockAnchor? WallClock { get; set; }

        /// <summary>What went wrong up to its end.</summary>
        public ReadDiagnostics Diagnostics { get; } = new();

        /// <summary>Appends an event.</summary>
        public void Append(NettraceRecord record, ReadOnlySpan<byte> payload)
        {
            int end = Length + NettraceRecord.Bytes + payload.Length;
            if (end > Bytes.Length)
            {
                byte[] larger = new byte[Math.Max(end, Bytes.Length * 2)];
                Bytes.AsSpan(0, Length).CopyTo(larger);
                Bytes = larger;
            }

            record.PayloadBytes = (ushort)payload.Length;
            MemoryMarshal.Write(Bytes.AsSpan(Length), record);
            payload.CopyTo(Bytes.AsSpan(Length + NettraceRecord.Bytes));
            Length = end;
        }
    }

    /// <summary>The next piece; null at the end of the trace.</summary>
    /// <exception cref="TraceException">The input cannot be read on, or holds no events of the block layer.</exception>
    public Piece? Next()
    {
        Piece? piece = null;
        LibraryWatch.Wait(_input.Name, "TraceEvent", time => _pieces.TryTake(out piece, time) || _pieces.IsCompleted, () => _blocks?.Offset ?? 0);
        if (piece is not null)
            return piece;
        return _failure switch
        {
            null => null,
            TraceException known => throw known,
            OutOfMemoryException => throw new InsufficientMemoryException(_failure.Message, _failure),
            _ => throw new TraceException($"{_input.Name}: cannot be read: {_failure.Message}", _failure),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _stop.Cancel();

        // It may sit in a read from a pipe that nobody writes to; the thread ends with the process then.
        bool ended = _thread.Join(s_patience);
        _input.Dispose();
        if (!ended)
            return;
        _pieces.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            _blocks = new NettraceBlocks(_input, _stacks, _mended) { Stop = _stop.Token };
            Process(_blocks);

            // What it did not deliver it could not read: events that no metadata describes, and those behind damage that it does not survive.
            _mended.AddAt(ReadCounter.BadRecords, _input.Name, _failedAt, Math.Max(_blocks.Events - _delivered, _failedAt > 0 ? 1 : 0));
            _blocks.SkipRest();
            if (_blockEvents == 0 && _mended.IsClean)
                throw NoBlockEvents();
            HandOver();
        }
        catch (OperationCanceledException)
        {
            // Disposed while there was more to read.
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
        finally
        {
            _pieces.CompleteAdding();
        }
    }

    private void Process(NettraceBlocks blocks)
    {
        try
        {
            using var source = new EventPipeEventSource(blocks);
            source.Dynamic.All += Take;
            source.Process();

            // TraceEvent sums gaps of 32 bits into a signed number.
            _mended.Add(ReadCounter.LostEvents, (uint)source.EventsLost);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or IOException or ObjectDisposedException or OutOfMemoryException))
        {
            // TraceEvent has no exception of its own for damage: FormatException, ArgumentException, KeyNotFoundException and others come up.
            _failedAt = blocks.BlockOffset;
        }
    }

    private void Take(TraceEvent e)
    {
        _delivered++;
        (Guid, int) key = (e.ProviderGuid, (int)e.ID);
        if (!_kinds.TryGetValue(key, out EventKind kind))
            _kinds.Add(key, kind = KindOf(e));
        if (kind == EventKind.Other)
            return;

        ReadOnlySpan<byte> payload = PayloadOf(e);
        if (kind >= EventKind.Tracepoint)
            TakeTracepoint(e, kind - EventKind.Tracepoint, payload);
        else if (kind == EventKind.ProcessName)
            TakeProcessName(e, payload);
        else
            TakeSymbol(payload);
    }

    // Names as dotnet-trace writes them: "block" / "block_rq_issue", "Universal.System" / "ProcessCreate".
    private static EventKind KindOf(TraceEvent e)
    {
        if (e.ProviderName == "block" && BlockTracepoints.IndexOf(e.EventName) is >= 0 and var index)
            return EventKind.Tracepoint + index;
        if (e.ProviderName != "Universal.System")
            return EventKind.Other;
        return e.EventName switch
        {
            "ProcessCreate" or "ExistingProcess" => EventKind.ProcessName,
            "ProcessSymbol" => EventKind.Symbol,
            _ => EventKind.Other,
        };
    }

    // What PayloadNames holds of a tracepoint are its four common fields only.
    private static unsafe ReadOnlySpan<byte> PayloadOf(TraceEvent e) => new((void*)e.DataStart, e.EventDataLength);

    private void TakeTracepoint(TraceEvent e, int index, ReadOnlySpan<byte> payload)
    {
        _blockEvents++;
        long ticks = TicksOf(e);
        if (!_blocks!.TryTakeNote(ticks, e.ThreadID, out NettraceBlocks.EventNote note))
            note = new NettraceBlocks.EventNote(0, (ushort)e.ProcessorNumber);
        Append(new NettraceRecord { TimeNs = NsOf(ticks), Cpu = note.Cpu, Stack = note.Stack, Kind = (ushort)index }, payload);
    }

    // The number of the process in its own namespace, then its name, then the namespace's.
    private void TakeProcessName(TraceEvent e, ReadOnlySpan<byte> payload)
    {
        var cursor = new ByteCursor(payload);
        _ = cursor.TakeVarUInt();
        ReadOnlySpan<byte> name = cursor.TakeShortText();
        if (cursor.IsGood && !name.IsEmpty)
            Append(new NettraceRecord { Kind = NettraceRecord.ProcessName, ProcessId = e.ProcessID }, name);
    }

    // Number, mapping's number, first and last address, name.
    private void TakeSymbol(ReadOnlySpan<byte> payload)
    {
        var cursor = new ByteCursor(payload);
        _ = cursor.TakeVarUInt();
        _ = cursor.TakeVarUInt();
        ulong start = cursor.TakeVarUInt();
        ulong end = cursor.TakeVarUInt();
        ReadOnlySpan<byte> name = cursor.TakeShortText();
        if (cursor.IsGood && start >= KernelSymbols.FirstKernelAddress && end >= start)
            _stacks.Symbols.Add(start, end, Encoding.UTF8.GetString(name));
    }

    private void Append(in NettraceRecord record, ReadOnlySpan<byte> payload)
    {
        if (_piece.Length == 0)
            _piece.Offset = _blocks!.BlockOffset;
        _piece.Append(record, payload);
        if (_piece.Length >= TraceChunk.TargetBytes)
            HandOver();
    }

    private void HandOver()
    {
        NettraceBlocks blocks = _blocks!;
        Piece piece = _piece;
        piece.InputBytes = blocks.Offset - _reportedBytes;
        piece.Diagnostics.Merge(_mended);
        if (_reportedBytes == 0 && blocks.Start.UnixNs != 0)
            piece.WallClock = new WallClockAnchor(NsOf(blocks.Start.Ticks), blocks.Start.UnixNs);
        _reportedBytes = blocks.Offset;
        _mended.Clear();
        _piece = new Piece();
        _pieces.Add(piece, _stop.Token);
    }

    // "Discouraged", but the times it recommends are floating-point milliseconds.
#pragma warning disable CS0618
    private static long TicksOf(TraceEvent e) => e.TimeStampQPC;
#pragma warning restore CS0618

    private long NsOf(long ticks)
    {
        const long NsPerSecond = 1_000_000_000;
        long perSecond = _blocks!.TicksPerSecond;
        return perSecond is NsPerSecond or <= 0 ? ticks : (long)((Int128)ticks * NsPerSecond / perSecond);
    }

    private TraceException NoBlockEvents() => new(
        $"{_input.Name}: .nettrace without events of the block layer; expected provider 'block', as recorded by "
        + "'dotnet-trace collect-linux --perf-events block:block_rq_issue,block:block_rq_complete'");
}

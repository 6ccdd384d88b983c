using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>
/// Watches the sequence numbers and the clock of each CPU of each device, as the records come. The kernel numbers the
/// records of a CPU from 1 on, so numbers that never show up are records that were lost; a nested interrupt may swap two
/// of them, which loses nothing. Sequence 0 means that the tracer does not number (ftrace's <c>blk</c> tracer).
/// </summary>
internal sealed class CpuSequences
{
    private const int Recent = 256;

    private readonly Dictionary<(uint Device, uint Cpu), State> _states = [];
    private readonly State?[] _recent = new State?[Recent];

    /// <summary>Takes note of a record that is not a notify record. Its file is known by a number of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Observe(in RecordFrame frame, int fileNumber, string file, long offset, ReadDiagnostics diagnostics)
    {
        // Of each CPU (the first 256) the device it was on last: a look-up where one CPU follows another would cost more than all the rest.
        State? state = _recent[frame.Cpu % Recent];
        if (state is not null && state.Cpu == frame.Cpu && state.Device == frame.Device
            && state.LastFile == fileNumber && frame.TimeNs >= state.LastTimeNs && frame.Sequence == state.Next)
        {
            state.LastTimeNs = frame.TimeNs;
            state.Next += state.Step;
        }
        else
        {
            ObserveOther(frame, fileNumber, file, offset, diagnostics);
        }
    }

    /// <summary>Counts what never showed up. To be called once, at the end of the trace.</summary>
    public void CountLost(ReadDiagnostics diagnostics)
    {
        foreach ((_, State state) in _states.OrderBy(pair => pair.Key))
        {
            if (state.Missing > 0 && state.GapPlace is { } place)
                diagnostics.AddAt(ReadCounter.LostEvents, place.File, place.Offset, state.Missing);
        }
    }

    // Any record but the expected next one of its CPU.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ObserveOther(in RecordFrame frame, int fileNumber, string file, long offset, ReadDiagnostics diagnostics)
    {
        State? state = _recent[frame.Cpu % Recent];
        if (state is null || state.Cpu != frame.Cpu || state.Device != frame.Device)
            state = Find(frame);

        // Files that are pieces of one trace are read side by side, so only within a file is there an order.
        if (frame.TimeNs < state.LastTimeNs && fileNumber == state.LastFile)
            diagnostics.AddAt(ReadCounter.ClockRegressions, file, offset);
        state.LastTimeNs = frame.TimeNs;
        state.LastFile = fileNumber;

        // No number, unless it is the turn of a counter that wrapped.
        if (frame.Sequence == 0 && (state.Step == 0 || (uint)state.Next != 0))
            return;
        if (state.Step == 0)
        {
            state.Step = 1;
            state.First = state.Next = frame.Sequence;
        }

        // The counter is 32 bits wide and may wrap.
        long number = state.Next + (int)(frame.Sequence - (uint)state.Next);
        if (number >= state.Next)
        {
            if (number > state.Next)
                state.GapPlace ??= (file, offset);
            state.Missing += number - state.Next;
            state.Next = number + 1;
        }
        else if (number < state.First)
        {
            state.Missing += state.First - number - 1;
            state.First = number;
        }
        else
        {
            state.Missing--;
        }
    }

    private State Find(in RecordFrame frame)
    {
        if (!_states.TryGetValue((frame.Device, frame.Cpu), out State? state))
        {
            state = new State { Device = frame.Device, Cpu = frame.Cpu };
            _states.Add((frame.Device, frame.Cpu), state);
        }

        _recent[frame.Cpu % Recent] = state;
        return state;
    }

    private sealed class State
    {
        public required uint Device;
        public required uint Cpu;
        public long LastTimeNs = long.MinValue;
        public int LastFile = -1;

        // The numbers seen span First to Next - 1, and so many of these are missing. Step is 1, or 0 while all records had the number 0.
        public long First;
        public long Next;
        public long Step;
        public long Missing;
        public (string File, long Offset)? GapPlace;
    }
}

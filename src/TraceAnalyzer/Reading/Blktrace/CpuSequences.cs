namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>
/// Watches the sequence numbers and the clock of each CPU of each device, as the records come. The kernel numbers the
/// records of a CPU from 1 on, so numbers that never show up are records that were lost; a nested interrupt may swap two
/// of them, which loses nothing. Sequence 0 means that the tracer does not number (ftrace's <c>blk</c> tracer).
/// </summary>
internal sealed class CpuSequences
{
    private readonly Dictionary<(uint Device, uint Cpu), State> _states = [];
    private readonly State?[] _recent = new State?[256];

    /// <summary>Takes note of a record that is no notify record.</summary>
    public void Observe(in RecordFrame frame, string file, long offset, ReadDiagnostics diagnostics)
    {
        // Of each CPU (the first 256) the device it was on last: a look-up where one CPU follows another would cost more than all the rest.
        State? state = _recent[frame.Cpu % _recent.Length];
        if (state is null || state.Cpu != frame.Cpu || state.Device != frame.Device)
            state = Find(frame);

        // Files that are pieces of one trace are read side by side, so only within a file is there an order.
        if (frame.TimeNs < state.LastTimeNs && ReferenceEquals(file, state.LastFile))
            diagnostics.AddAt(ReadCounter.ClockRegressions, file, offset);
        state.LastTimeNs = frame.TimeNs;
        state.LastFile = file;

        if (frame.Sequence == 0)
            return;
        if (state.Count == 0)
        {
            state.First = state.Greatest = frame.Sequence;
        }
        else
        {
            // The counter is 32 bits wide and may wrap.
            int step = (int)(frame.Sequence - (uint)state.Greatest);
            if (step != 1 && state.GapPlace is null && step > 0)
                state.GapPlace = (file, offset);
            if (step > 0)
                state.Greatest += step;
            else
                state.First = Math.Min(state.First, state.Greatest + step);
        }

        state.Count++;
    }

    /// <summary>Counts what never showed up. To be called once, at the end of the trace.</summary>
    public void CountLost(ReadDiagnostics diagnostics)
    {
        foreach ((_, State state) in _states.OrderBy(pair => pair.Key))
        {
            long lost = state.Count == 0 ? 0 : state.Greatest - state.First + 1 - state.Count;
            if (lost > 0 && state.GapPlace is { } place)
                diagnostics.AddAt(ReadCounter.LostEvents, place.File, place.Offset, lost);
        }
    }

    private State Find(in RecordFrame frame)
    {
        if (!_states.TryGetValue((frame.Device, frame.Cpu), out State? state))
        {
            state = new State { Device = frame.Device, Cpu = frame.Cpu };
            _states.Add((frame.Device, frame.Cpu), state);
        }

        _recent[frame.Cpu % _recent.Length] = state;
        return state;
    }

    private sealed class State
    {
        public required uint Device;
        public required uint Cpu;
        public long LastTimeNs = long.MinValue;
        public string? LastFile;
        public long First;
        public long Greatest;
        public long Count;
        public (string File, long Offset)? GapPlace;
    }
}

namespace TraceAnalyzer.Runs.Logs;

/// <summary>Phases of a run by the lines that its framework printed and the times at which they arrived: FlexGen and llama.cpp, unmodified.</summary>
internal sealed class OutputPhases
{
    // No run has as many; a file may hold anything.
    private const int MostPhases = 1024;
    private const double NsPerSecond = 1e9;

    // Lines of FlexGen, each with the phase that begins with it. What follows the last belongs to none.
    private static readonly (string Line, string? Phase)[] s_marks =
        [("init weight...", "init"), ("warmup - generate", "warmup"), ("benchmark - generate", "bench"), ("TorchDevice: ", null), ("Outputs:", null)];

    private readonly List<RunPhase> _phases = [];
    private bool _isOpen;

    /// <summary>The phases, in the order in which they were printed.</summary>
    public IReadOnlyList<RunPhase> Phases => _phases;

    /// <summary>Takes a line.</summary>
    /// <param name="ns">When it arrived, on the monotonic clock, in nanoseconds.</param>
    /// <param name="text">The line.</param>
    public void Add(long ns, string text)
    {
        if (_phases.Count == MostPhases)
            return;
        foreach ((string line, string? phase) in s_marks)
        {
            if (!text.StartsWith(line, StringComparison.Ordinal))
                continue;
            if (_isOpen)
                _phases[^1] = _phases[^1] with { EndMonotonicNs = Math.Max(ns, _phases[^1].StartMonotonicNs) };
            _isOpen = phase is not null;
            if (phase is not null)
                _phases.Add(new RunPhase(phase, ns, null));
            return;
        }

        // llama.cpp takes the time when it prints (llama_perf_context), so that the total ends with the line.
        if (LlamaTimings.TryRead(text, out string name, out double seconds) && name == "total time")
            _phases.Add(new RunPhase("bench", ns - (long)(seconds * NsPerSecond), ns));
    }
}

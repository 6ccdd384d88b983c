namespace TraceAnalyzer.Fuzzing;

/// <summary>How to fuzz.</summary>
public sealed record FuzzOptions
{
    /// <summary>Inputs to try.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>Where the random numbers start: input <c>i</c> depends on the target, the seed and <c>i</c> alone.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where inputs that failed are saved.</summary>
    public string ReproducerFolder { get; init; } = Path.Combine(Path.GetTempPath(), "traceanalyzer-fuzzing");

    /// <summary>One input of so many that can be read is analyzed too, several times, which costs far more than reading it.</summary>
    public int AnalyzedShare { get; init; } = 64;

    /// <summary>True if nothing else runs in the process, so that what all its threads allocate is the target's.</summary>
    public bool OwnsProcess { get; init; }
}

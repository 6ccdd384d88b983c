namespace TraceAnalyzer.Tests;

/// <summary>
/// The switch for second opinions that take long: with <c>TRACEANALYZER_SLOW_TESTS=1</c> every seed of a random test and the
/// large inputs are tried, as <c>.ci/run</c> does; else a part that takes seconds.
/// </summary>
internal static class SlowTests
{
    /// <summary>True if the switch is on.</summary>
    public static bool AreOn { get; } = Environment.GetEnvironmentVariable("TRACEANALYZER_SLOW_TESTS") == "1";

    /// <summary>How many seeds to try: all of them, or the first few.</summary>
    public static int Seeds(int all, int few) => AreOn ? all : few;
}

namespace TraceAnalyzer.Fuzzing;

/// <summary>What came of fuzzing a target.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Iterations">Inputs tried.</param>
/// <param name="Refused">Inputs that were refused with a <see cref="TraceException"/>, as they should be.</param>
/// <param name="Analyzed">Inputs that were analyzed, not only read.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="FailedInputs">Inputs that broke a rule.</param>
/// <param name="Failures">The first of each kind of failure.</param>
/// <param name="IsHanging">True if an input did not end; the thread that reads it is left behind.</param>
public sealed record FuzzResult(string Target, int Iterations, int Refused, int Analyzed, TimeSpan Elapsed, int FailedInputs, IReadOnlyList<FuzzFailure> Failures, bool IsHanging);

/// <summary>An input that broke a rule.</summary>
/// <param name="Iteration">Its number.</param>
/// <param name="Reproducer">The file that it was saved to.</param>
/// <param name="Description">What happened.</param>
public sealed record FuzzFailure(int Iteration, string Reproducer, string Description);

/// <summary>A rule of the oracle is broken.</summary>
public sealed class BrokenRuleException(string message) : Exception(message);

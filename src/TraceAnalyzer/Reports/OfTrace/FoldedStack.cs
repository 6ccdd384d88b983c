namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What was issued with a call stack: counted requests.</summary>
/// <param name="Class">Class of the operations.</param>
/// <param name="Frames">Functions of the kernel from the outermost to the innermost, joined by <c>;</c>.</param>
/// <param name="Requests">How many.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record FoldedStack(OperationClass Class, string Frames, long Requests, long Bytes);

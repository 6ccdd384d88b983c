namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>One run of one command.</summary>
/// <param name="WallSeconds">From start to exit.</param>
/// <param name="CpuSeconds">User and system time; null where the system does not tell (only Linux is asked).</param>
/// <param name="PeakMebibytes">
/// Largest resident set: the kernel's high-water mark (VmHWM), read every few milliseconds, so only growth in the last of them can be missed. Null elsewhere than on Linux.
/// </param>
/// <param name="AnalysisSeconds">The tool's own time for reading, matching and accumulating, if it printed it.</param>
/// <param name="FiguresSeconds">The tool's own time for drawing, if it printed it.</param>
public sealed record Measurement(double WallSeconds, double? CpuSeconds, double? PeakMebibytes, double? AnalysisSeconds, double? FiguresSeconds);

namespace TraceAnalyzer.Runs.Gpu;

/// <summary>A sample before it is known of which GPU it is.</summary>
/// <param name="LocalTime">Wall-clock time.</param>
/// <param name="Percent">Utilization, 0 to 100.</param>
/// <param name="Gpu">Number of the GPU that the row names, in the order in which they are first named; 0 if it names none.</param>
internal readonly record struct GpuRow(DateTime LocalTime, double Percent, int Gpu);

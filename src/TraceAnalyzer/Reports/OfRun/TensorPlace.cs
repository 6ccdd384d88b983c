namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Neighboring sectors of the traced device that hold one file.</summary>
/// <param name="FirstSector">The first.</param>
/// <param name="Sectors">How many.</param>
/// <param name="Tensor">Index into <see cref="RunReport.Tensors"/>.</param>
public sealed record TensorPlace(long FirstSector, long Sectors, int Tensor);

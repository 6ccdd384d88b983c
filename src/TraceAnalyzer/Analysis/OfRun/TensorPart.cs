namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>A part of a file that is a tensor, or an expert's matrix in a stack.</summary>
/// <param name="File">Index into the files of <see cref="TensorMap.Extents"/>.</param>
/// <param name="StartBytes">Where in the file it begins.</param>
/// <param name="EndBytes">Where it ends.</param>
/// <param name="Layer">Its layer, or -1.</param>
internal readonly record struct TensorPart(int File, long StartBytes, long EndBytes, int Layer)
{
    /// <summary>Its length in bytes.</summary>
    public long LengthBytes => EndBytes - StartBytes;
}

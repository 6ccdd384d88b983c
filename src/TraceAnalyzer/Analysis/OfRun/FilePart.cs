namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What a part of a file is.</summary>
public enum FilePart
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>A tensor.</summary>
    Tensor,

    /// <summary>What stands before the first tensor.</summary>
    Header,

    /// <summary>What lies between tensors.</summary>
    Padding,

    /// <summary>What follows the last one, up to the end of the file's last sector.</summary>
    Tail,
}

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>Takes what a <see cref="TraceLocator"/> meets besides traces.</summary>
internal interface IOtherFiles
{
    /// <summary>Takes a file that is not a trace.</summary>
    /// <param name="name">Its name, with that of the archive before it if it lies in one of a folder.</param>
    /// <param name="input">Its content, from the start; closed afterwards.</param>
    void Take(string name, TraceInput input);

    /// <summary>Takes notice of a file, a per-CPU set or an archive that cannot be read, or only in part.</summary>
    void TakeFault(string name, Exception fault);
}

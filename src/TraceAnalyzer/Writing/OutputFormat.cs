namespace TraceAnalyzer.Writing;

/// <summary>A format that traces can be written in.</summary>
/// <param name="Name">Name for the command line.</param>
/// <param name="Description">Name for people.</param>
/// <param name="Endings">Endings of file names that choose it, each with its dot.</param>
/// <param name="CarriesRequests">True if its rows may be requests; false if it knows events alone.</param>
/// <param name="IsStream">True if it is written from its start to its end, so that standard output does.</param>
/// <param name="Create">Makes a writer that writes to a stream, which stays open.</param>
/// <param name="CreateInFolder">Makes a writer that writes a trace of a name as a set of files into a folder; null if there is no such set.</param>
public sealed record OutputFormat(
    string Name,
    string Description,
    IReadOnlyList<string> Endings,
    bool CarriesRequests,
    bool IsStream,
    Func<Stream, WriteContext, ITraceWriter> Create,
    Func<string, string, WriteContext, ITraceWriter>? CreateInFolder = null);

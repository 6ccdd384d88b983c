using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading;

/// <summary>A trace that was found in a folder or in an archive.</summary>
/// <param name="Name">The file's name, or the base name of a per-CPU set; of the sets of several devices their names, joined by <c>+</c>.</param>
/// <param name="Path">What <see cref="TraceFormats.Open"/> opens it by; of several devices the first's.</param>
/// <param name="Format">Name of its format.</param>
public sealed record FoundTrace(string Name, string Path, string Format)
{
    /// <summary>True if it is a per-CPU set.</summary>
    public bool IsSet { get; init; }

    /// <summary>Bytes of the files of a set, as they are stored; 0 of a single file.</summary>
    public long Bytes { get; init; }

    /// <summary>The per-CPU sets of several devices that were recorded together, of which it consists; empty if it is of one piece.</summary>
    public IReadOnlyList<FoundTrace> Members { get; private init; } = [];

    /// <summary>The files of a set, as the folder or the archive names them; empty if it is a single file or of several devices.</summary>
    internal IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Opens it, if it is of one piece.</summary>
    internal Func<TracePart>? OpenPart { get; init; }

    /// <summary>Opens it, while the archive that it may lie in is open.</summary>
    /// <exception cref="TraceException">It cannot be read.</exception>
    public ITraceReader Open(ReadOptions? options = null) => TraceFormats.OpenParts(OpenParts(), options ?? new ReadOptions());

    /// <summary>Several sets, of one device each, as one trace.</summary>
    internal static FoundTrace Of(IReadOnlyList<FoundTrace> devices) => devices.Count == 1 ? devices[0]
        : new(string.Join("+", devices.Select(device => device.Name)), devices[0].Path, devices[0].Format) { IsSet = true, Bytes = devices.Sum(device => device.Bytes), Members = devices };

    /// <summary>Opens its parts: one, or those of several devices.</summary>
    internal IReadOnlyList<TracePart> OpenParts() =>
        Members.Count > 0 ? TracePart.OpenAll(Members.Select<FoundTrace, Func<IReadOnlyList<TracePart>>>(member => member.OpenParts)) : [OpenPart!()];
}

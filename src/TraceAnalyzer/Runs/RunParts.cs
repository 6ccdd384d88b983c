using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

/// <summary>What was found in a run's folder besides traces, by kind, and what could not be read.</summary>
internal sealed class RunParts
{
    // A folder or an archive may hold a million broken files; the report names so many and counts the rest.
    private const int MostProblems = 1000;

    private readonly List<RunPart> _parts = [];
    private readonly List<RunProblem> _problems = [];
    private int _furtherProblems;
    private int _tensors;
    private int _extents;

    /// <summary>What could not be read, in whole or in part.</summary>
    public IReadOnlyList<RunProblem> Problems => _furtherProblems == 0 ? _problems
        : [.. _problems, new RunProblem("further files", FormattableString.Invariant($"{_furtherProblems} more problems, not listed"))];

    /// <summary>Number of parts that are read for a run.</summary>
    public int Count => _parts.Count;

    /// <summary>The parts with such content, in the order in which they were found.</summary>
    public IReadOnlyList<RunPart<T>> Of<T>() => [.. _parts.OfType<RunPart<T>>()];

    /// <summary>The files of a kind.</summary>
    public IEnumerable<string> FilesOf(RunFileKind kind) => _parts.Where(part => part.Kind == kind).Select(part => part.File);

    /// <summary>Adds a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="first">Before all others, as what is written by hand.</param>
    /// <exception cref="TraceException">It is a list of tensors or extents, and all of them together have more than any model.</exception>
    public void Add(RunPart part, bool first = false)
    {
        // Each list is limited; a folder may hold many.
        if (part is RunPart<TensorCatalogue> { Content.Tensors.Count: var tensors })
            _tensors = Sum(_tensors, tensors, SideRanges.MostTensors, "tensors");
        if (part is RunPart<FileExtents> { Content.Extents.Count: var extents })
            _extents = Sum(_extents, extents, SideRanges.MostExtents, "extents");
        _parts.Insert(first ? 0 : _parts.Count, part);
    }

    private static int Sum(int before, int more, int most, string what) => more <= most - before ? before + more
        : throw new TraceException(FormattableString.Invariant($"is left out: with its {more} {what} the run's files list more than {most}"));

    /// <summary>Adds a problem.</summary>
    public void AddProblem(string file, string message)
    {
        if (_problems.Count < MostProblems)
            _problems.Add(new RunProblem(file, message));
        else
            _furtherProblems++;
    }

    /// <summary>Drops the parts of a kind that are not in these files.</summary>
    /// <returns>How many are left.</returns>
    public int Keep(IEnumerable<RunFileKind> kinds, IReadOnlyList<string> files)
    {
        _parts.RemoveAll(part => kinds.Contains(part.Kind) && !files.Contains(part.File));
        return _parts.Count(part => kinds.Contains(part.Kind));
    }
}

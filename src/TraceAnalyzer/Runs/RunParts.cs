using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Runs;

/// <summary>What was found in a run's folder besides traces, by kind, and what could not be read.</summary>
internal sealed class RunParts
{
    // A folder or an archive may hold a million broken files; the report names so many and counts the rest.
    private const int MostProblems = 1000;

    // Each table is limited by its bytes; a folder may hold many.
    private const int MostTensors = 1 << 20;

    private readonly List<RunPart> _parts = [];
    private readonly List<RunProblem> _problems = [];
    private int _furtherProblems;
    private int _tensors;

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
    /// <exception cref="TraceException">It is a table of tensors, and all of them together have more than any model.</exception>
    public void Add(RunPart part, bool first = false)
    {
        if (part is RunPart<TensorCatalogue> { Content.Tensors.Count: var tensors })
        {
            if (tensors > MostTensors - _tensors)
                throw new TraceException(FormattableString.Invariant($"is left out: with its {tensors} tensors the run's files list more than {MostTensors}"));
            _tensors += tensors;
        }

        _parts.Insert(first ? 0 : _parts.Count, part);
    }

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

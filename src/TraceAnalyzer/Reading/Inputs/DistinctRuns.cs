namespace TraceAnalyzer.Reading.Inputs;

/// <summary>The runs that one command reads each by itself, so that none is taken for two.</summary>
/// <param name="leavesOutCopies">Whether a run that holds the same events in other files is left out, as of a folder, whose files nobody named; else it is refused.</param>
public sealed class DistinctRuns(bool leavesOutCopies = false)
{
    private readonly List<(string Path, TraceSource Source)> _runs = [];

    /// <summary>Takes note of a run that was opened. False if it is one that was noted before, by another path to the same files, or a copy that is left out.</summary>
    /// <exception cref="TraceException">It shares some of its files with an earlier run, or holds the same events in other files.</exception>
    public bool TryAdd(string path, ITraceReader reader)
    {
        foreach ((string earlier, TraceSource source) in _runs)
        {
            switch (RepeatedInputs.Compare(reader.Source, source))
            {
                case InputRelation.SameFiles:
                case InputRelation.SameEvents when leavesOutCopies:
                    return false;
                case InputRelation.SameEvents:
                    throw new TraceException($"{path} holds the same events as {earlier}, so they are one run; name one of them");
                case InputRelation.SharedFiles:
                    throw new TraceException($"{path} and {earlier} share files, so they are not two runs; name one of them");
            }
        }

        _runs.Add((path, reader.Source));
        return true;
    }
}

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>A trace within an archive: a file, or the files of a per-CPU set.</summary>
/// <param name="Archive">The archive.</param>
/// <param name="Path">Path within the archive: that of the file, or the base name of the set after its folder.</param>
/// <param name="Files">Its files, as the archive names them.</param>
/// <param name="MissingCpus">CPUs of a set that have no file.</param>
/// <param name="Format">Name of its format.</param>
internal sealed record ArchivedTrace(TarArchive Archive, string Path, IReadOnlyList<string> Files, int MissingCpus, string Format)
{
    /// <summary><see cref="Path"/> without folders.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>True if it is a per-CPU set.</summary>
    public bool IsSet => BlktraceSet.TrySplitName(Files[0], out _, out _);

    /// <summary>Bytes of its files.</summary>
    public long Bytes => Files.Sum(Archive.LengthOf);

    /// <summary>Opens it; it can be opened several times.</summary>
    /// <exception cref="TraceException">It cannot be read.</exception>
    public TracePart Open()
    {
        var inputs = new List<TraceInput>();
        try
        {
            foreach (string file in Files)
                inputs.Add(Archive.OpenFile(file));
        }
        catch
        {
            inputs.ForEach(input => input.Dispose());
            throw;
        }

        // What a damaged archive lacks is told once, at the file that comes last in it: no other of the trace can be cut.
        if (Archive.IsDamaged)
        {
            int last = Enumerable.Range(0, inputs.Count).MaxBy(i => Archive.OffsetOf(Files[i]));
            inputs[last] = inputs[last] with { IsDamaged = static () => true };
        }

        return new TracePart(TracePart.NameOf(Path), inputs, MissingCpus);
    }
}

using System.Text.Json;
using TraceAnalyzer.Reading.Blktrace;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>
/// The one place that says which traces a folder or an archive holds: per-CPU sets, which are known by the names that blktrace gives their files, then single files,
/// which are known by their content; those of archives in a folder count as if they lay in it. Each file is opened once to be looked at, in the order of the names,
/// and handed on if it is not a trace. Folders in a folder are not looked into. Archives stay open until this is disposed, so that they are unpacked once.
/// </summary>
/// <param name="path">The folder, or the archive.</param>
/// <param name="options">How traces are read.</param>
/// <param name="others">Takes what is not a trace.</param>
internal sealed class TraceLocator(string path, ReadOptions options, IOtherFiles others) : IDisposable
{
    private readonly bool _isFolder = Directory.Exists(path);
    private readonly List<FoundTrace> _traces = [];
    private readonly List<TarArchive> _archives = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private string[] _single = [];

    /// <summary>The traces found so far: per-CPU sets, then single files.</summary>
    public IReadOnlyList<FoundTrace> Traces => _traces;

    /// <summary>Bytes that archives, which are packed, take in temporary files.</summary>
    public long UnpackedBytes => _archives.Sum(archive => archive.UnpackedBytes);

    /// <summary>True if a file of this name was looked at.</summary>
    public bool HasSeen(string name) => _seen.Contains(name);

    /// <summary>Finds the per-CPU sets in the folder.</summary>
    /// <exception cref="TraceException">The folder cannot be listed, or a CPU of a set is there twice.</exception>
    public void LookAtSets()
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(path).Where(file => !SpecialFile.IsAt(file))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"{path}: cannot be listed: {exception.Message}", exception);
        }

        _single = AddSets(files, set => set.BaseName, path, CompressedInput.OpenFile, file => new FileInfo(file).Length, TracePart.OpenSet);
    }

    /// <summary>Looks at the files of the folder that are not of a set.</summary>
    public void LookAtFiles()
    {
        foreach (string file in _single)
            LookAt(Path.GetFileName(file), file);
    }

    /// <summary>Looks at a file, and into it if it is an archive.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="file">Where it lies.</param>
    public void LookAt(string name, string file) => LookAt(
        name,
        () => name,
        file,
        () => CompressedInput.OpenFile(file),
        () => new TracePart(TracePart.NameOf(file), [CompressedInput.OpenFile(file)], 0),
        mayBeArchive: true);

    /// <summary>Looks into the archive that <c>path</c> is.</summary>
    /// <param name="input">Its content, which stays the caller's.</param>
    /// <returns>What is wrong with the archive; null if nothing is.</returns>
    /// <exception cref="TraceException">It cannot be read, or a CPU of a set is there twice.</exception>
    public string? LookInto(TraceInput input) => LookInto("", path, input);

    /// <summary>Makes one trace of the sets of several devices that were recorded together.</summary>
    /// <exception cref="TraceException">One cannot be read.</exception>
    public void JoinDevices()
    {
        List<List<FoundTrace>> groups = DeviceGroups.Of([.. _traces.Where(trace => trace.IsSet)]);
        _traces.RemoveAll(trace => trace.IsSet);
        _traces.InsertRange(0, groups.Select(FoundTrace.Of));
    }

    /// <summary>Drops the traces that are not called so.</summary>
    /// <returns>How many are left.</returns>
    public int Keep(IReadOnlyList<string> names)
    {
        _traces.RemoveAll(trace => !names.Contains(trace.Name));
        return _traces.Count;
    }

    /// <summary>Closes the archives; a trace that is being read is read on.</summary>
    public void Dispose() => _archives.ForEach(archive => archive.Dispose());

    private string? LookInto(string prefix, string place, TraceInput input)
    {
        var archive = TarArchive.Open(input);
        _archives.Add(archive);
        string within = prefix.Length > 0 ? prefix : archive.Name + "/";
        var single = new List<string>();
        foreach (IGrouping<string, string> folder in archive.Files.GroupBy(TarArchive.FolderOf).OrderBy(folder => folder.Key, StringComparer.Ordinal))
        {
            single.AddRange(AddSets(
                folder,
                set => FreeName(set.BaseName, within + folder.Key + set.BaseName),
                Path.Combine(place, folder.Key),
                archive.OpenFile,
                archive.LengthOf,
                set => archive.OpenTrace(set.BaseName, set.Files, set.MissingCpus)));
        }

        foreach (string file in single.Order(StringComparer.Ordinal))
        {
            LookAt(
                prefix + file,
                () => FreeName(file[(file.LastIndexOf('/') + 1)..], within + file),
                Path.Combine(place, file),
                () => archive.OpenFile(file),
                () => archive.OpenTrace(TracePart.NameOf(file), [file], 0),
                mayBeArchive: false);
        }

        return archive.Problem;
    }

    // Adds the sets among the files of one folder. Returns the files that are not of a set, by name.
    private string[] AddSets(
        IEnumerable<string> files, Func<BlktraceSet, string> nameOf, string place, Func<string, TraceInput> open, Func<string, long> lengthOf, Func<BlktraceSet, TracePart> openSet)
    {
        string[] ordered = [.. files.Order(StringComparer.Ordinal)];
        var inSets = new HashSet<string>(StringComparer.Ordinal);
        foreach (BlktraceSet set in BlktraceSet.Among(ordered))
        {
            inSets.UnionWith(set.Files);
            if (FormatOf(set, open) is { } format)
            {
                int sets = _traces.FindLastIndex(trace => trace.IsSet) + 1;
                _traces.Insert(sets, new FoundTrace(nameOf(set), Path.Combine(place, set.BaseName), format) { IsSet = true, Bytes = set.Files.Sum(lengthOf), Files = set.Files, OpenPart = () => openSet(set) });
            }
        }

        return [.. ordered.Where(file => !inSets.Contains(file))];
    }

    // CPUs that did nothing have empty files.
    private string? FormatOf(BlktraceSet set, Func<string, TraceInput> open)
    {
        TraceException? fault = null;
        foreach (string file in set.Files)
        {
            try
            {
                using TraceInput input = open(file);
                if (!input.First.IsEmpty)
                    return TraceFormats.FormatOf(input, options).Name;
            }
            catch (TraceException exception)
            {
                fault ??= exception;
            }
        }

        others.TakeFault(set.BaseName, fault ?? new TraceException("the files of this per-CPU set are empty"));
        return null;
    }

    private void LookAt(string name, Func<string> traceName, string file, Func<TraceInput> open, Func<TracePart> openPart, bool mayBeArchive)
    {
        _seen.Add(name);
        try
        {
            using TraceInput input = open();
            if (mayBeArchive && TarArchive.IsTar(input.First.Span))
            {
                if (LookInto(_isFolder ? $"{name}/" : "", file, input) is not null)
                    others.TakeFault(name, new TraceException("the archive is damaged or cut; what came before was read"));
            }
            else if (TraceFormats.Recognize(input.First.Span, options) is { } format)
            {
                _traces.Add(new FoundTrace(traceName(), file, format.Name) { OpenPart = openPart });
            }
            else
            {
                others.Take(name, input);
            }
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            others.TakeFault(name, exception);
        }
    }

    // The short name, unless another trace has it: that of the same trace unpacked, or of another archive.
    private string FreeName(string shortName, string longName) => _traces.Exists(other => other.Name == shortName) ? longName : shortName;

    // Files beside a trace are decoded by several libraries, which throw what they like at input that they do not foresee (a lone surrogate in JSON: InvalidOperationException).
    // Whatever it is, it is that of one file, and says nothing of the others.
    private static bool IsOfTheFile(Exception exception) =>
        exception is TraceException or JsonException or IOException or InvalidDataException or InvalidOperationException or ArgumentException or FormatException
            or OverflowException or NotSupportedException or UnauthorizedAccessException;
}

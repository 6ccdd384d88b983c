using System.Globalization;
using TraceAnalyzer.Reading.Tar;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>
/// A tar archive whose files can be read side by side, as those of a per-CPU set must be. One that is packed, or comes through a pipe, is unpacked once into a
/// temporary file that has no name any more when the first byte is written, so that nothing of it remains however the program ends.
/// </summary>
internal sealed class TarArchive : IDisposable
{
    // Holes of a file read as zeros, and a header of 512 bytes may claim any number of them.
    private const long MaxHoleBytes = 1L << 30;

    private const int CopyBytes = 1 << 18;

    private readonly FileStream _file;
    private readonly Dictionary<string, TarMember> _members = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];
    private readonly InputIdentity? _identity;
    private int _users = 1;

    private TarArchive(TraceInput input, FileStream file)
    {
        Name = input.Name;
        _file = file;
        _identity = input.Identities.Count > 0 ? input.Identities[0] : null;
        Problem = input.IsDamaged() ? "its compression is damaged or cut" : null;
    }

    /// <summary>The archive's name, for messages.</summary>
    public string Name { get; }

    /// <summary>Bytes of the temporary file; 0 if the archive is read where it lies.</summary>
    public long UnpackedBytes { get; private init; }

    /// <summary>Names of its files, with their folders, in its order.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>True if the archive ends early or is damaged: files may be missing and the last may be cut.</summary>
    public bool IsDamaged => Problem is not null;

    /// <summary>What is wrong with the archive first; null if nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>True if content that begins with <paramref name="first"/> is an archive.</summary>
    public static bool IsTar(ReadOnlySpan<byte> first) => TarHeader.IsHeader(first);

    /// <summary>Opens the archive at <paramref name="path"/>; null if there is a file, but no archive.</summary>
    /// <exception cref="TraceException">It cannot be read or unpacked.</exception>
    public static TarArchive? OpenIfAny(string path)
    {
        using TraceInput input = CompressedInput.OpenFile(path);
        return IsTar(input.First.Span) ? Open(input) : null;
    }

    /// <summary>Opens an archive that was recognized. <paramref name="input"/> stays the caller's, and is read to its end if it has to be unpacked.</summary>
    /// <exception cref="TraceException">It cannot be read or unpacked.</exception>
    public static TarArchive Open(TraceInput input)
    {
        FileStream? file = null;
        try
        {
            bool isPlain = input is { IsPlainFile: true, Path: not null };
            file = isPlain ? new FileStream(input.Path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0) : Unpack(input);
            var archive = new TarArchive(input, file) { UnpackedBytes = isPlain ? 0 : file.Length };
            archive.List();
            return archive;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new TraceException($"{input.Name}: this archive cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Where one of <see cref="Files"/> begins in the archive, in bytes.</summary>
    public long OffsetOf(string file) => _members[file].Offset;

    /// <summary>How long one of <see cref="Files"/> is, in bytes.</summary>
    public long LengthOf(string file) => _members[file].Length;

    /// <summary>Opens one of <see cref="Files"/>, unpacked if it is packed itself. Several may be open at once, and outlive the archive.</summary>
    /// <exception cref="TraceException">It is compressed in a way that is not supported, or has holes of more than 1 GiB.</exception>
    public TraceInput OpenFile(string name)
    {
        TarMember member = _members[name];
        if (member.Length - member.Stored > MaxHoleBytes)
        {
            throw new TraceException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name}: '{name}' is a sparse file with holes of {member.Length - member.Stored} bytes; holes of up to {MaxHoleBytes} bytes are read: unpack it with 'tar -xSf' and name the file"));
        }

        return Open(member);
    }

    /// <summary>Opens a trace of one or more of <see cref="Files"/>; it can be opened several times.</summary>
    /// <param name="name">Short name for titles.</param>
    /// <param name="files">The files.</param>
    /// <param name="missingCpus">CPUs of a set that have no file.</param>
    /// <exception cref="TraceException">It cannot be read.</exception>
    public TracePart OpenTrace(string name, IReadOnlyList<string> files, int missingCpus)
    {
        TraceInput[] inputs = TracePart.OpenInputs(files, OpenFile);

        // What a damaged archive lacks is told once, at the file that comes last in it: no other of the trace can be cut.
        if (IsDamaged)
        {
            int last = Enumerable.Range(0, inputs.Length).MaxBy(i => OffsetOf(files[i]));
            inputs[last] = inputs[last] with { IsDamaged = static () => true };
        }

        return new TracePart(name, inputs, missingCpus);
    }

    /// <summary>Closes it; what was opened of it is read on.</summary>
    public void Dispose() => Release();

    /// <summary>The folder of a file within an archive, with the slash at its end.</summary>
    public static string FolderOf(string file) => file[..(file.LastIndexOf('/') + 1)];

    private TraceInput Open(TarMember member)
    {
        Interlocked.Increment(ref _users);
        Stream content = new FileRangeStream(_file.SafeFileHandle, member.Offset, member.Stored, Release);
        if (member.Pieces is { } pieces)
            content = new SparseStream(content, pieces, member.Length);
        return CompressedInput.Open(member.Name[FolderOf(member.Name).Length..], content) with
        {
            IsPlainFile = false,
            Identities = _identity is { } archive ? [archive.Within(member.Name)] : [],
        };
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _file.Dispose();
    }

    private static FileStream Unpack(TraceInput input)
    {
        string folder = Path.GetTempPath();
        string path = Path.Combine(folder, Path.GetRandomFileName());
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0);
        try
        {
            File.Delete(path);
            input.Content.CopyTo(file, CopyBytes);
            return file;
        }
        catch (Exception exception)
        {
            file.Dispose();
            if (exception is IOException)
                throw new IOException($"{exception.Message} (while unpacking it into a temporary file in {folder}; TMPDIR can name another folder)", exception);
            throw;
        }
    }

    private void List()
    {
        var listing = new TarListing(_file.SafeFileHandle, _file.Length);
        listing.Read();
        Problem ??= listing.Problem;
        foreach (TarMember member in listing.Members)
        {
            // Of a name that is there twice the later file counts, as when tar unpacks it. tar of "." has names that begin with "./".
            string name = member.Name.StartsWith("./", StringComparison.Ordinal) ? member.Name[2..] : member.Name;
            if (!_members.ContainsKey(name))
                _files.Add(name);
            _members[name] = member;
        }
    }
}

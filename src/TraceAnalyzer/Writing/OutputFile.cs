using System.Security.Cryptography;

namespace TraceAnalyzer.Writing;

/// <summary>
/// An output file, all or nothing: it is written under another name in the same folder and gets its own with <see cref="Commit"/>; without that
/// <see cref="Dispose"/> deletes it.
/// </summary>
public sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private readonly bool _overwrite;
    private bool _committed;

    private OutputFile(string path, string partial, bool overwrite, OutputStream stream)
    {
        _path = path;
        _partial = partial;
        _overwrite = overwrite;
        Stream = stream;
    }

    /// <summary>What to write to.</summary>
    public Stream Stream { get; }

    /// <summary>Prepares to write a file, whose folders need not exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">True to replace it if it exists.</param>
    /// <exception cref="TraceException">It exists and is not to be replaced, or cannot be written.</exception>
    public static OutputFile Create(string path, bool overwrite)
    {
        try
        {
            string target = Path.GetFullPath(path);
            if (Directory.Exists(target))
                throw new TraceException($"output file '{path}' is a folder: choose another name");
            if (SpecialFile.IsAt(target))
                throw new TraceException($"output file '{path}' is a device or a pipe, which a file would take the place of: write to - and redirect");
            if (File.Exists(target))
            {
                if (!overwrite)
                    throw new TraceException($"output file '{path}' exists: choose another name, or ask to overwrite it");

                // What a link leads to is replaced, not the link.
                target = File.ResolveLinkTarget(target, returnFinalTarget: true)?.FullName ?? target;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            string prefix = target + ".partial-";
            Leftovers.Delete(Path.GetDirectoryName(target)!, Path.GetFileName(prefix));
            string partial = prefix + RandomNumberGenerator.GetHexString(8, lowercase: true);
            return new OutputFile(target, partial, overwrite, new OutputStream(partial));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TraceException($"output file '{path}' cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Puts the file in its place.</summary>
    /// <exception cref="TraceException">The place was taken meanwhile, or cannot be written.</exception>
    public void Commit()
    {
        try
        {
            // Open files are not taken for leftovers of a killed run.
            Stream.Flush();
            File.Move(_partial, _path, _overwrite);
            Stream.Dispose();
            _committed = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"output file '{_path}' cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Deletes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        if (_committed)
            return;
        try
        {
            Stream.Dispose();
            File.Delete(_partial);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whatever keeps the file from being deleted is what the run failed of, and that is reported already.
        }
    }
}

using System.Text;

namespace TraceAnalyzer.Cli.Capture;

/// <summary>Files of <c>/proc</c>, <c>/sys</c> and tracefs, which come and go with processes and devices: what cannot be read is null, never an error.</summary>
internal static class KernelFile
{
    /// <summary>Its text without blanks around it; null if it cannot be read.</summary>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Its number; null if it has none.</summary>
    public static long? Number(string path) => long.TryParse(Read(path), System.Globalization.CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>Its lines; none if it cannot be read.</summary>
    public static string[] Lines(string path) => Read(path)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Writes a value into it, which must be there.</summary>
    /// <returns>Null, or why the kernel did not take it.</returns>
    public static string? Write(string path, string value)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Write(Encoding.ASCII.GetBytes(value));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Names in a folder; none if it cannot be listed.</summary>
    public static string[] Names(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What a link of the kernel points to, word for word; null if it cannot be read.</summary>
    public static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

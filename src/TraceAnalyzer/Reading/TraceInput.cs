using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Reading;

/// <summary>One opened file (or standard input), decompressed, at its start.</summary>
/// <param name="Name">The file's name without folders, for messages and reports.</param>
/// <param name="Content">Its decompressed bytes.</param>
/// <param name="First">The first bytes of <paramref name="Content"/>, which are still to be read: <see cref="TraceFormat.SniffBytes"/>, or all if there are fewer.</param>
/// <param name="IsDamaged">Says, once the content has been read, whether compressed data turned out to be damaged or cut.</param>
public sealed record TraceInput(string Name, Stream Content, ReadOnlyMemory<byte> First, Func<bool> IsDamaged) : IDisposable
{
    /// <summary>Where the file lies, compressed or not; null for standard input.</summary>
    public string? Path { get; init; }

    /// <summary>True if <see cref="Content"/> is what the file at <see cref="Path"/> holds, byte for byte.</summary>
    public bool IsPlainFile { get; init; }

    /// <summary>The file it is; all files of a <see cref="Set"/>; none of standard input.</summary>
    internal IReadOnlyList<InputIdentity> Identities { get; init; } = [];

    /// <summary>The run of a Parquet set that this is the first file of, if all its files are the trace; else null.</summary>
    internal HiveRun? Set { get; init; }

    /// <summary>An input that is not compressed; its first bytes are read now.</summary>
    /// <exception cref="TraceException">It cannot be read.</exception>
    public static TraceInput Of(string name, Stream content)
    {
        try
        {
            var peeked = new PeekedStream(content, TraceFormat.SniffBytes);
            return new TraceInput(name, peeked, peeked.Peeked, static () => false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"{name}: cannot be read: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Content.Dispose();
}

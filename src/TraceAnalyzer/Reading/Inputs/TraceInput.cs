using TraceAnalyzer.Reading.Ftrace;
using TraceAnalyzer.Reading.Lines;
using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>One opened file (or standard input), decompressed, at its start.</summary>
/// <param name="Name">The file's name without folders, for messages and reports.</param>
/// <param name="Content">Its decompressed bytes; text is UTF-8 without a byte order mark, whatever the file's encoding (see <see cref="TextEncodings"/>).</param>
/// <param name="First">The first bytes of <paramref name="Content"/>, which are still to be read: <see cref="TraceFormat.SniffBytes"/>, up to <see cref="TraceFormat.MaxSniffBytes"/> of a tracer's text, or all if there are fewer.</param>
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
            var peeked = new PeekedStream(TextEncodings.ToUtf8(content), TraceFormat.SniffBytes);

            // The first event of the block layer may come after many of other subsystems.
            while (peeked.Peeked.Length is >= TraceFormat.SniffBytes and < TraceFormat.MaxSniffBytes && FtraceReader.IsUndecided(peeked.Peeked.Span))
            {
                if (!peeked.PeekUpTo(peeked.Peeked.Length * 4))
                    break;
            }

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

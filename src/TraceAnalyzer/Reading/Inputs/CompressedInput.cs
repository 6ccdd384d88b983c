using System.IO.Compression;
using TraceAnalyzer.Reading.Lines;
using TraceAnalyzer.Reading.Xz;
using ZstdSharp;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>Opens files and standard input, decompressing gzip, zstd and xz by their first bytes.</summary>
internal static class CompressedInput
{
    /// <summary>The most memory that zstd and xz may ask for to look back into, in bytes: what 'zstd --ultra -22' and 'xz -9' need, and no more.</summary>
    public const long MaxWindowBytes = 1L << 27;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];
    private static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xB5, 0x2F, 0xFD];
    private static ReadOnlySpan<byte> XzMagic => [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    // snappy's is the longest.
    private const int MostMagicBytes = 10;

    /// <summary>Opens the file at <paramref name="path"/>.</summary>
    /// <exception cref="TraceException">It cannot be read, or is compressed in a way that is not supported.</exception>
    public static TraceInput OpenFile(string path)
    {
        try
        {
            // Readers read large blocks; a buffer below them would only copy.
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
            TraceInput input = Open(Path.GetFileName(path), file, path);
            return input with { Path = path, Identities = [InputIdentity.Of(path)], IsPlainFile = input.IsPlainFile && file.CanSeek };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Opens a stream, which the input then owns.</summary>
    /// <exception cref="TraceException">It is compressed in a way that is not supported.</exception>
    public static TraceInput Open(string name, Stream stream, string? path = null)
    {
        var peeked = new PeekedStream(stream, Math.Max(TextEncodings.PeekBytes, MostMagicBytes));
        ReadOnlySpan<byte> first = peeked.Peeked.Span;
        if (ForeignContent.IsCompressed(first))
        {
            peeked.Dispose();
            throw new TraceException($"{name}: {ForeignContent.Describe(first, path ?? name)}");
        }

        if (first.StartsWith(GzipMagic))
        {
            // Else a cut file ends like a whole one. .NET looks at the switch once, when gzip is first used in a process.
            AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
            return Prefetched(name, new GZipStream(peeked, CompressionMode.Decompress));
        }

        if (first.StartsWith(ZstdMagic))
            return Prefetched(name, new DecompressionStream(peeked, leaveOpen: false));
        if (first.StartsWith(XzMagic))
            return Prefetched(name, new XzInput(peeked));
        return TraceInput.Of(name, peeked) with { IsPlainFile = !TextEncodings.AreConverted(peeked.Peeked.Span) };
    }

    private static TraceInput Prefetched(string name, Stream decompressed)
    {
        var prefetched = new PrefetchStream(name, decompressed);
        return TraceInput.Of(name, prefetched) with { IsDamaged = () => prefetched.IsDamaged };
    }
}

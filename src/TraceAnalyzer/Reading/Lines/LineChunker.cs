using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Lines;

/// <summary>Cuts a stream of text into chunks of whole lines (or of whole records, where a format has no lines).</summary>
internal sealed class LineChunker(TraceInput input, LineChunker.CutFinder findCut) : IDisposable
{
    /// <summary>Longest line that is kept together, in bytes: far above any line a tracer writes, and a bound for memory.</summary>
    public const int MaxLineBytes = 1024 * 1024;

    private byte[] _rest = [];
    private int _restLength;
    private long _offset;
    private bool _ended;

    /// <summary>Where to cut bytes that more bytes follow: the length of the first piece, or 0 if there is no good place yet.</summary>
    public delegate int CutFinder(ReadOnlySpan<byte> bytes);

    /// <summary>Cuts after the last newline.</summary>
    public static int AfterLastNewline(ReadOnlySpan<byte> bytes) => bytes.LastIndexOf((byte)'\n') + 1;

    /// <summary>
    /// Counts bytes of a chunk that could not be understood: a bad record, or one cut off if they are the input's last and
    /// no newline ends them.
    /// </summary>
    public static void CountNotUnderstood(TraceChunk chunk, int start, int length, EventBatch batch, int records = 1)
    {
        ChunkSlice slice = chunk.Slices[0];
        bool isCutOff = chunk.EndsInput && start + length == chunk.Length && chunk.Bytes[^1] != '\n';
        batch.Diagnostics.AddAt(isCutOff ? ReadCounter.TruncatedRecords : ReadCounter.BadRecords, slice.File, slice.FileOffset + start, records);
        batch.Diagnostics.AddAt(ReadCounter.SkippedBytes, slice.File, slice.FileOffset + start, length);
    }

    /// <summary>Overwrites <paramref name="chunk"/> with the next chunk; see <see cref="ITraceReader.ReadChunk"/>.</summary>
    /// <exception cref="TraceException">The input cannot be read on.</exception>
    public bool Read(TraceChunk chunk)
    {
        chunk.Clear();
        chunk.Append(_rest.AsSpan(0, _restLength));
        int cut = Fill(chunk);
        KeepRest(chunk.Bytes[cut..]);
        chunk.Length = cut;
        chunk.EndsInput = _ended;
        if (cut > 0)
            chunk.Slices.Add(new ChunkSlice(0, cut, input.Name, _offset));
        _offset += cut;
        return cut > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => input.Dispose();

    private int Fill(TraceChunk chunk)
    {
        int wanted = TraceChunk.TargetBytes;
        while (true)
        {
            ReadUpTo(wanted, chunk);
            if (_ended)
                return chunk.Length;

            int cut = findCut(chunk.Bytes);
            if (cut > 0)
                return cut;
            if (chunk.Length >= MaxLineBytes)
                return chunk.Length;
            wanted = chunk.Length * 2;
        }
    }

    private void ReadUpTo(int length, TraceChunk chunk)
    {
        if (_ended || chunk.Length >= length)
            return;

        chunk.EnsureCapacity(length);
        int wanted = length - chunk.Length;
        int read;
        try
        {
            read = input.Content.ReadAtLeast(chunk.Buffer.AsSpan(chunk.Length, wanted), wanted, throwOnEndOfStream: false);
        }
        catch (IOException e)
        {
            throw new TraceException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{input.Name}: cannot be read after byte {_offset + chunk.Length}: {e.Message}"), e);
        }

        chunk.Length += read;
        if (read < wanted)
        {
            _ended = true;
            if (input.IsDamaged())
                chunk.Diagnostics.AddAt(ReadCounter.DamagedCompression, input.Name, _offset + chunk.Length);
        }
    }

    private void KeepRest(ReadOnlySpan<byte> rest)
    {
        if (_rest.Length < rest.Length)
            _rest = new byte[Math.Max(rest.Length, 4096)];
        rest.CopyTo(_rest);
        _restLength = rest.Length;
    }
}

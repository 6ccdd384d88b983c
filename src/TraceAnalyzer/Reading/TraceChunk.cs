namespace TraceAnalyzer.Reading;

/// <summary>
/// A piece of a trace in bytes, cut where records or lines end, so that it can be decoded apart from every other piece.
/// Reused: a reader overwrites it as a whole.
/// </summary>
public sealed class TraceChunk
{
    /// <summary>Bytes a reader aims at. Small enough that a chunk and the events made of it stay in a core's second-level cache.</summary>
    public const int TargetBytes = 256 * 1024;

    private long? _inputBytes;

    /// <summary>The bytes; valid up to <see cref="Length"/>.</summary>
    public byte[] Buffer { get; private set; } = new byte[TargetBytes + (64 * 1024)];

    /// <summary>Number of valid bytes.</summary>
    public int Length { get; set; }

    /// <summary>Bytes of the input that the chunk stands for: its <see cref="Length"/>, unless the reader hands on something else than the input's bytes.</summary>
    public long InputBytes
    {
        get => _inputBytes ?? Length;
        set => _inputBytes = value;
    }

    /// <summary>A moment on the trace's clock and on the wall clock, if the reader learnt one while cutting.</summary>
    public WallClockAnchor? WallClock { get; set; }

    /// <summary>Time of the last line before the chunk, on the trace's clock, if the reader needs it to tell the times in the chunk; else null.</summary>
    public long? TimeBeforeNs { get; set; }

    /// <summary>The parts of <see cref="Buffer"/>, each from one file. A format of one file has one slice.</summary>
    public List<ChunkSlice> Slices { get; } = [];

    /// <summary>Where records start, in the order of their times, if the reader merges several files; else empty.</summary>
    internal TimeOrder Order { get; } = new();

    /// <summary>What went wrong while the chunk was cut (skipped bytes, sequence gaps); added to what decoding it finds.</summary>
    public ReadDiagnostics Diagnostics { get; } = new();

    /// <summary>True if nothing follows the chunk: text that does not end in a newline was then cut off.</summary>
    public bool EndsInput { get; set; }

    /// <summary>The valid bytes.</summary>
    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    /// <summary>Empties the chunk.</summary>
    public void Clear()
    {
        Length = 0;
        _inputBytes = null;
        WallClock = null;
        TimeBeforeNs = null;
        EndsInput = false;
        Slices.Clear();
        Order.Start(0, 0);
        Diagnostics.Clear();
    }

    /// <summary>Makes room for <paramref name="count"/> bytes in all, keeping the valid ones.</summary>
    public void EnsureCapacity(int count)
    {
        if (Buffer.Length >= count)
            return;

        byte[] larger = new byte[Math.Max(count, Buffer.Length * 2)];
        Bytes.CopyTo(larger);
        Buffer = larger;
    }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        EnsureCapacity(Length + bytes.Length);
        bytes.CopyTo(Buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Appends bytes of a file, as a slice of their own or, where they go on from the last slice, as part of it.</summary>
    public void AppendSlice(ReadOnlySpan<byte> bytes, string file, long fileOffset)
    {
        if (Slices.Count > 0 && Slices[^1] is var last && ReferenceEquals(last.File, file) && last.FileOffset + last.Length == fileOffset)
            Slices[^1] = last with { Length = last.Length + bytes.Length };
        else
            Slices.Add(new ChunkSlice(Length, bytes.Length, file, fileOffset));
        Append(bytes);
    }
}

/// <summary>A part of a <see cref="TraceChunk"/> that comes from one file.</summary>
/// <param name="Start">Index of its first byte in the chunk.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="File">The file's name, for messages.</param>
/// <param name="FileOffset">Where it starts in the (decompressed) file.</param>
public readonly record struct ChunkSlice(int Start, int Length, string File, long FileOffset);

namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>
/// Reads blktrace's binary records: one merged dump or stream, or the files of a per-CPU set, merged by time.
/// </summary>
public sealed class BlktraceReader : ITraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "blktrace binary";

    // Reads of each file of a set; the chunks are smaller and take a part of each.
    private const int SetReadAheadBytes = 128 * 1024;

    private readonly List<BlktraceFile> _files;
    private readonly CpuSequences _sequences = new();
    private readonly ReadDiagnostics _pending = new();
    private readonly bool _isSet;
    private readonly int _recordsAFile;
    private bool _countedLost;

    private BlktraceReader(TraceParts parts)
    {
        IReadOnlyList<TraceInput> inputs = parts.Inputs;
        _isSet = inputs.Count > 1;
        Source = new TraceSource(parts.Name, _isSet ? FormatName + ", per-CPU set" : FormatName, [.. inputs.Select(input => input.Name)]);
        _files = [.. inputs.Select(input => new BlktraceFile(input, _sequences, _isSet ? SetReadAheadBytes : TraceChunk.TargetBytes))];
        _recordsAFile = Math.Max(1, TraceChunk.TargetBytes / BlktraceRecord.Version7HeaderBytes / inputs.Count);
        _pending.Add(ReadCounter.MissingCpus, parts.MissingCpus);
    }

    /// <inheritdoc/>
    public TraceSource Source { get; }

    /// <inheritdoc/>
    public bool HasCompletions => true;

    /// <inheritdoc/>
    public bool PromisesTimeOrder => false;

    /// <summary>True if the bytes start with a record of a version that is known.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options) => BlktraceRecord.HeaderBytesOrZero(bytes) != 0;

    /// <summary>Opens one dump or stream, or the files of one or more per-CPU sets.</summary>
    public static BlktraceReader Open(TraceParts parts, ReadOptions options) => new(parts);

    /// <inheritdoc/>
    public bool ReadChunk(TraceChunk chunk)
    {
        chunk.Clear();
        chunk.Diagnostics.Merge(_pending);
        _pending.Clear();

        // While damage fills whole buffers there may be no record to take, though the files go on.
        while (chunk.Length == 0)
        {
            foreach (BlktraceFile file in _files)
                file.Fill(chunk.Diagnostics);
            if (!_files.Exists(file => file.HasRecords))
                break;
            Take(chunk);
        }

        if (chunk.Length > 0)
            return true;
        if (!_countedLost)
        {
            _sequences.CountLost(chunk.Diagnostics);
            _countedLost = true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Decode(TraceChunk chunk, EventBatch batch)
    {
        batch.Clear();
        batch.Diagnostics.Merge(chunk.Diagnostics);
        foreach (ChunkSlice slice in chunk.Slices)
        {
            ReadOnlySpan<byte> bytes = chunk.Bytes.Slice(slice.Start, slice.Length);
            while (!bytes.IsEmpty)
                bytes = bytes[BlktraceRecord.Decode(bytes, batch)..];
            batch.UnderstoodBytes += slice.Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    // Up to the time that every file has been read to, nothing can come in between any more; a fair share of each file makes a chunk of the usual size.
    private void Take(TraceChunk chunk)
    {
        long horizonNs = long.MaxValue;
        foreach (BlktraceFile file in _files)
        {
            if (_isSet && file.HasRecords)
                horizonNs = Math.Min(horizonNs, file.TimeAfterNs(_recordsAFile));
        }

        TakeBefore(horizonNs, chunk);

        // Many records of one and the same time.
        if (chunk.Length == 0 && horizonNs < long.MaxValue)
            TakeBefore(horizonNs + 1, chunk);

        // The file's clock ran backwards: what is behind the jump cannot be put in order.
        if (chunk.Length == 0)
            _files.Find(file => file.HasRecords && file.TimeAfterNs(_recordsAFile) <= horizonNs)?.TakeAll(chunk);
    }

    private void TakeBefore(long horizonNs, TraceChunk chunk)
    {
        foreach (BlktraceFile file in _files)
        {
            if (horizonNs == long.MaxValue)
                file.TakeAll(chunk);
            else
                file.TakeBefore(horizonNs, chunk);
        }
    }
}

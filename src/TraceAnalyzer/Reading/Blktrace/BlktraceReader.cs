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

    private const int TargetRecords = TraceChunk.TargetBytes / BlktraceRecord.Version7HeaderBytes;

    private readonly List<BlktraceFile> _files;
    private readonly CpuSequences _sequences = new();
    private readonly ReadDiagnostics _pending = new();
    private readonly bool _isSet;
    private bool _countedLost;

    private BlktraceReader(TraceParts parts)
    {
        IReadOnlyList<TraceInput> inputs = parts.Inputs;
        _isSet = inputs.Count > 1;
        Source = new TraceSource(parts.Name, _isSet ? FormatName + ", per-CPU set" : FormatName, [.. inputs.Select(input => input.Name)]);
        _files = [.. inputs.Select(input => new BlktraceFile(input, _sequences, _isSet ? SetReadAheadBytes : TraceChunk.TargetBytes))];
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

    private void Take(TraceChunk chunk)
    {
        if (!_isSet)
        {
            _files[0].TakeAll(chunk);
            return;
        }

        long horizonNs = Horizon();
        TakeBefore(horizonNs, chunk);

        // Many records of one and the same time.
        if (chunk.Length == 0 && horizonNs < long.MaxValue)
            TakeBefore(horizonNs + 1, chunk);

        // A file's clock ran backwards: what is behind the jump cannot be put in order.
        if (chunk.Length == 0)
            _files.Where(file => file.HasRecords).MinBy(file => file.FirstTimeNs)!.TakeAll(chunk);
    }

    // Up to the time that every file has been read to, nothing can come in between any more; and not more than makes a chunk.
    private long Horizon()
    {
        List<BlktraceFile> filled = _files.FindAll(file => file.HasRecords);
        long highNs = filled.Exists(file => !file.Ended) ? filled.Where(file => !file.Ended).Min(file => file.LastTimeNs) : long.MaxValue;
        if (CountBefore(highNs) <= TargetRecords)
            return highNs;

        // The CPUs' shares change all the time, so the time is searched for; half a chunk is near enough.
        highNs = Math.Min(highNs, filled.Max(file => file.LastTimeNs));
        long lowNs = filled.Min(file => file.FirstTimeNs);
        while (highNs - lowNs > 1)
        {
            long middleNs = lowNs + ((highNs - lowNs) / 2);
            int count = CountBefore(middleNs);
            if (count > TargetRecords)
                highNs = middleNs;
            else if (count < TargetRecords / 2)
                lowNs = middleNs;
            else
                return middleNs;
        }

        return highNs;
    }

    private int CountBefore(long timeNs) => _files.Sum(file => file.HasRecords ? file.CountBefore(timeNs) : 0);

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

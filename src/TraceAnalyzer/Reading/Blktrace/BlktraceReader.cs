using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>
/// Reads blktrace's binary records: one merged dump or stream, or the files of a per-CPU set, merged by time.
/// </summary>
public sealed class BlktraceReader : ITraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "blktrace binary";

    /// <summary>The format.</summary>
    internal static readonly TraceFormat Format = new(FormatName, Sniff, Open) { Endings = [".bin", ".blktrace"], Combines = true };

    // A chunk is large enough once it is this full: files hand out their records in pieces, and the last would be a small one.
    private const int EnoughBytes = TraceChunk.TargetBytes / 8 * 7;

    // A chunk that is longer, of records with large payloads, is put in order event by event.
    private const int MaxPlaces = (1 << 20) - 1;

    private readonly List<BlktraceFile> _files;
    private readonly CpuSequences _sequences = new();
    private readonly ReadDiagnostics _pending = new();
    private readonly bool _isSet;
    private readonly Lazy<DeviceNames?> _names;
    private bool _countedLost;

    private BlktraceReader(TraceParts parts)
    {
        IReadOnlyList<TraceInput> inputs = parts.Inputs;
        _isSet = inputs.Count > 1;
        Source = new TraceSource(parts.Name, _isSet ? FormatName + ", per-CPU set" : FormatName, [.. inputs.Select(input => input.Name)]);
        _files = [.. inputs.Select((input, number) => new BlktraceFile(input, number, _sequences))];
        _pending.Add(ReadCounter.MissingCpus, parts.MissingCpus);
        _names = new Lazy<DeviceNames?>(() => NamesOf(inputs));
    }

    /// <inheritdoc/>
    public TraceSource Source { get; }

    /// <summary>The devices that blktrace called files by; null if it called none so.</summary>
    public DeviceNames? Devices => _names.Value;

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
        while (chunk.Length < EnoughBytes && FillFiles(chunk.Diagnostics))
        {
            if (chunk.Length == 0 && _isSet)
                chunk.Order.Start(MaxPlaces, EarliestNs());
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
    public void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        batch.UnderstoodBytes = chunk.Length;
        ReadOnlySpan<byte> bytes = chunk.Bytes;
        if (_isSet && chunk.Order.TrySort())
        {
            // In the order of their times, so that no event has to be moved.
            for (int i = 0; i < chunk.Order.Count; i++)
                BlktraceRecord.Decode(bytes[chunk.Order.PlaceAt(i)..], batch);
            return;
        }

        while (!bytes.IsEmpty)
            bytes = bytes[BlktraceRecord.Decode(bytes, batch)..];
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    // A set may also be called by its run (-o), or hold several devices.
    private static DeviceNames? NamesOf(IReadOnlyList<TraceInput> inputs)
    {
        DeviceNames? names = null;
        foreach (IGrouping<string, TraceInput> set in inputs.GroupBy(input => BlktraceSet.TrySplitName(input.Name, out string name, out _) ? name : "").Where(set => set.Key.Length > 0 && DeviceChoice.IsKernelName(set.Key)))
        {
            if (FirstEvents.Of(set).Devices is { Count: 1 } only)
                (names ??= new DeviceNames(isComplete: true)).Give(set.Key, only.First());
        }

        return names;
    }

    // False if all records of all files have been taken.
    private bool FillFiles(ReadDiagnostics diagnostics)
    {
        bool any = false;
        foreach (BlktraceFile file in _files)
        {
            file.Fill(diagnostics);
            any |= file.HasRecords;
        }

        return any;
    }

    private void Take(TraceChunk chunk)
    {
        if (!_isSet)
        {
            _files[0].TakeUpTo(long.MaxValue, chunk, null);
            return;
        }

        int before = chunk.Length;
        long horizonNs = Horizon((TraceChunk.TargetBytes - chunk.Length) / BlktraceRecord.Version7HeaderBytes);
        TakeBefore(horizonNs, chunk);

        // Many records of one and the same time.
        if (chunk.Length == before && horizonNs < long.MaxValue)
            TakeBefore(horizonNs + 1, chunk);

        // A file's clock ran backwards: what is behind the jump cannot be put in order.
        if (chunk.Length == before)
            _files.Where(file => file.HasRecords).MinBy(file => file.FirstTimeNs)!.TakeUpTo(long.MaxValue, chunk, chunk.Order);
    }

    // Up to the time that every file has been read to, nothing can come in between any more; and not more than there is room for.
    private long Horizon(int maxRecords)
    {
        long highNs = long.MaxValue;
        foreach (BlktraceFile file in _files)
        {
            if (file.HasRecords && !file.Ended)
                highNs = Math.Min(highNs, file.LastTimeNs);
        }

        if (CountBefore(highNs) <= maxRecords)
            return highNs;

        // The CPUs' shares change all the time, so the time is searched for.
        highNs = Math.Min(highNs, _files.Max(file => file.HasRecords ? file.LastTimeNs : long.MinValue));
        long lowNs = EarliestNs();
        while (highNs - lowNs > 1)
        {
            long middleNs = lowNs + ((highNs - lowNs) / 2);
            int count = CountBefore(middleNs);
            if (count > maxRecords)
                highNs = middleNs;
            else if (count < maxRecords / 4 * 3)
                lowNs = middleNs;
            else
                return middleNs;
        }

        return highNs;
    }

    private long EarliestNs() => _files.Min(file => file.HasRecords ? file.FirstTimeNs : long.MaxValue);

    private int CountBefore(long timeNs)
    {
        int count = 0;
        foreach (BlktraceFile file in _files)
            count += file.CountBefore(timeNs);
        return count;
    }

    // Before the horizon, or all if there is none.
    private void TakeBefore(long horizonNs, TraceChunk chunk)
    {
        foreach (BlktraceFile file in _files)
            file.TakeUpTo(horizonNs == long.MaxValue ? horizonNs : horizonNs - 1, chunk, chunk.Order);
    }
}

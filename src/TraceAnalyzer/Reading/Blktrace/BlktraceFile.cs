using System.Runtime.InteropServices;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>
/// One file (or stream) of binary records, read ahead into a buffer. Checks each record as it comes in; after damage it
/// goes on at the next place that looks like a record, and what lies between is counted.
/// </summary>
internal sealed class BlktraceFile : IDisposable
{
    // Small: workers take turns in cutting, and what one left in the buffer the next has to fetch from the other's cache.
    private const int BufferBytes = 32 * 1024;

    private readonly TraceInput _input;
    private readonly int _number;
    private readonly CpuSequences _sequences;
    private readonly List<Record> _records = [];
    private byte[] _buffer = new byte[BufferBytes];
    private int _filled;
    private int _checked;
    private long _bufferOffset;
    private int _nextRecord;
    private bool _ended;
    private long _damageEnd = -1;

    // Names of processes and the wall clock, which come before any event. What is not the first record takes the time of the one before it.
    private int _notesAhead;
    private long? _takenTimeNs;

    public BlktraceFile(TraceInput input, int number, CpuSequences sequences)
    {
        _input = input;
        _number = number;
        _sequences = sequences;
    }

    /// <summary>True when every byte has been read and checked.</summary>
    public bool Ended => _ended;

    /// <summary>Name of the file.</summary>
    public string Name => _input.Name;

    /// <summary>True if there are checked records that were not yet taken.</summary>
    public bool HasRecords => _nextRecord < _records.Count && (_notesAhead == 0 || _ended);

    /// <summary>
    /// Time of the next record to take, in nanoseconds: the one that decides where it is merged. A note of a name or of the wall clock is merged with the event beside it,
    /// because its own time may be of another clock: blkparse counts the events of a dump from zero, but not these.
    /// </summary>
    public long FirstTimeNs => _records[_nextRecord].TimeNs;

    /// <summary>Time of the last checked record, in nanoseconds.</summary>
    public long LastTimeNs => _records[^1].TimeNs;

    /// <summary>How many records to take are before a time, as long as the file's clock ascends.</summary>
    public int CountBefore(long timeNs)
    {
        ReadOnlySpan<Record> records = CollectionsMarshal.AsSpan(_records)[_nextRecord..];
        if (records.IsEmpty || records[0].TimeNs >= timeNs)
            return 0;
        int low = 0;
        int high = records.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (records[middle].TimeNs < timeNs)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Reads on, if most of what was read has been taken, until there are records to take or the file ends.</summary>
    public void Fill(ReadDiagnostics diagnostics)
    {
        while (!_ended && (!HasRecords || _checked - _records[_nextRecord].Start <= _buffer.Length / 4))
        {
            DropTaken();
            if (_filled > _buffer.Length / 2)
                Array.Resize(ref _buffer, _buffer.Length * 2);

            // A pipe hands out little at a time; a fuller buffer makes for better chunks.
            int wanted = _buffer.Length - _filled;
            int read = Read(_buffer.AsSpan(_filled));
            _filled += read;
            _ended = read < wanted;
            Check(diagnostics);
            PlaceNotesAhead();
            if (_ended && _input.IsDamaged())
                diagnostics.AddAt(ReadCounter.DamagedCompression, Name, _bufferOffset + _filled);
        }
    }

    /// <summary>
    /// Appends the records up to <paramref name="lastNs"/> (in the order of the file, up to the first later one) to <paramref name="chunk"/>,
    /// and their places to <paramref name="order"/>, if there is one.
    /// </summary>
    public void TakeUpTo(long lastNs, TraceChunk chunk, TimeOrder? order)
    {
        ReadOnlySpan<Record> records = CollectionsMarshal.AsSpan(_records);
        order?.Reserve(records.Length - _nextRecord);
        int i = _nextRecord;
        while (i < records.Length && records[i].TimeNs <= lastNs)
        {
            // Neighboring records make one slice; a gap (damage) starts another.
            int start = records[i].Start;
            int end = start;
            do
            {
                order?.Add(records[i].TimeNs, chunk.Length + end - start);
                end += records[i++].Length;
            }
            while (i < records.Length && records[i].Start == end && records[i].TimeNs <= lastNs);
            chunk.AppendSlice(_buffer.AsSpan(start, end - start), Name, _bufferOffset + start);
        }

        _nextRecord = i;
    }

    /// <inheritdoc/>
    public void Dispose() => _input.Dispose();

    private int Read(Span<byte> buffer)
    {
        try
        {
            return _input.Content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (IOException exception)
        {
            throw new TraceException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Name}: cannot be read after byte {_bufferOffset + _filled}: {exception.Message}"), exception);
        }
    }

    private void DropTaken()
    {
        int keepFrom = _nextRecord < _records.Count ? _records[_nextRecord].Start : _checked;
        _buffer.AsSpan(keepFrom, _filled - keepFrom).CopyTo(_buffer);
        _bufferOffset += keepFrom;
        _filled -= keepFrom;
        _checked -= keepFrom;
        if (_nextRecord > 0)
            _takenTimeNs = _records[_nextRecord - 1].TimeNs;
        _records.RemoveRange(0, _nextRecord);
        _nextRecord = 0;
        foreach (ref Record record in CollectionsMarshal.AsSpan(_records))
            record = record with { Start = record.Start - keepFrom };
    }

    private void Check(ReadDiagnostics diagnostics)
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _filled);
        int at = CheckPlain(bytes, _checked, diagnostics);
        while (bytes.Length - at >= sizeof(uint))
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            int headerBytes = BlktraceRecord.HeaderBytes(rest, out bool bigEndian);
            if (headerBytes == 0)
            {
                int skipped = NextMagic(rest);
                Skip(at, skipped, diagnostics);
                at += skipped;
                continue;
            }

            if (rest.Length < headerBytes)
                break;
            RecordFrame frame = BlktraceRecord.ReadFrame(rest, headerBytes, bigEndian);
            int length = headerBytes + frame.PayloadBytes;
            if (rest.Length < length && !_ended)
                break;
            if (frame.PayloadBytes != 0 && PayloadHidesRecord(rest, headerBytes, length))
            {
                // The length is wrong: what it calls payload holds a record of its own.
                int skipped = headerBytes + FirstMagic(rest[headerBytes..]);
                Skip(at, skipped, diagnostics);
                at += skipped;
                continue;
            }

            if (rest.Length < length)
                break;
            if (frame.TimeNs < 0)
            {
                // 2^63 ns and more: no clock runs for 292 years.
                Skip(at, length, diagnostics);
                at += length;
                continue;
            }

            if (!frame.IsNotify)
                _sequences.Observe(frame, _number, Name, _bufferOffset + at, diagnostics);
            _records.Add(new Record(frame is { IsNotify: true, IsMessage: false } ? PlaceOfNote(frame.TimeNs) : frame.TimeNs, at, length));
            at = CheckPlain(bytes, at + length, diagnostics);
        }

        if (_ended && at < bytes.Length)
        {
            diagnostics.AddAt(ReadCounter.TruncatedRecords, Name, _bufferOffset + at);
            diagnostics.AddAt(ReadCounter.SkippedBytes, Name, _bufferOffset + at, bytes.Length - at);
            at = bytes.Length;
        }

        _checked = at;
    }

    // Checks records of version 7 in this machine's order without a payload, up to the first that is any other: nearly all are such.
    private int CheckPlain(ReadOnlySpan<byte> bytes, int at, ReadDiagnostics diagnostics)
    {
        while (bytes.Length - at >= BlktraceRecord.Version7HeaderBytes && BlktraceRecord.TryReadPlainFrame(bytes[at..], out RecordFrame frame) && frame.TimeNs >= 0)
        {
            _sequences.Observe(frame, _number, Name, _bufferOffset + at, diagnostics);
            _records.Add(new Record(frame.TimeNs, at, BlktraceRecord.Version7HeaderBytes));
            at += BlktraceRecord.Version7HeaderBytes;
        }

        return at;
    }

    private long PlaceOfNote(long ownTimeNs)
    {
        if (_takenTimeNs is null && _notesAhead == _records.Count)
        {
            _notesAhead++;
            return ownTimeNs;
        }

        return _records.Count == 0 ? _takenTimeNs!.Value : _records[^1].TimeNs;
    }

    private void PlaceNotesAhead()
    {
        if (_notesAhead == 0 || _notesAhead == _records.Count)
            return;
        foreach (ref Record note in CollectionsMarshal.AsSpan(_records)[.._notesAhead])
            note = note with { TimeNs = _records[_notesAhead].TimeNs };
        _notesAhead = 0;
    }

    // Damage that reaches over several looks at the buffer is one bad record.
    private void Skip(int at, int count, ReadDiagnostics diagnostics)
    {
        long offset = _bufferOffset + at;
        if (offset != _damageEnd)
            diagnostics.AddAt(ReadCounter.BadRecords, Name, offset);
        diagnostics.AddAt(ReadCounter.SkippedBytes, Name, offset, count);
        _damageEnd = offset + count;
    }

    // True if the record does not end where another begins (or the file ends), but another begins within it.
    private static bool PayloadHidesRecord(ReadOnlySpan<byte> rest, int headerBytes, int length)
    {
        bool endsWell = rest.Length >= length + sizeof(uint) ? BlktraceRecord.HeaderBytes(rest[length..], out _) != 0 : rest.Length >= length;
        if (endsWell)
            return false;
        ReadOnlySpan<byte> payload = rest[headerBytes..Math.Min(length, rest.Length)];
        return payload.Length - FirstMagic(payload) >= sizeof(uint);
    }

    private static int FirstMagic(ReadOnlySpan<byte> bytes) => BlktraceRecord.HeaderBytesOrZero(bytes) != 0 ? 0 : NextMagic(bytes);

    // Bytes before the next place that looks like a record, at least 1. If there is none the last three stay: they may begin a magic.
    private static int NextMagic(ReadOnlySpan<byte> bytes)
    {
        int from = 1;
        while (bytes.Length - from >= sizeof(uint))
        {
            // The first byte of a magic: the version in little-endian, 'e' in big-endian order.
            int hit = bytes[from..].IndexOfAny((byte)7, (byte)8, (byte)'e');
            if (hit < 0 || bytes.Length - from - hit < sizeof(uint))
                break;
            from += hit;
            if (BlktraceRecord.HeaderBytes(bytes[from..], out _) != 0)
                return from;
            from++;
        }

        return Math.Max(1, bytes.Length - 3);
    }

    private readonly record struct Record(long TimeNs, int Start, int Length);
}

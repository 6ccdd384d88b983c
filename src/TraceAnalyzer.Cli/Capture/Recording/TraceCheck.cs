using TraceAnalyzer.Cli.Capture.Files;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>Reads a trace that was just recorded once, by means of its own, and counts what its gates need. The analysis counts the same in another way.</summary>
internal sealed class TraceCheck
{
    // The counters of the kernel rise a moment after the event of a completion.
    private const long CounterDelayNs = 2_000_000;

    private readonly Dictionary<(DeviceId, ulong Sector, OperationClass), int> _open = [];
    private readonly Dictionary<DeviceId, CheckedDevice> _devices = [];
    private readonly SectorIntervals? _files;
    private readonly HashSet<int> _threads;
    private readonly DiskSnapshot _start;
    private readonly DiskSnapshot _end;

    private TraceCheck(DiskSnapshot start, DiskSnapshot end, IEnumerable<int> threads, SectorIntervals? files) => (_start, _end, _threads, _files) = (start, end, [.. threads], files);

    /// <summary>Events of all kinds.</summary>
    public long Events { get; private set; }

    /// <summary>Requests that were issued and did not complete in the trace.</summary>
    public long WithoutCompletion => _open.Values.Where(count => count > 0).Sum(count => (long)count);

    /// <summary>Requests that completed without having been issued in the trace.</summary>
    public long WithoutIssue { get; private set; }

    /// <summary>Bytes issued by threads of the command.</summary>
    public long BytesOfCommand { get; private set; }

    /// <summary>Bytes read from files that the command opened or mapped; null if where they lie is not known sector by sector.</summary>
    public long? ReadBytesOfFiles { get; private set; }

    /// <summary>Bytes written to them; null likewise.</summary>
    public long? WriteBytesOfFiles { get; private set; }

    /// <summary>Bytes issued.</summary>
    public long IssuedBytes { get; private set; }

    /// <summary>Bytes in records that could not be read.</summary>
    public long DamagedBytes { get; private set; }

    /// <summary>What each device did.</summary>
    public IReadOnlyDictionary<DeviceId, CheckedDevice> Devices => _devices;

    /// <summary>Reads a trace.</summary>
    /// <param name="path">The trace.</param>
    /// <param name="start">The kernel's counters after tracing began.</param>
    /// <param name="end">The kernel's counters before it ended.</param>
    /// <param name="threads">Threads of the command.</param>
    /// <param name="files">Where its files lie; null if that is not known.</param>
    /// <exception cref="TraceException">It cannot be read.</exception>
    public static TraceCheck Read(string path, DiskSnapshot start, DiskSnapshot end, IEnumerable<int> threads, SectorIntervals? files)
    {
        var check = new TraceCheck(start, end, threads, files);
        if (files is not null)
            (check.ReadBytesOfFiles, check.WriteBytesOfFiles) = (0, 0);
        using ITraceReader reader = TraceFormats.Open([path]);
        var chunk = new TraceChunk();
        var batch = new EventBatch();
        bool more;
        do
        {
            more = reader.ReadChunk(chunk);
            reader.Decode(chunk, batch);
            foreach (ref readonly BlockEvent e in batch.Events)
                check.Add(e);
            check.DamagedBytes += batch.Diagnostics[ReadCounter.SkippedBytes];
        }
        while (more);
        check.WithoutIssue = -check._open.Values.Where(count => count < 0).Sum(count => (long)count);
        return check;
    }

    private void Add(in BlockEvent e)
    {
        Events++;
        // Commands (passthrough) and flushes have no bytes of files.
        if (e.LengthBytes == 0 || e.Class is not (OperationClass.Read or OperationClass.Write))
            return;
        ref CheckedDevice device = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_devices, e.Device, out _);
        switch (e.Action)
        {
            case BlockAction.Issue:
                Count(e, 1);
                Attribute(e);
                device.Issued++;
                break;
            case BlockAction.Requeue:
                Count(e, -1);
                break;
            case BlockAction.Complete:
                Count(e, -1);
                bool reads = e.Class == OperationClass.Read;
                if (IsBetween(e.TimeNs, _start.BeforeNs - CounterDelayNs, _end.AfterNs))
                    Add(ref device.MostRead, ref device.MostWritten, reads, e.LengthBytes);
                if (IsBetween(e.TimeNs, _start.AfterNs, _end.BeforeNs - CounterDelayNs))
                    Add(ref device.LeastRead, ref device.LeastWritten, reads, e.LengthBytes);
                break;
            default:
                break;
        }
    }

    private static bool IsBetween(long ns, long fromNs, long toNs) => ns >= fromNs && ns <= toNs;

    private static void Add(ref long read, ref long written, bool reads, uint bytes)
    {
        if (reads)
            read += bytes;
        else
            written += bytes;
    }

    private void Attribute(in BlockEvent e)
    {
        IssuedBytes += e.LengthBytes;
        if (_threads.Contains(e.Pid))
            BytesOfCommand += e.LengthBytes;
        long bytes = (_files?.CoveredSectors(e.Device, e.Sector, e.LengthSectors) ?? 0) * BlockEvent.SectorBytes;
        if (e.Class == OperationClass.Read)
            ReadBytesOfFiles += bytes;
        else
            WriteBytesOfFiles += bytes;
    }

    // Events of several CPUs come in any order, so that a completion may stand before its issue.
    private void Count(in BlockEvent e, int change)
    {
        var key = (e.Device, e.Sector, e.Class);
        int count = _open.GetValueOrDefault(key) + change;
        if (count == 0)
            _open.Remove(key);
        else
            _open[key] = count;
    }
}

/// <summary>What a device did in a trace.</summary>
internal record struct CheckedDevice
{
    /// <summary>Requests issued.</summary>
    public long Issued;

    /// <summary>Bytes read that the kernel's counters must have between two snapshots, at least.</summary>
    public long LeastRead;

    /// <summary>And at most: what completed while the snapshots were taken may be in them or not.</summary>
    public long MostRead;

    /// <summary>The same of writes, at least.</summary>
    public long LeastWritten;

    /// <summary>The same of writes, at most.</summary>
    public long MostWritten;
}

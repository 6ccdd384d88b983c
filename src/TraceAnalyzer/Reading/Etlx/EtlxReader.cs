using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Tracepoints;

namespace TraceAnalyzer.Reading.Etlx;

/// <summary>
/// Reads <c>.etlx</c>, TraceEvent's own form of a trace: the disk events of Windows (<see cref="WindowsDiskIo"/>), and the block tracepoints of a
/// <c>.nettrace</c> that was converted. On Windows also <c>.etl</c>, which is converted first.
/// </summary>
public sealed class EtlxReader : ITraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = ".etlx";

    /// <summary>The name of Windows' raw format.</summary>
    public const string EtlFormatName = ".etl";

    private const string Library = "TraceEvent";

    private const string TemporaryPrefix = "traceanalyzer-";

    private const int EventsPerChunk = TraceChunk.TargetBytes / 64;

    private readonly TraceLog _log;
    private readonly IEnumerator<TraceEvent> _events;
    private readonly TracepointDecoder _decoder;
    private readonly List<string> _temporaryFiles;
    private readonly FileStream? _held;
    private readonly Dictionary<CallStackIndex, ushort> _stackNumbers = [];
    private readonly List<(int Pid, byte[] Name)> _processes = [];
    private readonly long _fileBytes;
    private bool _hasStarted;
    private bool _hasEnded;
    private long _read;

    private EtlxReader(TraceParts parts, string format, TraceLog log, string etlx, string? original, List<string> temporaryFiles, FileStream? held)
    {
        _held = held;
        _log = log;
        _temporaryFiles = temporaryFiles;
        _fileBytes = new FileInfo(etlx).Length;
        Source = new TraceSource(parts.Name, format, [parts.Inputs[0].Name]);
        _decoder = TracepointDecoder.For(original);
        Stacks.Symbols.AddKallsymsBeside(original);
        foreach (TraceProcess process in log.Processes)
            _processes.Add((process.ProcessID, Encoding.UTF8.GetBytes(process.Name)));

        // Asking for the parser makes the log know the kernel's events.
        _ = log.Kernel;
        _events = ((IEnumerable<TraceEvent>)log.Events).GetEnumerator();
    }

    /// <inheritdoc/>
    public TraceSource Source { get; }

    /// <inheritdoc/>
    public StackTable Stacks { get; } = new();

    /// <summary>Windows' disks, which it numbers from 0; empty for traces of Linux.</summary>
    public DeviceNames Devices { get; } = new();

    /// <inheritdoc/>
    public bool HasCompletions => true;

    /// <summary>False: Windows tells of a request when it has completed.</summary>
    public bool PromisesTimeOrder => false;

    /// <summary>True if the bytes are the start of a serialized TraceLog.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options) =>
        bytes.Length > 4 && bytes[4..].StartsWith("!FastSerialization.1"u8) && bytes[..Math.Min(bytes.Length, 256)].IndexOf("Etlx.TraceLog"u8) > 0;

    /// <summary>
    /// True if the bytes look like the first buffer of an .etl: its size, and where its header ends the start of a system event
    /// (WMI_BUFFER_HEADER and SYSTEM_TRACE_HEADER of the Windows kernel: header type 1 or 2, marker flags 0xC0).
    /// </summary>
    public static bool SniffEtl(ReadOnlySpan<byte> bytes, ReadOptions options)
    {
        const int BufferHeaderBytes = 72;
        if (bytes.Length < BufferHeaderBytes + 4)
            return false;
        uint bufferBytes = MemoryMarshal.Read<uint>(bytes);
        return bufferBytes is >= 1024 and <= 16 * 1024 * 1024 && bufferBytes % 1024 == 0
            && bytes[BufferHeaderBytes + 2] is 1 or 2 && bytes[BufferHeaderBytes + 3] == 0xC0;
    }

    /// <summary>Opens an .etlx; <paramref name="parts"/> has one input.</summary>
    /// <exception cref="TraceException">It cannot be read.</exception>
    public static EtlxReader Open(TraceParts parts, ReadOptions options) => Open(parts, FormatName, static path => path);

    /// <summary>Opens an .etl on Windows; <paramref name="parts"/> has one input.</summary>
    /// <exception cref="TraceException">It cannot be read, or this is not Windows.</exception>
    public static EtlxReader OpenEtl(TraceParts parts, ReadOptions options)
    {
        if (!OperatingSystem.IsWindows())
            throw EtlElsewhere(parts.Inputs[0].Name);
        return Open(parts, EtlFormatName, static path => TraceLog.CreateFromEventTraceLogFile(path, TemporaryName()));
    }

    /// <summary>What to do with an .etl where Windows is not at hand.</summary>
    internal static TraceException EtlElsewhere(string name) => new(
        $"{name}: .etl can be read on Windows only, whose own library decodes it; run traceanalyzer there, or convert it there to .etlx, which is read everywhere: "
        + "open it in PerfView, or call TraceLog.CreateFromEventTraceLogFile(\"" + name + "\") of the package Microsoft.Diagnostics.Tracing.TraceEvent");

    /// <inheritdoc/>
    public bool ReadChunk(TraceChunk chunk)
    {
        chunk.Clear();
        chunk.Slices.Add(new ChunkSlice(0, 0, Source.Files[0], _hasStarted ? _fileBytes : 0));
        chunk.InputBytes = _hasStarted ? 0 : _fileBytes;
        if (!_hasStarted)
            chunk.WallClock = new WallClockAnchor(0, (_log.SessionStartTime.ToUniversalTime() - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        _hasStarted = true;
        if (_hasEnded)
            return false;
        try
        {
            _hasEnded = LibraryWatch.Call(Source.Files[0], Library, _fileBytes, () => Fill(chunk));
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or TraceException))
        {
            // TraceEvent has no exception of its own for damage; what came before is kept.
            _hasEnded = true;
            chunk.Diagnostics.AddAt(ReadCounter.BadRecords, Source.Files[0], 0);
            if (_read == 0)
                throw Damaged(Source.Files[0], Source.Format, exception);
        }

        if (_hasEnded)
            chunk.Diagnostics.Add(ReadCounter.LostEvents, (uint)_log.EventsLost);
        if (_hasEnded && _read == 0)
            throw new TraceException($"{Source.Files[0]}: holds no disk events; expected DiskIO/Read, Write and FlushBuffers of Windows' kernel logger, or block tracepoints of Linux");
        return true;
    }

    /// <inheritdoc/>
    public void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        batch.WallClock = chunk.WallClock;
        batch.UnderstoodBytes = chunk.InputBytes;
        if (chunk.InputBytes > 0)
        {
            foreach ((int pid, byte[] name) in _processes)
                batch.Processes.Observe(pid, name);
        }

        foreach (ref readonly BlockEvent e in MemoryMarshal.Cast<byte, BlockEvent>(chunk.Bytes))
            batch.Append() = e;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Dispose();
        _log.Dispose();
        _temporaryFiles.ForEach(File.Delete);
        _held?.Dispose();
    }

    // True at the end of the trace.
    private bool Fill(TraceChunk chunk)
    {
        int events = 0;
        while (events < EventsPerChunk)
        {
            if (!_events.MoveNext())
                return true;
            events += Append(_events.Current, chunk);
        }

        return false;
    }

    private static EtlxReader Open(TraceParts parts, string format, Func<string, string> convert)
    {
        using TraceInput input = parts.Inputs.Single();
        var temporary = new List<string>();
        try
        {
            // TraceLog reads files only.
            string file = input is { IsPlainFile: true, Path: { } path } ? path : Spool(input, temporary);
            string etlx = convert(file);
            if (etlx != file)
                temporary.Add(etlx);
            FileStream? held = temporary.Count > 0 ? new FileStream(etlx, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0) : null;
            return LibraryWatch.Call(input.Name, Library, new FileInfo(etlx).Length, () => new EtlxReader(parts, format, new TraceLog(etlx), etlx, input.Path, temporary, held));
        }
        catch (Exception exception) when (exception is not TraceException)
        {
            temporary.ForEach(File.Delete);
            throw Damaged(input.Name, format, exception);
        }
    }

    private static TraceException Damaged(string name, string format, Exception exception) =>
        new($"{name}: {format} cannot be read, it may be cut or damaged (its table of contents is at its end): {exception.Message}", exception);

    private static string Spool(TraceInput input, List<string> temporary)
    {
        Leftovers.Delete(Path.GetTempPath(), TemporaryPrefix, FormatName);
        string path = TemporaryName();
        temporary.Add(path);
        using FileStream copy = File.Create(path);
        input.Content.CopyTo(copy);
        return path;
    }

    private static string TemporaryName() => Path.Combine(Path.GetTempPath(), $"{TemporaryPrefix}{Guid.NewGuid():N}{FormatName}");

    private int Append(TraceEvent e, TraceChunk chunk)
    {
        Span<BlockEvent> decoded = stackalloc BlockEvent[2];
        int count = 0;
        if (WindowsDiskIo.TryRead(e, out WindowsDiskIo io))
        {
            io.Write(DiskOf(io.DiskNumber), (ushort)e.ProcessorNumber, decoded);
            count = 2;
        }
        else if (e.ProviderName == "block" && BlockTracepoints.IndexOf(e.EventName) is >= 0 and var tracepoint)
        {
            if (!TryDecode(e, tracepoint, ref decoded[0]))
            {
                chunk.Diagnostics.Add(ReadCounter.BadRecords);
                return 0;
            }

            count = 1;
        }

        chunk.Append(MemoryMarshal.AsBytes(decoded[..count]));
        _read += count;
        return count;
    }

    private DeviceId DiskOf(int number)
    {
        Span<byte> name = stackalloc byte[32];
        _ = Encoding.ASCII.TryGetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PhysicalDrive{number}"), name, out int length);
        Devices.Observe(name[..length]);
        return Devices.Find(name[..length]);
    }

    private unsafe bool TryDecode(TraceEvent e, int tracepoint, ref BlockEvent decoded)
    {
        var payload = new ReadOnlySpan<byte>((void*)e.DataStart, e.EventDataLength);
        if (!_decoder.TryDecode(tracepoint, payload, ref decoded, out ReadOnlySpan<byte> command))
            return false;
        decoded.TimeNs = WindowsDiskIo.NsOf(e.TimeStampRelativeMSec);
        decoded.Cpu = (ushort)e.ProcessorNumber;
        decoded.Stack = StackOf(e);
        return true;
    }

    private ushort StackOf(TraceEvent e)
    {
        CallStackIndex index = e.CallStackIndex();
        if (index == CallStackIndex.Invalid)
            return 0;
        if (_stackNumbers.TryGetValue(index, out ushort known))
            return known;
        var names = new StringBuilder();
        for (TraceCallStack? frame = e.CallStack(); frame is not null && frame.CodeAddress.Address >= KernelSymbols.FirstKernelAddress; frame = frame.Caller)
        {
            string name = frame.CodeAddress.FullMethodName;
            names.Append(name.Length > 0 ? name : Stacks.Symbols.NameOf(frame.CodeAddress.Address)).Append('\n');
        }

        return _stackNumbers[index] = Stacks.OfNames(Encoding.UTF8.GetBytes(names.ToString()));
    }
}

using System.Globalization;
using System.Text;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Writing.FioIolog;

/// <summary>
/// Writes an I/O log of fio, version 3, that <c>fio --read_iolog</c> replays in order and time: reads, writes, discards as <c>trim</c>, flushes as
/// <c>sync</c>, with the microseconds since the first of them. fio learns a file only from lines before its I/O, and devices become known on the
/// way, so each is added and opened where it is first met.
/// </summary>
internal sealed class FioIologWriter : ITraceWriter
{
    private const long NsPerMicrosecond = 1000;

    private readonly WriteContext _context;
    private readonly OutputBuffer _output;
    private readonly Dictionary<DeviceId, byte[]> _files = [];
    private readonly long[] _otherActions = new long[BlockActions.Count];
    private long _zeroNs = long.MinValue;
    private long _lastUs;

    private FioIologWriter(Stream stream, WriteContext context)
    {
        _context = context;
        _output = new OutputBuffer(stream);
        _output.Append("fio version 3 iolog\n"u8);
    }

    /// <summary>Starts a log.</summary>
    public static ITraceWriter Create(Stream stream, WriteContext context) => new FioIologWriter(stream, context);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads)
    {
        BlockAction replayed = _context.Options.ReplayedAction;
        foreach (ref readonly BlockEvent e in events)
        {
            if (e.Action == replayed)
                Write(e);
            else
                _otherActions[(int)e.Action]++;
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<IoRequest> requests) => throw new NotSupportedException("an I/O log has events");

    /// <inheritdoc/>
    public void Finish()
    {
        foreach (byte[] file in _files.Values)
            WriteLine(_lastUs, file, "close"u8);
        NotCarried notCarried = _context.NotCarried;
        for (int action = 0; action < _otherActions.Length; action++)
            notCarried.Add($"{((BlockAction)action).Name()} events", _otherActions[action]);
        notCarried.Never("processes, CPUs and flags");
        notCarried.Never("times below a microsecond");
        _output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Write(in BlockEvent e)
    {
        ReadOnlySpan<byte> what = ActionOf(e);
        if (what.IsEmpty)
        {
            _context.NotCarried.Add(e.Class == OperationClass.Other ? "operations that are not a read, write, discard or flush" : "reads and discards without data");
            return;
        }

        if (_zeroNs == long.MinValue)
            _zeroNs = e.TimeNs;

        // fio takes a time before the last one for no wait; an out-of-order event is replayed at once.
        _lastUs = Math.Max(_lastUs, (e.TimeNs - _zeroNs) / NsPerMicrosecond);
        if (!_files.TryGetValue(e.Device, out byte[]? file))
        {
            _files.Add(e.Device, file = NameOf(e.Device));
            WriteLine(_lastUs, file, "add"u8);
            WriteLine(_lastUs, file, "open"u8);
        }

        bool hasPlace = CountedClass.Of(e.Class, e.LengthBytes) != OperationClass.Flush;
        _output.AppendNumber(_lastUs);
        _output.Append((byte)' ');
        _output.Append(file);
        _output.Append((byte)' ');
        _output.Append(what);
        _output.Append((byte)' ');
        _output.AppendNumber(hasPlace ? e.Sector * BlockEvent.SectorBytes : 0);
        _output.Append((byte)' ');
        _output.AppendNumber(hasPlace ? (long)e.LengthBytes : 0);
        _output.Append((byte)'\n');
    }

    private static ReadOnlySpan<byte> ActionOf(in BlockEvent e) => CountedClass.Of(e.Class, e.LengthBytes) switch
    {
        OperationClass.Flush => "sync"u8,
        OperationClass.Read when e.LengthBytes > 0 => "read"u8,
        OperationClass.Write => "write"u8,
        OperationClass.Discard when e.LengthBytes > 0 => "trim"u8,
        _ => default,
    };

    private void WriteLine(long timeUs, byte[] file, ReadOnlySpan<byte> action)
    {
        _output.AppendNumber(timeUs);
        _output.Append((byte)' ');
        _output.Append(file);
        _output.Append((byte)' ');
        _output.Append(action);
        _output.Append((byte)'\n');
    }

    private byte[] NameOf(DeviceId device) => Encoding.UTF8.GetBytes(
        _context.Options.ReplayNames.TryGetValue(device, out string? name)
            ? name
            : string.Create(CultureInfo.InvariantCulture, $"device-{device.Major}-{device.Minor}"));
}

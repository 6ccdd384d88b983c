using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Cli.Capture.Processes;

/// <summary>
/// What the command prints: passed on at once, and written into a file with the time at which each line arrived (<see cref="StampedLines"/>). A progress bar's
/// carriage return ends a line too.
/// </summary>
internal sealed class StampedOutput : IDisposable
{
    /// <summary>The file.</summary>
    public const string FileName = "output.log";

    /// <summary>The table of tokens.</summary>
    public const string TokensFileName = "tokens.csv";

    // Of the 256 MiB that a log may have (docs/run-folder.md), with room for the stamps.
    private const long MostBytes = 200L << 20;
    private const int MostLineBytes = 64 * 1024;
    private const int MostTokens = 1 << 20;

    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly Regex? _token;
    private readonly Action _beforeShowing;
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Stream _error = Console.OpenStandardError();
    private readonly List<long> _tokens = [];
    private readonly long _startNs = LinuxCalls.MonotonicNs();
    private long? _beforeFirstTokenNs;
    private long _written;

    /// <summary>Opens the file.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="token">A line that matches ends a token; null if none does.</param>
    /// <param name="beforeShowing">Called before anything is shown.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public StampedOutput(string folder, Regex? token, Action beforeShowing)
    {
        _file = new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _token = token;
        _beforeShowing = beforeShowing;
        _file.Write(Encoding.UTF8.GetBytes(StampedLines.Header + "\n"));
    }

    /// <summary>Bytes of output that are not in the file, because it is full or the disk is.</summary>
    public long LostBytes { get; private set; }

    /// <summary>Lines that ended a token.</summary>
    public int Tokens => _tokens.Count;

    /// <summary>Copies a stream to its end.</summary>
    public void Copy(Stream source, bool isError)
    {
        byte[] buffer = new byte[64 * 1024];
        var line = new MemoryStream();
        try
        {
            for (int count = source.Read(buffer); count > 0; count = source.Read(buffer))
            {
                long nowNs = LinuxCalls.MonotonicNs();
                Show(isError ? _error : _output, buffer.AsSpan(0, count));
                Take(buffer.AsSpan(0, count), line, nowNs, isError);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Closed at the end, while a child of the command still holds it.
        }

        if (line.Length > 0)
            End(line, LinuxCalls.MonotonicNs(), isError);
    }

    /// <summary>Writes the table of tokens if there are any.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void WriteTokens(string folder)
    {
        lock (_lock)
        {
            if (_tokens.Count == 0)
                return;
            using var table = new StreamWriter(Path.Combine(folder, TokensFileName));
            table.Write("phase,start_mono_ns,end_mono_ns\n");
            long startNs = _beforeFirstTokenNs ?? _startNs;
            foreach (long endNs in _tokens)
            {
                table.Write(string.Create(CultureInfo.InvariantCulture, $"bench,{startNs},{endNs}\n"));
                startNs = endNs;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _file.Dispose();
    }

    private void Take(ReadOnlySpan<byte> bytes, MemoryStream line, long nowNs, bool isError)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..end];
            line.Write(part[..(int)Math.Min(part.Length, MostLineBytes - line.Length)]);
            // A carriage return before a newline, or after one, ends nothing.
            if (end >= 0 && line.Length > 0)
                End(line, nowNs, isError);
            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }
    }

    private void End(MemoryStream line, long nowNs, bool isError)
    {
        byte[] stamp = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{nowNs} {(isError ? 2 : 1)} "));
        lock (_lock)
        {
            NoteToken(line, nowNs);
            try
            {
                if (_written + line.Length > MostBytes || !_file.CanWrite)
                {
                    LostBytes += line.Length;
                }
                else
                {
                    byte[] whole = [.. stamp, .. line.ToArray(), (byte)'\n'];
                    // A text with zeros is taken for binary data.
                    whole.AsSpan().Replace((byte)0, (byte)'?');
                    _file.Write(whole);
                    _written += whole.Length;
                }
            }
            catch (IOException)
            {
                LostBytes += line.Length;
            }
        }

        line.SetLength(0);
    }

    private void NoteToken(MemoryStream line, long nowNs)
    {
        if (_token is null)
            return;
        if (_token.IsMatch(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length)) && _tokens.Count < MostTokens)
            _tokens.Add(nowNs);
        else if (_tokens.Count == 0)
            _beforeFirstTokenNs = nowNs;
    }

    private void Show(Stream target, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _beforeShowing();
            try
            {
                target.Write(bytes);
                target.Flush();
            }
            catch (IOException)
            {
                // Nobody reads it any more; it is recorded all the same.
            }
        }
    }
}

using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.SideFiles;

/// <summary>A file of a run's folder that is not a trace: its beginning, by which its kind is told, and its text, which is read once.</summary>
/// <param name="name">Its path within the folder.</param>
/// <param name="input">The opened file, at its start.</param>
internal sealed class SideFile(string name, TraceInput input) : IDisposable
{
    /// <summary>Bytes of a table or log, unpacked. It is read line by line, so that only what it says is kept.</summary>
    public const long MostBytes = 256 << 20;

    /// <summary>Bytes of a JSON file, unpacked: a catalogue of 50,000 tensors has 10 MB.</summary>
    public const long MostJsonBytes = 16 << 20;

    /// <summary>Bytes of a YAML file, unpacked: it is written by hand.</summary>
    public const long MostYamlBytes = 1 << 20;

    private readonly LimitedStream _content = new(input.Content);
    private string? _beginning;
    private LineReader? _lines;

    /// <summary>Its path within the folder.</summary>
    public string Name => name;

    /// <summary>The first 64 KiB as text.</summary>
    public string Beginning => _beginning ??= Encoding.UTF8.GetString(input.First.Span);

    /// <summary>The first line.</summary>
    public string FirstLine => field ??= LinesOf(Beginning).FirstOrDefault("");

    /// <summary>The lines of <see cref="Beginning"/>; the last may be cut.</summary>
    public IEnumerable<string> FirstLines => LinesOf(Beginning);

    /// <summary>True if <see cref="Beginning"/> is all of it.</summary>
    public bool IsWhole => input.First.Length < TraceFormat.SniffBytes;

    /// <summary>True if it holds nothing.</summary>
    public bool IsEmpty => input.First.IsEmpty;

    /// <summary>True if it is not text.</summary>
    public bool IsBinary => Beginning.Contains('\0');

    /// <summary>Lines that were too long to be read.</summary>
    public int LongLines => _lines?.LongLines ?? 0;

    /// <summary>Its lines from the first on.</summary>
    public LineReader Lines()
    {
        _content.Most = MostBytes;
        return _lines ??= new LineReader(new StreamReader(_content, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true));
    }

    /// <summary>All its text.</summary>
    /// <exception cref="TraceException">It is longer than <paramref name="mostBytes"/>.</exception>
    public string Text(long mostBytes)
    {
        _content.Most = mostBytes;
        using var reader = new StreamReader(_content, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        return reader.ReadToEnd();
    }

    /// <inheritdoc/>
    public void Dispose() => _lines?.Dispose();

    private static IEnumerable<string> LinesOf(string text)
    {
        using var lines = new StringReader(text);
        while (lines.ReadLine() is { } line)
            yield return line;
    }

    // Ends a file that unpacks to more than any side file has, before it is in memory.
    private sealed class LimitedStream(Stream content) : Stream
    {
        private long _read;

        public long Most { get; set; } = MostBytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int count = content.Read(buffer);
            _read += count;
            if (_read > Most)
                throw new TraceException(FormattableString.Invariant($"longer than {Most >> 20} MiB, which no file of its kind is"));
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

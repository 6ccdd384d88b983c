using System.Text;

namespace TraceAnalyzer.SideFiles;

/// <summary>Reads lines that may be of any length without keeping them: one longer than <see cref="MostCharacters"/> is passed over and counted.</summary>
internal sealed class LineReader(TextReader text) : TextReader
{
    /// <summary>Longest line that is read. Tables and logs have lines of some hundred characters; a list of token times may have 200,000.</summary>
    public const int MostCharacters = 1 << 20;

    private readonly char[] _buffer = new char[1 << 14];
    private int _at;
    private int _end;
    private bool _isAfterReturn;

    /// <summary>Lines that were longer.</summary>
    public int LongLines { get; private set; }

    /// <summary>Lines read so far, those passed over included.</summary>
    public int Number { get; private set; }

    /// <inheritdoc/>
    public override string? ReadLine()
    {
        StringBuilder? begun = null;
        bool isLong = false;
        while (Fill())
        {
            ReadOnlySpan<char> rest = _buffer.AsSpan(_at, _end - _at);
            // Progress bars end their lines with a carriage return alone.
            int length = rest.IndexOfAny('\r', '\n');
            ReadOnlySpan<char> part = length < 0 ? rest : rest[..length];
            _at += length < 0 ? rest.Length : length + 1;
            _isAfterReturn = length >= 0 && rest[length] == '\r';
            isLong |= (begun?.Length ?? 0) + part.Length > MostCharacters;
            if (length >= 0 && begun is null && !isLong)
            {
                Number++;
                return part.ToString();
            }

            begun ??= new StringBuilder();
            if (isLong)
                begun.Clear();
            else
                begun.Append(part);
            if (length < 0)
                continue;
            Number++;
            if (!isLong)
                return begun.ToString();
            LongLines++;
            begun = null;
            isLong = false;
        }

        if (begun is null)
            return null;
        Number++;
        if (!isLong)
            return begun.ToString();
        LongLines++;
        return null;
    }

    /// <inheritdoc/>
    public override int Peek() => Fill() ? _buffer[_at] : -1;

    /// <inheritdoc/>
    public override int Read() => Fill() ? _buffer[_at++] : -1;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            text.Dispose();
        base.Dispose(disposing);
    }

    private bool Fill()
    {
        while (true)
        {
            if (_at == _end)
            {
                _at = 0;
                _end = text.Read(_buffer, 0, _buffer.Length);
            }

            if (_at == _end)
                return false;
            if (!_isAfterReturn || _buffer[_at] != '\n')
                break;
            // The second half of the line end that was just read.
            _at++;
            _isAfterReturn = false;
        }

        _isAfterReturn = false;
        return true;
    }
}

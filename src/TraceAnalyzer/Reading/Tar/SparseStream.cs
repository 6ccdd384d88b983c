using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Tar;

/// <summary>A file with holes, which read as zeros.</summary>
/// <param name="stored">The bytes between the holes, one piece after the other.</param>
/// <param name="pieces">Where they belong, ascending.</param>
/// <param name="length">How long the file is, in bytes.</param>
internal sealed class SparseStream(Stream stored, IReadOnlyList<TarPiece> pieces, long length) : ForwardStream
{
    private long _position;
    private int _piece;

    public override int Read(Span<byte> buffer)
    {
        while (_piece < pieces.Count && _position >= pieces[_piece].Offset + pieces[_piece].Length)
            _piece++;
        bool isHole = _piece == pieces.Count || _position < pieces[_piece].Offset;
        long end = _piece == pieces.Count ? length : isHole ? pieces[_piece].Offset : pieces[_piece].Offset + pieces[_piece].Length;
        buffer = buffer[..(int)Math.Min(buffer.Length, end - _position)];
        int count = buffer.Length;
        if (isHole)
            buffer.Clear();
        else
            count = stored.Read(buffer);
        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stored.Dispose();
        base.Dispose(disposing);
    }
}

using SharpCompress.Compressors.Xz;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Xz;

/// <summary>
/// Decompresses xz (The .xz File Format, version 1.2.1): one stream after the other, as parallel compressors and <c>cat</c> make them, with padding between.
/// LZMA2 alone, which is what xz uses unasked, or after the delta filter, which suits tables of records such as traces. Damaged or cut data ends in an
/// <see cref="InvalidDataException"/> or <see cref="EndOfStreamException"/> after what came before it.
/// </summary>
/// <remarks>LZMA2 and the sums are SharpCompress's work. The container is ours: its own refuses the delta filter, and does not look at the check of the index.</remarks>
internal sealed class XzInput(Stream compressed) : ForwardStream
{
    private readonly XzSource _source = new(compressed);
    private XZHeader? _header;
    private XzBlock? _block;
    private ulong _blocks;
    private ulong _streamBytes;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            while (!_ended && !buffer.IsEmpty)
            {
                if (_block is null && !BeginBlock())
                    continue;
                int count = _block!.Read(buffer);
                _streamBytes += (ulong)count;
                if (count > 0)
                    return count;
                _block.Dispose();
                _block = null;
                _blocks++;
            }

            return 0;
        }
        catch (Exception exception) when (exception is EndOfStreamException or not (IOException or InvalidDataException or OperationCanceledException or OutOfMemoryException))
        {
            // The decoder meets damage with exceptions of many kinds, some of them out of its own arithmetic.
            _ended = true;
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block?.Dispose();
            compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    // False where there is none yet: a stream ended, or everything did.
    private bool BeginBlock()
    {
        if (_header is null)
        {
            BeginStream();
            return false;
        }

        // An index begins with a zero where a block has the size of its header.
        if (_source.Peek() is [not 0, ..])
        {
            _block = new XzBlock(_source, _header.BlockCheckType);
            return true;
        }

        EndStream();
        return false;
    }

    private void BeginStream()
    {
        ReadOnlySpan<byte> next = _source.Peek();
        while (next.Length == XzSource.Alignment && next.IndexOfAnyExcept((byte)0) < 0)
        {
            _source.Skip(next.Length);
            next = _source.Peek();
        }

        if (next.IsEmpty)
        {
            _ended = true;
            return;
        }

        _header = XZHeader.FromStream(_source);
        _blocks = 0;
        _streamBytes = 0;
    }

    private void EndStream()
    {
        if (XzIndex.Read(_source) != new XzIndex(_blocks, _streamBytes))
            throw new InvalidDataException("the index of an xz stream tells of other blocks than there are");
        _header = null;
    }
}

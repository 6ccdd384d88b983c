using Microsoft.Win32.SafeHandles;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>A part of a file, read by its place, so that several parts can be read at once.</summary>
/// <param name="file">The file.</param>
/// <param name="offset">Where the part begins, in bytes.</param>
/// <param name="length">Its bytes.</param>
/// <param name="closed">Called when it is no longer read.</param>
internal sealed class FileRangeStream(SafeFileHandle file, long offset, long length, Action closed) : ForwardStream
{
    private long _taken;
    private bool _disposed;

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, length - _taken);
        int count = wanted == 0 ? 0 : RandomAccess.Read(file, buffer[..wanted], offset + _taken);
        _taken += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            closed();
        }

        base.Dispose(disposing);
    }
}

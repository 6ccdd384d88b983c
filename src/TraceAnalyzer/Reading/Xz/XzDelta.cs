namespace TraceAnalyzer.Reading.Xz;

/// <summary>Undoes the delta filter: each byte was stored as its difference from the byte some distance before it (The .xz File Format, section 5.3.3).</summary>
/// <param name="distance">How many bytes before, 1 to 256.</param>
internal sealed class XzDelta(int distance)
{
    // The last bytes, in a ring; before the first there are zeros.
    private readonly byte[] _last = new byte[distance];
    private int _at;

    /// <summary>Makes the next bytes of the block what they were.</summary>
    public void Undo(Span<byte> bytes)
    {
        foreach (ref byte value in bytes)
        {
            value += _last[_at];
            _last[_at] = value;
            if (++_at == _last.Length)
                _at = 0;
        }
    }
}

namespace TraceAnalyzer.Reading.Xz;

/// <summary>Numbers in headers and index: seven bits a byte, the lowest first; all but the last have the highest bit set (The .xz File Format, section 1.2).</summary>
internal static class XzNumber
{
    private const int MaxBytes = 9;

    /// <exception cref="InvalidDataException">It is longer than numbers are.</exception>
    public static ulong Read(Func<byte> next)
    {
        ulong number = 0;
        for (int i = 0; i < MaxBytes; i++)
        {
            byte value = next();
            number |= (ulong)(value & 0x7F) << (7 * i);
            if (value < 0x80)
                return number;
        }

        throw new InvalidDataException("a number in an xz stream is too long");
    }
}

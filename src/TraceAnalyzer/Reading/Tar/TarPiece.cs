namespace TraceAnalyzer.Reading.Tar;

/// <summary>Bytes that a sparse file has between holes.</summary>
/// <param name="Offset">Where in the file.</param>
/// <param name="Length">How many.</param>
internal readonly record struct TarPiece(long Offset, long Length)
{
    /// <summary>True if pieces ascend within a file of <paramref name="length"/> bytes and together are what is stored.</summary>
    public static bool Fit(IReadOnlyList<TarPiece> pieces, long length, long stored)
    {
        long end = 0;
        foreach (TarPiece piece in pieces)
        {
            if (piece.Length < 0 || piece.Offset < end || piece.Offset > length || piece.Length > length - piece.Offset || piece.Length > stored)
                return false;
            end = piece.Offset + piece.Length;
            stored -= piece.Length;
        }

        return stored == 0;
    }
}

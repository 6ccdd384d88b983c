namespace TraceAnalyzer.Reading.Tar;

/// <summary>A file in an archive.</summary>
/// <param name="Name">Its name, with folders.</param>
/// <param name="Offset">Where its stored bytes begin in the archive.</param>
/// <param name="Stored">How many bytes are stored.</param>
/// <param name="Length">How long the file is; more than is stored if it has holes.</param>
/// <param name="Pieces">Where the stored bytes belong in a file with holes, ascending; null in any other.</param>
internal sealed record TarMember(string Name, long Offset, long Stored, long Length, IReadOnlyList<TarPiece>? Pieces);

namespace TraceAnalyzer.Reading;

/// <summary>One opened file (or standard input), decompressed, at its start.</summary>
/// <param name="Name">The file's name without folders, for messages and reports.</param>
/// <param name="Content">Its decompressed bytes.</param>
public sealed record TraceInput(string Name, Stream Content) : IDisposable
{
    /// <summary>Set by the stream if compressed data turned out to be damaged or cut.</summary>
    public Func<bool> IsDamaged { get; init; } = static () => false;

    /// <inheritdoc/>
    public void Dispose() => Content.Dispose();
}

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Something that is counted or summed up over a stream. Merge law: for any cut of a stream, accumulating the pieces and
/// merging them gives exactly what accumulating the whole gives, so pieces can be worked on by several threads.
/// </summary>
/// <typeparam name="TItem">What the stream consists of.</typeparam>
/// <typeparam name="TSelf">The accumulator itself.</typeparam>
internal interface IAccumulator<TItem, TSelf>
    where TSelf : IAccumulator<TItem, TSelf>
{
    /// <summary>Adds a piece of the stream.</summary>
    void Add(ReadOnlySpan<TItem> items);

    /// <summary>Adds what another accumulator with the same settings saw. The other keeps what it has, though its bins may become as wide as these.</summary>
    void Merge(TSelf other);
}

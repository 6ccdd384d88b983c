using System.Collections.Immutable;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Tables;

namespace TraceAnalyzer.Reporting.Sections;

/// <summary>The unit of a page and the registry of figures: what belongs to one question, in the order in which a reader meets it.</summary>
/// <typeparam name="TSource">What it is made of: a device of a report, a run's logs, a comparison.</typeparam>
/// <param name="Id">Stable name, part of the address of the section.</param>
/// <param name="Title">Headline.</param>
/// <param name="Figures">Its figures.</param>
/// <param name="Tables">Its tables; one without rows is left out.</param>
/// <param name="Method">How it was computed, in two sentences.</param>
internal sealed record Section<TSource>(string Id, string Title, ImmutableArray<Figure<TSource>> Figures, ImmutableArray<Func<TSource, Table>> Tables, string Method)
{
    /// <summary>How it was computed, where that depends on what there is; null for <see cref="Method"/>.</summary>
    public Func<TSource, string?> MethodOf { get; init; } = _ => null;

    /// <summary>Headline, where it depends on what there is; null for <see cref="Title"/>.</summary>
    public Func<TSource, string?> TitleOf { get; init; } = _ => null;

    /// <summary>What has to be said before the tables; null for nothing.</summary>
    public Func<TSource, string?> Note { get; init; } = _ => null;
}

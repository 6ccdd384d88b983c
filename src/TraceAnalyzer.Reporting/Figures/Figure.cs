using TraceAnalyzer.Tables;

namespace TraceAnalyzer.Reporting.Figures;

/// <summary>One kind of figure: everything about it is in its class. It reads nothing but its source.</summary>
/// <typeparam name="TSource">What it is drawn of: a device of a report, a run's logs, a comparison.</typeparam>
/// <param name="name">Stable name, in lower case with hyphens; also the file's name.</param>
/// <param name="caption">What stands above it on the page.</param>
internal abstract class Figure<TSource>(string name, string caption)
{
    /// <summary>Stable name, in lower case with hyphens; also the file's name.</summary>
    public string Name => name;

    /// <summary>What stands above it on the page.</summary>
    public string Caption => caption;

    /// <summary>The same where it depends on what there is to draw.</summary>
    public virtual string CaptionOf(TSource source) => Caption;

    /// <summary>Makes the figure, or says why there is none.</summary>
    public abstract FigureResult Draw(TSource source);

    /// <summary>What it shows, in words and numbers, for those who do not see it.</summary>
    public abstract string Describe(TSource source);

    /// <summary>The data behind it, to save from the page; null if the page's script makes it of what it draws from itself.</summary>
    public virtual Table? Data(TSource source) => null;
}

namespace TraceAnalyzer.Reporting;

/// <summary>One kind of figure that shows several runs on shared axes, drawn once a comparison.</summary>
internal interface IComparisonFigure
{
    /// <summary>Stable name, in lower case with hyphens; also the file's name.</summary>
    string Name { get; }

    /// <summary>Makes the figure, or says why there is none.</summary>
    FigureResult Draw(ComparisonFigureContext context);
}

namespace TraceAnalyzer.Reporting;

/// <summary>One kind of figure, drawn once for each device of a report.</summary>
internal interface IFigure
{
    /// <summary>Stable name, in lower case with hyphens; also the file's name.</summary>
    string Name { get; }

    /// <summary>Makes the figure of one device, or says why there is none. Reads nothing but the report.</summary>
    FigureResult Draw(FigureContext context);
}

using TraceAnalyzer.Reporting.Figures.Drawing;

namespace TraceAnalyzer.Reporting.Figures;

/// <summary>A drawing, or the reason why there is none; exactly one of the two.</summary>
internal sealed class FigureResult
{
    private FigureResult(FigureDrawing? drawing, string? reason) => (Drawing, Reason) = (drawing, reason);

    /// <summary>What to draw; null if there is nothing.</summary>
    public FigureDrawing? Drawing { get; }

    /// <summary>Why there is nothing to draw, e.g. <c>no writes were counted</c>; null if there is something.</summary>
    public string? Reason { get; }

    public static FigureResult Of(FigureDrawing drawing) => new(drawing, null);

    public static FigureResult None(string reason) => new(null, reason);
}

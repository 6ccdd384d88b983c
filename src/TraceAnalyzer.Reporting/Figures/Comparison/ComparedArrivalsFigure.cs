using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>Which share of the requests follows the one before within so long.</summary>
/// <param name="operation"><c>read</c> or <c>write</c>.</param>
internal sealed class ComparedArrivalsFigure(string operation) : IComparisonFigure
{
    /// <inheritdoc/>
    public string Name => $"compare-arrivals-{operation}";

    /// <inheritdoc/>
    public FigureResult Draw(ComparisonFigureContext context)
    {
        (FigureRun Run, LatencyStatistics Times)[] runs =
        [
            .. from run in context.Runs
               where run.Operation(operation)?.InterArrival is { Buckets.Length: > 0 }
               select (run, run.Operation(operation)!.InterArrival!),
        ];
        return runs.Length == 0
            ? FigureResult.None($"no report has times between {operation}s")
            : ComparedPercentiles.Draw(context, context.Title(operation), "Time to the next", runs);
    }
}

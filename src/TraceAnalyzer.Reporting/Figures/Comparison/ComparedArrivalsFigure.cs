using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Which share of the requests follows the one before within so long.</summary>
/// <param name="operation"><c>read</c> or <c>write</c>.</param>
internal sealed class ComparedArrivalsFigure(string operation)
    : Figure<ComparisonFigureContext>($"compare-arrivals-{operation}", $"Inter-arrival times of {operation}s")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"Inter-arrival times of {operation}s by percentile. " + context.Each(run => run.Operation(operation)?.InterArrival is { } times ? ComparedPercentiles.Words(times) : null);

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => context.OfRuns(InterArrivalTables.Histogram, operation);

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
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

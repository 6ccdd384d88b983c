using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Which share of the requests follows the one before within so long.</summary>
/// <param name="operation">Read or write.</param>
internal sealed class ComparedArrivalsFigure(OperationClass operation)
    : Figure<ComparisonFigureContext>($"compare-arrivals-{operation.Name()}", $"Inter-arrival times of {operation.Plural()}")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"Inter-arrival times of {operation.Plural()} by percentile. " + context.Each(run => run.Operation(operation)?.InterArrival is { } times ? ComparedPercentiles.Words(times) : null);

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
            ? FigureResult.None($"no report has times between {operation.Plural()}")
            : ComparedPercentiles.Draw(context, context.Title(operation), "Time to the next", runs);
    }
}

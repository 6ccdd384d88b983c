using TraceAnalyzer.Reports;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Which share of the requests is not slower than so long, with the tail drawn out: D2C where a run has it, else Q2C.</summary>
/// <param name="operation">Read or write.</param>
internal sealed class ComparedLatencyFigure(OperationClass operation)
    : Figure<ComparisonFigureContext>($"compare-latency-{operation.Name()}", $"Latency of {operation.Plural()}")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"Latency of {operation.Plural()} by percentile. " + context.Each(run => LatencyKinds.Of(run.Operation(operation)?.Latency)
        .Where(each => each.Kind == run.Operation(operation)!.Latency!.DetailKind).Select(each => $"{each.Kind} " + ComparedPercentiles.Words(each.Statistics)).FirstOrDefault());

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => context.OfRuns(LatencyTables.Histogram, operation);

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        // One kind for all: D2C and Q2C are not comparable.
        LatencyKind kind = context.Runs.Any(run => run.Operation(operation)?.Latency?.D2C is not null) ? LatencyKind.D2C : LatencyKind.Q2C;
        var runs = context.Runs.Select(run => (Run: run, Latency: LatencyKinds.OfKind(run.Operation(operation)?.Latency, kind)))
            .Where(run => run.Latency is { Count: > 0, Buckets.Length: > 0 }).ToList();
        if (runs.Count == 0)
            return FigureResult.None($"no run has latencies of {operation.Plural()}");

        return ComparedPercentiles.Draw(context, context.Title(operation), $"{kind} latency", [.. runs.Select(run => (run.Run, run.Latency!))]);
    }
}

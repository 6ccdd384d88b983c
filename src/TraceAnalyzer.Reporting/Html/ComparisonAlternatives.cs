using System.Globalization;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>What a figure of a comparison shows, in words and numbers, for those who do not see it.</summary>
internal static class ComparisonAlternatives
{
    /// <summary>Text for the figure called <paramref name="figure"/>.</summary>
    public static string Of(string figure, ComparisonFigureContext context)
    {
        string @class = figure.EndsWith("-write", StringComparison.Ordinal) ? "write" : "read";
        string kind = figure.Replace("compare-", "", StringComparison.Ordinal).Replace("-" + @class, "", StringComparison.Ordinal);
        return kind switch
        {
            "tokens" => $"Bytes {(@class == "read" ? "read" : "written")} for each token. " + Tokens(context, @class),
            "tokens-time" => "Time of each token. " + Tokens(context, "time"),
            "gpu" => "GPU utilisation over time. " + Each(context, run => run.Report.Run?.Gpu?.MeanPercent is { } mean ? string.Create(CultureInfo.InvariantCulture, $"{mean:0.0} % on average") : null),
            "bandwidth" => Rates("time since the first transfer", @class, context),
            "bandwidth-share" => Rates("share of the run", @class, context),
            "bandwidth-phase" => Rates("phase", @class, context),
            "bandwidth-token" => Rates("token", @class, context),
            "sizes" => $"Which share of the {@class}s has which size. " + Each(context, run => run.Operation(@class)?.Sizes is { } sizes
                ? $"mostly {Quantity.Bytes(sizes.DominatingSizeBytes)}, {Quantity.Percent(sizes.DominatingShareOfRequests)} of the requests" : null),
            "latency" => $"Latency of {@class}s by percentile. " + Each(context, run => LatencyKinds.Of(run.Operation(@class)?.Latency)
                .Where(each => each.Kind == run.Operation(@class)!.Latency!.DetailKind).Select(each => each.Kind + " " + Percentiles(each.Statistics)).FirstOrDefault()),
            "arrivals" => $"Times from each {@class} to the next by percentile. " + Each(context, run => run.Operation(@class)?.InterArrival is { } times ? Percentiles(times) : null),
            "access-cdf" => $"Share of the touched sectors that were {(@class == "read" ? "read" : "written")} at most so many times. " + Each(context, run => run.Operation(@class)?.SectorAccess is { } access
                ? $"{HumanUnits.Count(access.MeanAccesses)} times on average, {HumanUnits.Count(access.MaxAccesses)} at most" : null),
            "lorenz" => $"How evenly {@class}s are spread over the touched sectors. " + Each(context, run => run.Operation(@class)?.SectorAccess is { } access
                ? $"Gini coefficient {HumanUnits.Coefficient(access.Gini)}" : null),
            "heatmap" => $"Which part of the device saw {@class}s when, a panel a run on one colour scale. " + Each(context, run => run.Operation(@class) is { } operation
                ? $"{HumanUnits.Bytes(operation.Overview.FootprintBytes)} touched" : null),
            _ => figure,
        };
    }

    private static string Rates(string axis, string @class, ComparisonFigureContext context) => $"Bandwidth of {@class}s by {axis}. " + Each(context, run => run.Operation(@class)?.Overview is { } overview
        ? $"{(overview.MeanBytesPerSecond is { } mean ? $"mean {HumanUnits.BytesPerSecond(mean)}, " : "")}{HumanUnits.Bytes(overview.Bytes)} in all" : null);

    private static string Tokens(ComparisonFigureContext context, string what) => Each(context, run =>
    {
        ComparedToken[] tokens = run.Index < context.Comparison.Tokens.Length ? context.Comparison.Tokens[run.Index] : [];
        return tokens.Length == 0 ? null : $"{HumanUnits.Count(tokens.Length)} tokens, the first {Value(tokens[0])}, the last {Value(tokens[^1])}";

        string Value(ComparedToken token) => what switch
        {
            "time" => Quantity.Duration(token.DurationNs),
            "write" => HumanUnits.Bytes(token.WriteBytes),
            _ => HumanUnits.Bytes(token.ReadBytes),
        };
    });

    private static string Percentiles(LatencyStatistics times) => $"median {Quantity.Duration(times.P50Ns)}, 99 % within {Quantity.Duration(times.P99Ns)}, at most {Quantity.Duration(times.MaxNs)}";

    private static string Each(ComparisonFigureContext context, Func<FigureRun, string?> text) => string.Join(" ",
        context.Runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"Run {run.Index + 1}, {run.Label}: {text(run) ?? "none"}.")));
}

using System.Text.Json;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>The merge law of <see cref="IAccumulator{TItem, TSelf}"/>, for every accumulator: pieces, however cut and in whatever order they were worked on, give what the whole gives.</summary>
public class MergeLawTests
{
    private const long OriginNs = 1_000_000_000_000;

    [Fact]
    public void Request_sizes() => Holds(Workloads.Ios, () => new RequestSizeAccumulator(), a => a.ToResult());

    [Fact]
    public void Throughput_with_growing_bins() => Holds(
        Workloads.Ios, () => new ThroughputAccumulator(TimeScale.Decimal(OriginNs, 128)), a => (a.FirstNs, a.LastNs, a.Scale.WidthNs, a.Bins.Order().ToArray()));

    [Fact]
    public void Throughput_with_fixed_bins() => Holds(
        Workloads.Ios, () => new ThroughputAccumulator(TimeScale.Fixed(OriginNs, 50_000_000)), a => (a.FirstNs, a.LastNs, a.Bins.Order().ToArray()));

    [Fact]
    public void Sector_access() => Holds(Workloads.Ios, () => new SectorAccessAccumulator(), a => SectorAccessSummary.Of(a));

    [Fact]
    public void Sectors_over_time() => Holds(
        Workloads.Ios,
        () => new SectorTimeAccumulator(TimeScale.Doubling(OriginNs, 64)),
        a => a.ToResult(OperationClass.Read, AxisOfEverything(a.RowShift), OriginNs * 2));

    [Fact]
    public void Use_by_process_and_cpu() => Holds(Workloads.Ios, () => new UseAccumulator(), a => (a.ByPid.ToArray(), a.ByCpu.ToArray()));

    [Fact]
    public void Spans_of_time() => Holds(
        Workloads.Ios,
        () => new SpanAccumulator(new TimeSpans([new NamedSpan("a", 0, OriginNs, OriginNs + 1_500_000_000), new NamedSpan("b", 1, OriginNs + 1_700_000_000, OriginNs + 90_000_000_000)])),
        a => a.Uses);

    [Fact]
    public void Tensors() => Holds(
        Workloads.Ios,
        () => new TensorAccumulator(Workloads.Tensors(), TimeScale.Doubling(OriginNs, 64)),
        a => (a.Columns.WidthNs, a.Requests, a.Bytes, a.RowBytes, a.LayerCells.Select(Trim).ToArray(), a.RowCells.Select(Trim).ToArray()));

    [Fact]
    public void Tensors_of_a_model_file() => Holds<CountedIo, TensorAccumulator>(
        (seed, count) => [.. Workloads.Ios(seed, count).Select(io => io with { Sector = io.Sector % 150_000 })],
        () => new TensorAccumulator(Workloads.Model(), TimeScale.Doubling(OriginNs, 64), new TimeSpans([new NamedSpan("t", 0, OriginNs, OriginNs + 1_500_000_000)]), new TimeSpans([new NamedSpan("p", null, OriginNs + 700_000_000, OriginNs + 9_000_000_000)])),
        a => (a.Parts.Of(0).Select(read => (read.Part, read.Bytes, read.MeanNs)).ToArray(), a.Phases.Tensors.ToArray(), a.Requests, a.Bytes, a.ExpertRequests, a.ExpertBytes, a.ExpertTokenRequests, a.Tokens.Tensors.ToArray(), a.Tokens.Experts.ToArray(), a.Coverage.Touched(0, 0, 51_200_000)));

    [Fact]
    public void Time_under_way_by_layer() => Holds(
        Workloads.Requests,
        () => new LayerIoAccumulator(Workloads.Tensors()),
        a => (LayerIoAccumulator.UnderWayNs(a, null, 0), LayerIoAccumulator.UnderWayNs(a, null, 1)));

    [Fact]
    public void Visits_of_regions() => Holds(Workloads.Ios, () => new VisitAccumulator(), a => a.Visits());

    [Fact]
    public void Visits_of_more_regions_than_are_kept() => Holds<CountedIo, VisitAccumulator>(
        (seed, count) => [.. Workloads.Ios(seed, count).Select(io => io with { Sector = (io.Sector * 0x9E3779B97F4A7C15ul) >> 20 })],
        () => new VisitAccumulator(maxRegions: 32),
        a => a.Visits());

    [Fact]
    public void Pages_of_a_log_that_is_full() => Holds(
        Workloads.Ios, () => new PageLog(100), a => (a.Level, a.PageBytes, a.Accesses.OrderBy(access => access.TimeNs).ThenBy(access => access.First).ThenBy(access => access.End).ToArray()));

    [Fact]
    public void Writes_of_parts_of_units() => Holds(Workloads.Ios, () => new WriteUnitAccumulator(), a => a.ToResult());

    [Fact]
    public void Activity() => Holds(Workloads.Ios, () => new ActivityAccumulator(OriginNs), a => (a.WidthNs, a.Columns.ToArray()));

    [Fact]
    public void Arrivals() => Holds<long, ArrivalAccumulator>(
        (seed, count) => [.. Workloads.Ios(seed, count).Select(io => io.TimeNs).Order()], () => new ArrivalAccumulator(), a => a.ToResult());

    [Fact]
    public void Latency() => Holds(Workloads.Requests, () => new LatencyAccumulator(TimeScale.Doubling(OriginNs, 64)), a => (a.ToResult(OriginNs * 2, hasQueue: true), a.QueueShare));

    [Fact]
    public void In_flight() => Holds(
        Workloads.Requests,
        () => new InFlightAccumulator(TimeScale.Doubling(OriginNs, 64)),
        a => (a.Columns.WidthNs, Trim(a.InFlightNs)));

    private static void Holds<TItem, TSelf>(Func<int, int, TItem[]> stream, Func<TSelf> create, Func<TSelf, object?> result)
        where TSelf : IAccumulator<TItem, TSelf>
    {
        for (int seed = 0; seed < 40; seed++)
        {
            TItem[] items = stream(seed, 800);
            TSelf whole = create();
            whole.Add(items);
            string expected = Json(result(whole));

            var random = new Random(seed);
            TSelf[] parts = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => create())];
            int at = 0;
            while (at < items.Length)
            {
                int end = Math.Min(items.Length, at + random.Next(1, 200));
                parts[random.Next(parts.Length)].Add(items.AsSpan(at..end));
                at = end;
            }

            TSelf merged = create();
            foreach (TSelf part in parts)
                merged.Merge(part);
            Assert.Equal(expected, Json(result(merged)));
        }
    }

    private static string Json(object? value) => JsonSerializer.Serialize(value, s_withFields);

    private static readonly JsonSerializerOptions s_withFields = new() { IncludeFields = true };

    private static long[] Trim(long[] values) => values[..(values.AsSpan().LastIndexOfAnyExcept(0) + 1)];

    private static SpaceAxis AxisOfEverything(int rowShift)
    {
        // The streams stay below 2^34 sectors plus a little; a coarse axis keeps the test small.
        int shift = Math.Max(rowShift, 26);
        return new SpaceAxis(1L << shift, [.. Enumerable.Range(0, 1 << (35 - shift)).Select(i => (long)i << shift)]);
    }
}

using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Text;

/// <summary>The words of report.json, compare.json and the tables, as their schemas have them: members may be renamed, words not.</summary>
public sealed class EnumNamesTests
{
    [Fact]
    public void Members_of_reports_have_the_words_of_the_schema()
    {
        Assert.Equal(["transfers", "class", "rwbs"], Enum.GetValues<OperationScope>().Select(EnumNames.Camel));
        Assert.Equal(["read", "write", "discard", "flush", "other"], Enum.GetValues<OperationClass>().Select(OperationClasses.Name));
        Assert.Equal(["unknown", "weights", "kv-cache"], Enum.GetValues<PassKind>().Select(EnumNames.Kebab));
        Assert.Equal(["other", "weight", "key-cache", "value-cache"], new[] { TensorRole.Other, TensorRole.Weight, TensorRole.KeyCache, TensorRole.ValueCache }.Select(EnumNames.Kebab));
        Assert.Equal(["other", "before", "prefill", "decode", "pass"], Enum.GetValues<SpanKind>().Select(SpanKinds.Name));
    }

    [Fact]
    public void Members_of_comparisons_have_the_words_of_the_schema()
    {
        Assert.Equal(["read", "write", "transfers", "run"], Enum.GetValues<MetricClass>().Select(EnumNames.Camel));
        Assert.Equal(["time", "share", "phase", "token"], Enum.GetValues<RunAlignment>().Select(EnumNames.Camel));
        Assert.Equal(["neither", "higher", "lower"], Enum.GetValues<MetricPreference>().Select(EnumNames.Camel));
    }

    [Theory]
    [InlineData(SpanKind.Prefill)]
    [InlineData(SpanKind.Decode)]
    [InlineData(SpanKind.Pass)]
    public void A_span_is_known_by_the_name_of_its_kind(SpanKind kind) => Assert.Equal(kind, SpanKinds.Of(kind.Name()));

    [Fact]
    public void A_phase_of_another_name_is_of_no_known_kind() => Assert.Equal([SpanKind.Other, SpanKind.Other], new[] { "warm-up", "Prefill" }.Select(SpanKinds.Of));
}

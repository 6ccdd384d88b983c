using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Text;

public sealed class UnitsTests
{
    [Fact]
    public void Of_WritesEachNumberAsTheCasesHaveIt() =>
        Assert.All(UnitCases.All, @case => Assert.Equal(@case.Text, Units.Of(@case.Value, @case.Unit)));

    [Fact]
    public void Cases_CoverEveryUnitOfNumbers() =>
        Assert.Equal(Enum.GetValues<Unit>().Where(unit => unit != Unit.Text), UnitCases.All.Select(@case => @case.Unit).Distinct().Order());

    [Fact]
    public void EveryNumber_IsTheSameInEveryCulture() =>
        Assert.Equal(UnitCases.All.Select(@case => @case.Text), Culture.InGerman(() => UnitCases.All.Select(@case => Units.Of(@case.Value, @case.Unit)).ToArray()));

    [Fact]
    public void NoNumber_IsADash() => Assert.Equal("-", Units.Of(null, Unit.Bytes));
}

using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Tests.Reports;

public sealed class HumanUnitsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(512, "512 B")]
    [InlineData(1023, "1,023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(131_072, "128 KiB")]
    [InlineData(1_048_575, "1 MiB")]
    [InlineData(1_610_612_736, "1.5 GiB")]
    [InlineData(3060.0 * 1024 * 1024 * 1024, "2.99 TiB")]
    public void Bytes_AreBinary(double bytes, string expected) => Assert.Equal(expected, HumanUnits.Bytes(bytes));

    [Theory]
    [InlineData(0, "0 ns")]
    [InlineData(999, "999 ns")]
    [InlineData(999.7, "1 us")]
    [InlineData(85_300, "85.3 us")]
    [InlineData(1_234_567, "1.23 ms")]
    [InlineData(90e9, "90 s")]
    [InlineData(1485.049e9, "24.8 min")]
    [InlineData(10_800e9, "3 h")]
    public void Duration_GoesFromNanosecondsToHours(double ns, string expected) => Assert.Equal(expected, HumanUnits.Duration(ns));

    [Theory]
    [InlineData(0.875, "0.88")]
    [InlineData(99.96, "100")]
    [InlineData(16_296, "16,296")]
    [InlineData(25_133_056, "25,133,056")]
    public void Count_SetsThousandsApart(double count, string expected) => Assert.Equal(expected, HumanUnits.Count(count));

    [Theory]
    [InlineData(0.0038, "0.004")]
    [InlineData(0.25, "0.250")]
    [InlineData(-0.5149, "-0.515")]
    [InlineData(-0.0002, "0.000")]
    [InlineData(1, "1.000")]
    public void Coefficient_HasThreeDecimalsAndNoPercent(double coefficient, string expected) => Assert.Equal(expected, HumanUnits.Coefficient(coefficient));

    [Theory]
    [InlineData(1, "100 %")]
    [InlineData(0.99999, ">99.9 %")]
    [InlineData(0.9985, "99.9 %")]
    public void Share_IsWholeOnlyIfNothingIsMissing(double share, string text) => Assert.Equal(text, HumanUnits.Share(share));

    [Fact]
    public void EveryNumber_IsTheSameInEveryCulture() =>
        Assert.Equal("1.5 KiB/s 2.5 ms 16,296 93.6 %", Culture.InGerman(() =>
            $"{HumanUnits.BytesPerSecond(1536)} {HumanUnits.Duration(2.5e6)} {HumanUnits.Count(16_296)} {HumanUnits.Share(0.936)}"));
}

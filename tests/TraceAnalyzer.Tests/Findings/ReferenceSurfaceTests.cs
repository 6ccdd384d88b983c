using TraceAnalyzer.Findings.Limits;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Findings;

/// <summary>What a device can do by size and depth, on a grid of four points whose interpolation is computed by hand.</summary>
public sealed class ReferenceSurfaceTests
{
    private const long KiB = 1 << 10;

    private static readonly ReferenceSurface s_surface = new(
    [
        new DevicePoint("a.json", false, 64 * KiB, 1, 100), new DevicePoint("a.json", false, 64 * KiB, 16, 500),
        new DevicePoint("b.json", false, 256 * KiB, 1, 300), new DevicePoint("b.json", false, 256 * KiB, 16, 900), new DevicePoint("b.json", false, 256 * KiB, 16, 800),
    ]);

    // Depth 4 is half way from 1 to 16 in octaves, 128 KiB half way from 64 to 256 KiB.
    [Theory]
    [InlineData(64, 1, 100.0)]
    [InlineData(64, 4, 300.0)]
    [InlineData(256, 16, 900.0)]
    [InlineData(128, 1, 200.0)]
    [InlineData(128, 4, 450.0)]
    [InlineData(128, 16, 700.0)]
    [InlineData(32, 4, null)]
    [InlineData(512, 4, null)]
    [InlineData(64, 0.5, null)]
    [InlineData(64, 17, null)]
    public void Between_measured_points_the_bandwidth_is_linear_in_octaves_and_outside_it_is_not_known(int sizeKiB, double depth, double? expected)
    {
        double? value = s_surface.At(isWrite: false, sizeKiB * KiB, depth)?.BytesPerSecond;

        Assert.Equal(expected is null, value is null);
        Assert.Equal(expected ?? 0, value ?? 0, 9);
        Assert.Null(s_surface.At(isWrite: true, sizeKiB * KiB, depth));
    }

    [Theory]
    [InlineData(64, 4, 500.0, SurfaceBound.Measured)]
    [InlineData(64, 0.5, 500.0, SurfaceBound.Measured)]
    [InlineData(128, 4, 700.0, SurfaceBound.Measured)]
    [InlineData(32, 4, 500.0, SurfaceBound.AtMost)]
    [InlineData(512, 4, 900.0, SurfaceBound.AtLeast)]
    [InlineData(64, 32, 500.0, SurfaceBound.AtLeast)]
    [InlineData(128, 32, 700.0, SurfaceBound.AtLeast)]
    [InlineData(512, 32, 900.0, SurfaceBound.AtLeast)]
    public void The_most_at_a_depth_or_deeper_says_on_which_side_it_is_a_bound(int sizeKiB, double depth, double expected, SurfaceBound bound)
    {
        SurfaceValue value = s_surface.Most(isWrite: false, sizeKiB * KiB, depth)!.Value;

        Assert.Equal((expected, bound), (Math.Round(value.BytesPerSecond, 9), value.Bound));
    }

    // Smaller than measured bounds from above, deeper than measured from below: together nothing.
    [Fact]
    public void Bounds_from_opposite_sides_are_none() => Assert.Null(s_surface.Most(isWrite: false, 32 * KiB, 32));

    // A device may be slower at a greater depth: then what it did at a lesser one does not count for a run that is deeper.
    [Fact]
    public void Only_points_at_the_depth_or_deeper_count()
    {
        var surface = new ReferenceSurface([new DevicePoint("a", true, 4096, 1, 10), new DevicePoint("a", true, 4096, 4, 90), new DevicePoint("a", true, 4096, 16, 50)]);

        Assert.Equal(90, surface.Most(isWrite: true, 4096, 1)!.Value.BytesPerSecond);
        Assert.Equal(70, surface.Most(isWrite: true, 4096, 8)!.Value.BytesPerSecond, 9);
        Assert.Equal(50, surface.Most(isWrite: true, 4096, 16)!.Value.BytesPerSecond);
    }

    [Fact]
    public void Words_name_the_measured_points()
    {
        Assert.Equal("at 64 KiB and depth 1 fio measured 100 B/s", s_surface.At(isWrite: false, 64 * KiB, 1)!.Value.Words);
        Assert.Contains("at 256 KiB and depth 16 fio measured 900 B/s", s_surface.Most(isWrite: false, 128 * KiB, 4)!.Value.Words, StringComparison.Ordinal);
        Assert.Contains("the largest size measured, which for 1 MiB is a lower bound", s_surface.Most(isWrite: false, 1024 * KiB, 4)!.Value.Words, StringComparison.Ordinal);
    }
}

using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>What comes before the first pass, in made-up visits: passes over regions 0 to 39 begin at 100 s and 110 s.</summary>
public sealed class FoundPhasesTests
{
    private const long SecondNs = 1_000_000_000;
    private const long MiB = 1 << 20;

    private static readonly RegionVisit[] s_passes = [.. Visits(100, 0, 40), .. Visits(110, 0, 40)];
    private static readonly DetectedPasses s_found = new([new DetectedPass(100 * SecondNs, 40, 40 * MiB), new DetectedPass(110 * SecondNs, 40, 40 * MiB)], 111 * SecondNs, 1);

    [Fact]
    public void Data_that_is_read_once_before_the_passes_is_a_load()
    {
        FoundPhase load = FoundPhases.Loaded(s_found, [.. Visits(20, 1000, 60), .. s_passes])!;

        Assert.Equal(new FoundPhase(20 * SecondNs, (20 * SecondNs) + (59 * SecondNs / 100) + 2, s_found.Confidence), load);
    }

    [Fact]
    public void A_mount_is_no_load() => Assert.Null(FoundPhases.Loaded(s_found, [.. Visits(20, 1000, 3), .. s_passes]));

    [Fact]
    public void Data_of_the_passes_that_is_read_before_them_is_less_certainly_a_load() =>
        Assert.Equal(s_found.Confidence * 60 / 90, FoundPhases.Loaded(s_found, [.. Visits(20, 1000, 60), .. Visits(30, 0, 30), .. s_passes])!.Confidence, 1e-12);

    [Fact]
    public void Passes_that_are_not_regular_have_no_phases() =>
        Assert.Null(FoundPhases.Loaded(s_found with { Score = 0.8 }, [.. Visits(20, 1000, 60), .. s_passes]));

    [Fact]
    public void Data_of_the_passes_that_is_written_before_them_is_the_write_out()
    {
        // A superblock long before, and a journal that goes on.
        RegionVisit[] small = [Visit(1 * SecondNs, 0, 4096), Visit(60 * SecondNs, 500, 4096)];
        FoundPhase written = FoundPhases.Written(s_found, s_passes, [.. small, .. Visits(50, 0, 40)], isWhole: true)!;

        Assert.Equal((50 * SecondNs, (50 * SecondNs) + (39 * SecondNs / 100) + 2), (written.StartNs, written.EndNs));
        Assert.Equal(s_found.Confidence, written.Confidence, 1e-3);
    }

    [Theory]
    [InlineData(0, 40, true, 1.0)]
    [InlineData(0, 30, true, 0.75)]
    [InlineData(0, 20, true, null)]
    [InlineData(0, 20, false, 1.0)]
    [InlineData(20, 40, false, null)]
    [InlineData(500, 40, false, null)]
    public void A_write_out_of_little_of_it_is_none(int firstRegion, int regions, bool isWhole, double? share) =>
        Assert.Equal(s_found.Confidence * share, FoundPhases.Written(s_found, s_passes, Visits(50, firstRegion, regions), isWhole)?.Confidence);

    [Fact]
    public void A_cache_is_written_while_passes_go_on_and_weights_are_not()
    {
        Assert.False(FoundPhases.IsRewritten(s_found, s_passes, Visits(50, 0, 40)));
        Assert.False(FoundPhases.IsRewritten(s_found, s_passes, Visits(105, 500, 40)));
        Assert.True(FoundPhases.IsRewritten(s_found, s_passes, Visits(105, 39, 1)));
    }

    private static RegionVisit[] Visits(int second, int firstRegion, int regions) =>
        [.. Enumerable.Range(0, regions).Select(i => Visit((second * SecondNs) + (i * SecondNs / 100), (ulong)(firstRegion + i), MiB))];

    private static RegionVisit Visit(long ns, ulong region, long bytes) => new(region, new Visit { FirstNs = ns, LastNs = ns + 1, Requests = 1, Bytes = bytes });
}

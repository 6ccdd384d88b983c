using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>What docs/analyses/reuse.md predicts of more memory, against captures that had it.</summary>
[Trait("Kind", "capture")]
[Trait("Needs", "shared")]
public sealed class ReuseCaptureTests
{
    private const long GiB = 1L << 30;

    // The file cache of the run's control group at the limit of 3 GiB.
    private const long CacheBytes = 2_038_750_000;

    [Theory]
    [InlineData("hf-mem-4g", 1, 0.001)]
    [InlineData("hf-mem-6g", 3, 0.06)]
    [InlineData("hf-mem-8g", 5, 0.001)]
    public void More_memory_saves_what_the_curve_says(string name, int addedGiB, double margin)
    {
        string folder = Captures.Folder("new/hf-accelerate-disk");
        string other = Captures.Folder("new/hf-memory-sweep/" + name);
        ReuseResult tight = Reuse(folder);
        ReuseResult more = Reuse(other);
        double least = tight.ShareOfReads(Saved(tight, addedGiB * GiB));
        double most = tight.ShareOfReads(Saved(tight, (addedGiB * GiB) + CacheBytes));
        double measured = 1 - ((double)more.ReadBytes / tight.ReadBytes);

        Assert.Equal(1, tight.SampledShare);
        Assert.InRange(measured, least - margin, most + margin);

        static long Saved(ReuseResult reuse, long bytes) => reuse.Memory.LastOrDefault(point => point.AddedBytes <= bytes).LruSavedBytes;
    }

    private static ReuseResult Reuse(string folder) =>
        RunAnalysis.Of(folder).MainDevice!.Reuse!;
}

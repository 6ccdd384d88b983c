using TraceAnalyzer.Analysis;
using TraceAnalyzer.Findings;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using static TraceAnalyzer.Tests.Findings.SmallRun;

namespace TraceAnalyzer.Tests.Findings;

/// <summary>What more memory would save, and wear.</summary>
public sealed class MemoryFindingTests
{
    private const double DayNs = 24 * 3600e9;

    [Fact]
    public void Pinning_is_shown_for_a_sweep_and_not_for_what_is_read_again_at_once()
    {
        // 64 requests of 128 KiB: four passes, and each request four times in a row.
        TraceReport sweep = Report([.. Enumerable.Range(0, 256).Select(i => Read(i * Ms, (ulong)(i % 64) * 256))]);
        TraceReport bursts = Report([.. Enumerable.Range(0, 256).Select(i => Read(i * Ms, (ulong)(i / 4) * 256))]);

        Assert.Equal(Verdict.Shown, Finding(sweep, "pinning").Verdict);
        Assert.Contains("4 MiB more page cache, managed as LRU, would save 0 % of the bytes read (a lower bound); the best fixed set of 4 MiB would save 37.5 %, the best possible policy 3", Finding(sweep, "pinning").Sentence, StringComparison.Ordinal);
        Assert.Contains("An LRU cache has to be 8 MiB large to save 99 % of the 75 % that are read again.", Finding(sweep, "pinning").Sentence, StringComparison.Ordinal);
        Assert.Equal(Verdict.NotShown, Finding(bursts, "pinning").Verdict);
        Assert.Contains("would save 75 % of the bytes read (a lower bound); the best fixed set of 4 MiB would save 37.5 %", Finding(bursts, "pinning").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Pinning_is_not_answerable_where_nothing_is_read_again()
    {
        TraceReport once = Report([.. Enumerable.Range(0, 64).Select(i => Read(i * Ms, (ulong)i * 256))]);
        TraceReport small = Report([.. Enumerable.Range(0, 64).Select(i => Read(i * Ms, (ulong)(i % 2) * 256))]);
        TraceReport writes = Report([.. Enumerable.Range(0, 64).Select(i => Write(i * Ms, (ulong)(i % 8) * 256))]);

        Assert.All([once, small, writes], report => Assert.Equal(Verdict.NotAnswerable, Finding(report, "pinning").Verdict));
        Assert.Contains("0 % of the bytes read had been read or written before", Finding(once, "pinning").Sentence, StringComparison.Ordinal);
        Assert.Contains("fits into 256 KiB", Finding(small, "pinning").Sentence, StringComparison.Ordinal);
        Assert.Contains("Nothing was read", Finding(writes, "pinning").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_read_again_most_is_pinned_and_named()
    {
        ReuseGroup[] layers = [.. Enumerable.Range(0, 8).Select(layer => Group(layer, null, 100, 300 + layer))];
        Assert.Equal("layers 0-3", PinnedGroups.Name(PinnedGroups.Of(layers, 450), layers));
        ReuseGroup[] experts = [Group(null, null, 50, 10), Group(0, null, 10, 100), Group(0, 0, 100, 100), Group(0, 1, 100, 900), Group(1, null, 10, 100), Group(1, 0, 100, 500), Group(1, 1, 100, 0)];
        Assert.Equal("what all tokens use of layers 0-1 and 2 of 4 experts (layer.expert 0.1, 1.0)", PinnedGroups.Name(PinnedGroups.Of(experts, 230), experts));
        Assert.Equal([(0, null), (1, null), (0, 1)], PinnedGroups.Of(experts, 130).Select(group => (group.Layer!.Value, group.Expert)));
        Assert.Equal("what all tokens use of layers 0-1, 3 of 4 experts (layer.expert 0.1, 1.0, 0.0) and tensors of no layer", PinnedGroups.Name(PinnedGroups.Of(experts, 1000), experts));
        Assert.Equal("layers 0, 2-3", PinnedGroups.Name([Group(0, null, 1, 1), Group(3, null, 1, 1), Group(2, null, 1, 1)], layers));
        Assert.Empty(PinnedGroups.Of(layers, 99));

        static ReuseGroup Group(int? layer, int? expert, long footprint, long again) => new() { Layer = layer, Expert = expert, FootprintBytes = footprint, ReadBytes = footprint + again, AgainBytes = again };
    }

    [Fact]
    public void Wear_is_the_rate_over_the_drives_rating()
    {
        // 64 MiB of writes in 100 ms, half of them over the other half.
        BlockEvent[] events = [.. Enumerable.Range(0, 512).Select(i => Write(i * 100 * Ms / 511, (ulong)(i % 256) * 256))];
        const long Bytes = 512L * 128 * 1024;
        double perDay = Bytes * DayNs / (100 * Ms);
        TraceReport unknown = Report(events);
        WearResult wear = unknown.Devices[0].Wear!;
        Assert.Equal((Bytes, Bytes / 2, 2.0, 512L), (wear.WriteBytes, wear.FootprintBytes, wear.RewriteFactor, wear.WriteRequests));
        Assert.Equal(perDay, wear.BytesPerDay!.Value, perDay * 1e-9);
        Assert.Equal(Bytes / 2, wear.OverwriteP50Bytes!.Value, Bytes / 2 * 0.004);
        Assert.Equal(Verdict.NotAnswerable, Finding(unknown, "wear").Verdict);
        Assert.Contains("not visible in a block trace", Finding(unknown, "wear").Sentence, StringComparison.Ordinal);

        TraceReport Rated(double capacity, double? tbw) => Report(events, new AnalysisOptions { Drive = new DriveRating((long)capacity, (long?)tbw) });
        Assert.Equal(Verdict.Shown, Finding(Rated(perDay / 2, null), "wear").Verdict);
        Assert.Equal(Verdict.NotShown, Finding(Rated(perDay * 2, null), "wear").Verdict);
        Assert.Equal(0.5, Rated(perDay * 2, null).Devices[0].Wear!.DriveWritesPerDay!.Value, 6);
        // The rating decides where it is known.
        Assert.Equal(Verdict.Shown, Finding(Rated(perDay * 2, perDay * 365.25 * 4.9), "wear").Verdict);
        Assert.Equal(Verdict.NotShown, Finding(Rated(perDay / 2, perDay * 365.25 * 5.1), "wear").Verdict);
        Assert.Equal(5.1, Rated(perDay, perDay * 365.25 * 5.1).Devices[0].Wear!.YearsToRated!.Value, 6);

        TraceReport reads = Report([.. events.Take(2), .. Enumerable.Range(0, 512).Select(i => Read(i * Ms, (ulong)i * 256))]);
        Assert.DoesNotContain(reads.Findings, finding => finding.Id == "wear");
    }
}

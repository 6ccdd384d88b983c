using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Runs.Devices;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>What remaps (A) tell of how a device is made of others, alone and beside a table.</summary>
public sealed class RemapInferenceTests
{
    private static readonly DeviceId s_array = DeviceId.Of(9, 0);

    [Theory]
    [InlineData(2, 8)]
    [InlineData(3, 256)]
    [InlineData(4, 128)]
    public void Chunk_order_and_starts_are_found(int members, long chunk)
    {
        // The members in an order that is not that of their numbers, their data beginning at different sectors.
        StripedSegment truth = Truth(members, chunk);
        DeviceTable found = RemapInference.FromRemaps(s_array, Samples(truth, 400))!;
        StripedSegment segment = Assert.Single(found.Segments);

        Assert.Equal(chunk, segment.ChunkSectors);
        Assert.Equal(truth.Columns.Select(column => column.Single()), segment.Columns.Select(column => column.Single()));
    }

    [Fact]
    public void One_member_at_one_distance_is_linear()
    {
        DeviceTable found = RemapInference.FromRemaps(s_array, [new RemapSample(0, Member(0), 2048, 8), new RemapSample(500, Member(0), 2548, 8)])!;

        Assert.Equal(new SegmentMember("8,0", 2048), found.Segments.Single().Columns.Single().Single());
        Assert.Null(RemapInference.FromRemaps(s_array, [new RemapSample(0, Member(0), 2048, 8), new RemapSample(500, Member(0), 2549, 8)]));
    }

    [Fact]
    public void What_fits_several_chunks_or_none_is_not_guessed()
    {
        // Two requests say next to nothing.
        Assert.Null(RemapInference.FromRemaps(s_array, [new RemapSample(0, Member(0), 0, 8), new RemapSample(1 << 20, Member(1), 1 << 19, 8)]));
        RemapSample[] samples = [.. Samples(Truth(2, 64), 100)];
        samples[50] = samples[50] with { TargetSector = samples[50].TargetSector + 8 };
        Assert.Null(RemapInference.FromRemaps(s_array, samples));
    }

    [Fact]
    public void Remaps_say_where_the_members_of_a_table_begin()
    {
        StripedSegment truth = Truth(4, 256);
        DeviceTable stated = Stated(truth);
        DeviceTable? complete = RemapInference.Complete(stated, Samples(truth, 100), NumberOf, out string? why);

        Assert.Null(why);
        Assert.Equal(truth.Columns.Select(column => column.Single()), complete!.Segments.Single().Columns.Select(column => column.Single()));
        Assert.Null(RemapInference.Complete(stated, [], NumberOf, out why));
        Assert.Contains("where on its members the data begins is not known", why);
    }

    [Fact]
    public void A_table_that_the_remaps_deny_is_not_used()
    {
        StripedSegment truth = Truth(4, 256);
        RemapSample[] samples = [.. Samples(truth, 100)];

        Assert.Null(RemapInference.Complete(Stated(truth) with { Segments = [Stated(truth).Segments[0] with { ChunkSectors = 128 }] }, samples, NumberOf, out string? why));
        Assert.Contains("of 100 remaps of the trace disagree with the table of the folder", why);
        DeviceTable whole = new("md0", [truth]);
        Assert.Same(whole, RemapInference.Complete(whole, samples, NumberOf, out _));
        samples[7] = samples[7] with { Target = Member(9) };
        Assert.Null(RemapInference.Complete(whole, samples, NumberOf, out why));
        Assert.StartsWith("md0: 1 of 100 remaps", why);
    }

    private static DeviceTable Stated(StripedSegment truth) => new("md0", [truth with { Columns = [.. truth.Columns.Select(column => (IReadOnlyList<SegmentMember>)[new SegmentMember(column[0].Device, 0)])] }]) { LacksStarts = true };

    private static DeviceId? NumberOf(string name) => DeviceId.TryParse(name, out DeviceId device) ? device : null;

    private static DeviceId Member(int i) => DeviceId.Of(8, (uint)i * 16);

    private static StripedSegment Truth(int members, long chunk) =>
        new(0, chunk * members * 1000, chunk, [.. Enumerable.Range(0, members).Select(i => (IReadOnlyList<SegmentMember>)[new SegmentMember(Member((i + 1) % members).ToString(), 2048 + (i * 100))])]);

    // Requests within a chunk each, at all distances.
    private static List<RemapSample> Samples(StripedSegment segment, int count)
    {
        var random = new Random(count);
        var samples = new List<RemapSample>();
        var pieces = new List<MappedPiece>();
        while (samples.Count < count)
        {
            pieces.Clear();
            segment.Map(random.NextInt64(segment.Sectors / 8) * 8, random.Next(1, 3) * 8, pieces);
            samples.AddRange(pieces.Take(1).Select(piece => new RemapSample(piece.UpperSector, NumberOf(piece.Device)!.Value, piece.Sector, piece.Sectors)));
        }

        return samples;
    }
}

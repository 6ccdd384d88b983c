using System.Text;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>xz, as written by liblzma.</summary>
public sealed class XzInputTests
{
    // The first 3,000 characters of the text, with a CRC64, and the rest, with a SHA-256.
    private static readonly byte[] s_first = Convert.FromBase64String("/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Au3AbRdABiMMAWCEmWAFX3SSne6a/2Cui5uJmaQtLbdC6RR2nSb1uaA7w83CBRgTIRmfgik27difBn8W450GgOQuDJA+dC6fTggJhAJX4QtrENZl9MmEMXiqk78OjbB7zuQLETUXCZNlVun+tE8svpmlsPvN24GUjcF0oJ/x92tUM0dy62v7YenQGv2alTRCiHwjBCLvNG8905PaBSTBph7RelGW/jHTY5ccnOGs+mIN90Xzb08eyXiLwlT7jqxOpk2kYYtKmppXVEEvBD/nu+RjEcuqDWBw1pkgIFVtFQ5Fn0WNpPCEcGoWb2IiCdKvio+JuTvg/Z8bnmeQTDyegdWbT2shoGm1MvaCMELAo9cgvJRr5KGabxZpWLQgfF7ciw8UTN3NBEWZAg2H+o3hhuehedqJ/ZIaG6XMSwHYq2Z83DBLIlUhs2kR105LG+8qZwoutv87L1Q/2j8QAPSHQwy8WKrt8RIsKEruOZFoRm/ybYJJPnqZrvuXQDQrgfoBNegdcCZ9bSHB8dDGh0IQb4xbxTovvmRQKRnMZWAfmyJfGuh5vEJd+CAz2fJjQ5OZkoPEfCB4L7MVYMAOk0FeDzBZjsAAdADuBcAAKJhZFexxGf7AgAAAAAEWVo=");
    private static readonly byte[] s_rest = Convert.FromBase64String("/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4A87AhRdABgOQxSKhnFsWnHda/+Vl6CmA2Vx6HMvIhfS63gs2ScDEU2Nkbm1CX4lHWRw6BdDyHHXaNINKtPhbxh25d1/afPpWobS+M8+NCgxCw4uFQwx8ZIiXZGhZ3tb1a4PqDkd8QM3eIQRG7WyGRdJ3FRs4lSYc/miNgtatsSgdv362CGTXpvB9vx3VLlIMUQm+/RbDjqYWxw+9cXAqHmTOiyALGsugr6NeQCbdlWXlWPHfmEyt/mB2be4CJS2fpChXCD554eg75DnRcQ2vcCD0LRt1QXjPkSnVb0+m8uzKGDV6q4PYSSefcjOleyUuUQXNfIh4fYmWuD76L5VRIhD3UEMpXbPHGp2iwXYz5tbkK4swTLC8V/I8bGzOTagnaECapSGmtqjO8qi84k/SBHE56gWJFeMoVeOrOfxGifqxkZjp4J3TvfvyHngQHXKssTe7ScEb0nkoQd2fq/r3SmnsS6+0BgQWGnqX7rEAb1mxPHiED2NaGzy3sObUdPgLwcYIvT9Ih5S3jEOINUZ8XyYdIMSxCY42gHM6I/BEZPWaCpCHtVGdigtJGyajKYwmJPRRZF0c3ze9M+LYDfUhzda5ykCNPj+0A2bBG+v7AfFiOn4XWc30dguNNZiJWiLGFojxXPq9/XxDM5zlh435dZTuund2gRSexRnabB99ojwM9neojrDiAE3UT5BMP2MhIeHrQM5U2cHGAAAQd1BTXJZyzWnG+0v0vXm9Hifj/l4XLQgFdPmTiB/VLsAAcgEvB4AAJyRcoq26d8cAgAAAAAKWVo=");

    private static string Text => string.Concat(Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"{1000 + (i * 7)}, R, 4096, {2048 + (8 * i)}, 8\n")));

    [Fact]
    public void A_stream_is_what_was_packed() => Assert.Equal((Text[..3000], false), Unpack(s_first));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(1024)]
    public void Streams_one_after_the_other_are_one_text(int padding) =>
        Assert.Equal((Text, false), Unpack([.. s_first, .. new byte[padding], .. s_rest, .. new byte[padding]]));

    [Fact]
    public void A_pipe_that_gives_little_at_a_time_gives_the_same()
    {
        using TraceInput input = CompressedInput.Open("run.xz", new Trickle([.. s_first, .. s_rest]));
        using var unpacked = new MemoryStream();
        input.Content.CopyTo(unpacked);

        Assert.Equal((Text, false), (Encoding.ASCII.GetString(unpacked.ToArray()), input.IsDamaged()));
    }

    [Fact]
    public void A_filter_that_is_not_supported_is_named_and_is_no_damage()
    {
        // Packed with --delta=dist=48.
        string packed = Captures.Packed("flexgen/deepnvme-file-access/deepnvme-file-access-aioload.tar.xz");

        TraceException exception = Assert.Throws<TraceException>(() => CompressedInput.OpenFile(packed));
        Assert.Contains("xz -dc", exception.Message, StringComparison.Ordinal);
        Assert.Contains("filter", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_stream_gives_what_came_before_and_says_so()
    {
        for (int length = 6; length < s_first.Length; length += 5)
        {
            (string text, bool isDamaged) = Unpack(s_first[..length]);

            Assert.True(isDamaged, $"cut at {length}");
            Assert.StartsWith(text, Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_follows_a_stream_and_is_none_is_damage() => Assert.Equal((Text[..3000], true), Unpack([.. s_first, .. "rest of something"u8]));

    [Fact]
    public void Damage_never_goes_unnoticed()
    {
        for (int at = 24; at < s_first.Length - 40; at += 7)
        {
            byte[] damaged = [.. s_first];
            damaged[at] ^= 0x55;

            (string text, bool isDamaged) = Unpack(damaged);
            Assert.True(isDamaged || text == Text[..3000], $"damaged at {at}");
        }
    }

    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(7, count));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(7, buffer.Length)]);
    }

    private static (string Text, bool IsDamaged) Unpack(byte[] packed)
    {
        using TraceInput input = CompressedInput.Open("run.xz", new MemoryStream(packed));
        using var unpacked = new MemoryStream();
        input.Content.CopyTo(unpacked);
        return (Encoding.ASCII.GetString(unpacked.ToArray()), input.IsDamaged());
    }
}

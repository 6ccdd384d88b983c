using System.Text;
using TraceAnalyzer.Reading.Inputs;

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

    /// <summary>The first 1,500 characters of the text: through two deltas with a CRC32, in blocks of 600 with SHA-256, and without a check.</summary>
    [Theory]
    [InlineData("/Td6WFoAAAFpIt42AwIDAf8DARMhARYAKTcAVuAF2wMnXQAYjDAFghJlgBV90kp3umv9groQDSXBgHF9ksYYzowDwKMSBkJJoaDHocnWFGbJfDZuSSNtueut1p6p4t1gburCpMzbUiaVT0V8pIbmoshQzpJz+r8/PlzxOxPVIzSYnCuFcDO4etmEXaYg4euWDBU+kG7v4F/0KNdNzkDVBCyqihjJGBIn6kf6sqmh/7n+tVAnDJR3WUtj+dDMfigbrusoi8GAmeH8ROENY4ehtiSK2bPDeGEC5MO6aKoCK3fxzJ7Jlp6WoaIvkOmSZgXzawWf20INJVAWqCY596pJjkG4mkhiwxe+QvBXcUW3ZCaLir9aAjTzRbxSYR3+Rtrf2FSAmC+7g5jZukeHQtVFnVKInKOO8IsO8NRfLZHfmRlWMAjituEEJcxGRtMNVy/fPWycbSafQ5DG7hI01QS3PTGiMQDodZ8gJRQQgZ/uptPtySCnm82Z2QZcDl6JY1t/GhxjGApznze6mzqwKnqeG+QUShupnXVXBh14AmTd3c7vvcNNRIbsbkqCx4yOiho6g5uDW+rRTMWJGoQj4zT3Zkvpa2O6sEsEAMyRrZzO8klkFV6iRZrLfZlvPjqtVl2IPOvT+rrigU7/GWFmFygkKPRi9QW2afI9bc9Yiur5WxtNxoDY1wwTFmqgzF/IXL2Y9xSLCH2Gc/vaVPs0HqSg6oaaOs+NPkU2QmjQ2UzpMmNPbA2YArHbE2lVr9JinXOwo3WCnFzgIyDhppIG+gLnwZl7VWgjkrG/CjQfZNUJ+AdTPiYikqCr/mzS3qlPrSpOlTIQfiEhgGT+IRb5gqwTDLZzw4yeEUeDC3W65tC3evCvmU2IAcNDTtvVjVoprt0tuPzF8tsNg8tj5XaqrwWs0hPlxwqSo4cILjy9t1QcidOcHPJ17YD9www93a2zMVDZJWDEsL7EIFtXzf3U+qIs+sBOgq2YvqLoA+TnGPf79J5yGX65etve1RnlPvOeT/0b+BxUdqdzlvRXIqSieLVoUFuOiiX24b1rYbvLv0dx0cxrvLp1QYL8iyDCVC74c1/Q02HYmXa/SJwVXLIUyySOhQpGGkjTTyuFVkAAAADF4EEAAcMG3AsAAKekvrs+MA2LAgAAAAABWVo=")]
    [InlineData("/Td6WFoAAArh+wyhAgEDARMhARYI2Gis4AJXARpdABiMMAWCEmWAFX3SSne6a/2CuhANJcGAcX2SxhjOjAPAoxIGQkmhoMehydYUZsl8Nm5JI225663Wnqni3WBu6sKkzNtSJpVPRXykhuaiyFDOknP6vz8+XPE7E9UjNJicK4VwM7h62YRdpiDh65YMFT6Qbu/gX/Qo103OQNUELKqKGMkYEifqR/qyqaH/uf6+MO//wnl5nXP7FAA9EQx4bVKNxkroTkC/cpcUE9dkQEChn1STvbySmaFVPDBxDfSi9AUpWAsImXcqN8erhInaudrf/cG3f3ENqAb8Jyk4ghzckAnTi2zSqIw0nahkosbHOSQ221uziwRuxFgdmB7uDyNlENsAB0+qD5A741AcuebUl+bB5qf16qoYIAAAAEQ7xUemuKOkW+berHPZbdkCH0gDI/l6F8B0FiRNb/lsAgEDARMhARYI2Gis4AJXAR1dABwMgbkvFYHfYEdvY3XChwtukH+cuPCKFZVkDFjKKg8HUMc5iSBrr6xKeZvpRp4/KDRI4DkLgYR9Sesbc7obEGtzuf/tjOgeF0sKCgNJhU6YkSo9FerEALqqhtYu4WGVGDXPCOTANfGeF5DJsrO7rpYq4s/0sqJZDm6T4hHuUOP7xdRyV6Dp+mo5tw0uNhAZgIO2q4KQ8Yd1Fc1bPh/Z0LMs6UiY/+Koclldqr56S1n6awLaMcFg05SU5MB46TGZppHXysyjYRRnUNxcY10qRpjqJs0xGWiDm2bLT7cb5CdyY9X+loR0jLTZ9nInCO75NgMMH2uBCskxWTPREpZUbOt77nqtUNAUDqbKus6MGK59cQpqGu1E08Q+AD11IAAAAAA5eXRfRf1gBFgPkv34i0iOsC4wQwvOYIRR8HMSk8x55gIBAwETIQEWCNhorOABKwCoXQAWCAbRcDMO8DFZv3hveyHbv8bZ9f0beF8hKyy7k6L2BSKNrBfjMvS1jGVD7EZIqcyvcFLMH2g77zopPzMn1CJ3ImwdF7ZxckrufpYkC5Dozjjmr3O0Y3Op43lYbfVJz4FejOmE5W0mY7Uxj+393teGo3pCbYuHvjUxIil1G5dOmdCLnem6omKMRzbg4Ws/ISgNz4oitQMns31yut770t7GFF0wfB7PAAAARfCYx2EuX0CjKearjueKMOE0ijBnDoNydCNKUu1f7IMAA84C2ATRAtgE3AGsAgAAGOuVnasKhsoEAAAAAApZWg==")]
    [InlineData("/Td6WFoAAAD/EtlBAgEDAQAhARZ5IMTu4AXbAZhdABi/vBj8ejyu5P5MKiEYh73jXWGJ+Fykhy1ThvlwTW12k4DzE8Oyj55XKnEXTpEScuJWEHqL6TR1+Yims5VW9bdcufbk5zwtI0HOFr0Kpog1MHGa8SY9Drt9twEeXdr2/As6gxYb1Zp0ra8LXZbKxpqBDMKSNIPHRyXJQnJN5MeYzJLQXhyeAGecHtk66giS6fV6BSQ8vwjmQ6mn+6LfeB8ORZJo2It4ruFcX9TzdL3OWbPBc7nvxuctt48ipjTZm+M3CJea+Rqqveibjlxm0mTT4tARZzjppt3w5zshkyFeKeXg18h/3CRMl0cV7JtujZ+Ae3rOItpOuxlS8rcYaCWoTFp8McW66hbP9tVLpEnYNBiaXwalqHo6D9OsihrVAjJ1QDIhxXPA2XEEtEIX3OuLtuil/fBjyYnIAbhZ8GFP6PDwkzHeniKQSXOYs9FF8ixmPNTRWQ5v+VVDZNkj4O1wil9fKHfEUgssbghuQpfaZYyy3SsVQ46SJL8s3k5qhdQs0dsTugm82EI+K9SvPaHRdNv/TmCDlAAAAawD3AsAAFiW/IqoAAr8AgAAAAAAWVo=")]
    public void Deltas_are_undone_in_every_block(string packed) => Assert.Equal((Text[..1500], false), Unpack(Convert.FromBase64String(packed)));

    [Fact]
    public void A_filter_that_is_not_supported_is_named_and_is_no_damage()
    {
        // Packed with --x86.
        byte[] packed = Convert.FromBase64String("/Td6WFoAAATm1rRGAgEEACEBFgANhjUfAQAAeAAAAABFru+D+O4WCgABGQGlLIHMH7bzfQEAAAAABFla");

        TraceException exception = Assert.Throws<TraceException>(() => CompressedInput.Open("run.xz", new MemoryStream(packed)));
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
        for (int at = 0; at < s_first.Length; at++)
        {
            byte[] damaged = [.. s_first];
            damaged[at] ^= 0x55;

            // The first byte of the range coder, after the header of its chunk, means nothing.
            Assert.True(UnpackOrFail(damaged) != (Text[..3000], false) || at == 30, $"damaged at {at}");
        }
    }

    [Fact]
    public void A_stream_whose_index_tells_of_other_blocks_is_damaged()
    {
        // Header, index and footer, each right by itself, without the block.
        (string text, bool isDamaged) = Unpack([.. s_first[..12], .. s_first[^24..]]);

        Assert.Equal(("", true), (text, isDamaged));
    }

    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(7, count));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(7, buffer.Length)]);
    }

    // What no longer looks like xz at all is plain bytes; a filter that is none is an error.
    private static (string Text, bool IsDamaged) UnpackOrFail(byte[] packed)
    {
        try
        {
            return Unpack(packed);
        }
        catch (TraceException)
        {
            return ("", true);
        }
    }

    private static (string Text, bool IsDamaged) Unpack(byte[] packed)
    {
        using TraceInput input = CompressedInput.Open("run.xz", new MemoryStream(packed));
        using var unpacked = new MemoryStream();
        input.Content.CopyTo(unpacked);
        return (Encoding.ASCII.GetString(unpacked.ToArray()), input.IsDamaged());
    }
}

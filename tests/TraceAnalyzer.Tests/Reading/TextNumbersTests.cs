using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Tests.Reading;

public sealed class TextNumbersTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("x", 0, 0)]
    [InlineData("0", 0, 1)]
    [InlineData("18446744073709551615,", ulong.MaxValue, 20)]
    [InlineData("18446744073709551616,", 0, 0)]
    [InlineData("00000000000000000000000000000000012 ", 12, 35)]
    public void A_number_and_its_end(string text, ulong value, int end)
    {
        TextNumbers.Number number = TextNumbers.Read(Encoding.ASCII.GetBytes(text), 0);
        Assert.Equal(end, number.End);
        if (end > 0)
            Assert.Equal(value, number.Value);
    }

    [Fact]
    public void Words_of_digits_give_what_single_digits_give()
    {
        var random = new Random(1);
        for (int i = 0; i < 200_000; i++)
        {
            ulong value = (ulong)random.NextInt64() >> random.Next(63);
            char after = (char)random.Next(256);
            string text = new string(' ', random.Next(4)) + value.ToString(CultureInfo.InvariantCulture) + after + new string((char)random.Next(256), random.Next(20));
            byte[] bytes = Encoding.Latin1.GetBytes(text);
            int start = text.Length - text.TrimStart(' ').Length;
            TextNumbers.Number fast = TextNumbers.Read(bytes, start);
            TextNumbers.Number plain = TextNumbers.ReadPlain(bytes, start);
            Assert.Equal(plain.End, fast.End);
            if (plain.End > start)
                Assert.Equal(plain.Value, fast.Value);
        }
    }

    [Fact]
    public void Up_to_15_digits_at_once_give_what_single_digits_give()
    {
        var random = new Random(2);
        byte[] bytes = new byte[16];
        for (int i = 0; i < 200_000; i++)
        {
            random.NextBytes(bytes);
            int digits = random.Next(17);
            for (int at = 0; at < digits; at++)
                bytes[at] = (byte)('0' + random.Next(10));
            TextNumbers.Number plain = TextNumbers.ReadPlain(bytes, 0);
            int expected = plain.End < 16 ? plain.End : 0;

            Assert.Equal(expected, TextNumbers.ReadInWords(in bytes[0], out ulong inWords));
            if (expected > 0)
                Assert.Equal(plain.Value, inWords);
            if (!Sse41.IsSupported)
                continue;
            Assert.Equal(expected, TextNumbers.ReadInVector(in bytes[0], out ulong inVector));
            if (expected > 0)
                Assert.Equal(plain.Value, inVector);
        }
    }
}

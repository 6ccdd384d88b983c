using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Statistics;

public class CountWindowTests
{
    private const int Limit = 300;

    // Counts near 2^32 go over within a few additions.
    [Theory]
    [InlineData(10, 16, 8)]
    [InlineData(uint.MaxValue, 16, 8)]
    [InlineData(uint.MaxValue, 64, 1)]
    public void It_counts_as_an_array_does(uint most, int step, int growth)
    {
        for (int seed = 0; seed < SlowTests.Seeds(200, 25); seed++)
        {
            var random = new Random(seed);
            var window = new CountWindow(Limit, step, growth);
            long[] plain = new long[Limit];
            for (int i = 0; i < 300; i++)
            {
                switch (random.Next(60))
                {
                    case 0:
                        int factor = random.Next(2, 4);
                        window.Join(factor);
                        plain = [.. plain.Chunk(factor).Select(group => group.Sum()), .. new long[Limit - ((Limit + factor - 1) / factor)]];
                        break;
                    case 1 when i < 100:
                        window.Clear();
                        Array.Clear(plain);
                        break;
                    case < 5:
                        (CountWindow other, long[] others) = Filled(random, most, step, growth);
                        window.Merge(other);
                        plain = [.. plain.Zip(others, (left, right) => left + right)];
                        AssertSame(others, other);
                        break;
                    case < 8:
                        CountWindow copy = window.Copy();
                        AssertSame(plain, copy);
                        window.Add(3, 1);
                        AssertSame(plain, copy);
                        plain[3]++;
                        break;
                    default:
                        Add(random, most, window, plain);
                        break;
                }

                AssertSame(plain, window);
            }
        }
    }

    [Fact]
    public void It_adds_a_part_of_itself_to_sums()
    {
        (CountWindow window, long[] plain) = Filled(new Random(1), uint.MaxValue, 64, 1);
        for (int from = 0; from < Limit; from += 7)
        {
            long[] sums = [.. Enumerable.Repeat(5L, 20)];
            window.AddTo(sums, from);
            Assert.Equal(Enumerable.Range(from, 20).Select(i => 5 + (i < Limit ? plain[i] : 0)), sums);
        }
    }

    private static (CountWindow Window, long[] Plain) Filled(Random random, uint most, int step, int growth)
    {
        var window = new CountWindow(Limit, step, growth);
        long[] plain = new long[Limit];
        for (int i = random.Next(200); i > 0; i--)
            Add(random, most, window, plain);
        return (window, plain);
    }

    private static void Add(Random random, uint most, CountWindow window, long[] plain)
    {
        // Mostly in a narrow place.
        int index = random.Next(4) > 0 ? 100 + random.Next(30) : random.Next(Limit);
        uint value = 1 + (uint)random.NextInt64(most);
        window.Add(index, value);
        plain[index] += value;
    }

    private static void AssertSame(long[] plain, CountWindow window)
    {
        Assert.Equal(plain, Enumerable.Range(0, Limit).Select(i => window[i]));
        int first = Array.FindIndex(plain, count => count > 0);
        Assert.Equal((first < 0 ? int.MaxValue : first, Array.FindLastIndex(plain, count => count > 0)), (window.First, window.Last));
    }
}

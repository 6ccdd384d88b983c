using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Libraries that do not come back from a damaged file end in an error; slow ones that get on do not.</summary>
public sealed class LibraryWatchTests
{
    private static readonly TimeSpan s_little = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_call_that_never_ends_is_given_up_with_the_name_of_the_file()
    {
        bool mayEnd = false;
        TraceException exception = Assert.Throws<TraceException>(() => LibraryWatch.Call(
            "damaged.etlx",
            "TraceEvent",
            0,
            () =>
            {
                while (!Volatile.Read(ref mayEnd))
                    Thread.SpinWait(100);
                return 0;
            },
            s_little));
        Volatile.Write(ref mayEnd, true);
        Assert.Contains("damaged.etlx: TraceEvent made no progress", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_without_computing_is_no_fault()
    {
        // The process computes next to nothing meanwhile: a library that waits for a pipe.
        int looks = 0;
        LibraryWatch.Wait("pipe", "TraceEvent", _ => ++looks > 20, static () => 0, TimeSpan.FromMinutes(10));
        Assert.Equal(21, looks);
    }

    [Fact]
    public void Progress_is_not_given_up()
    {
        long reached = 0;
        LibraryWatch.Wait("large.nettrace", "TraceEvent", _ => Burn() && ++reached > 5, () => reached, TimeSpan.FromTicks(1));
        Assert.Equal(6, reached);
    }

    [Fact]
    public void What_the_call_throws_is_thrown() =>
        Assert.Equal("x", Assert.Throws<FormatException>(() => LibraryWatch.Call<int>("f", "l", 0, static () => throw new FormatException("x"))).Message);

    [Fact]
    public void What_the_call_returns_is_returned() => Assert.Equal(7, LibraryWatch.Call("f", "l", 0, static () => 7));

    // More processor time than the patience of a tick.
    private static bool Burn()
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - start < TimeSpan.FromMilliseconds(2))
            Thread.SpinWait(1000);
        return true;
    }
}

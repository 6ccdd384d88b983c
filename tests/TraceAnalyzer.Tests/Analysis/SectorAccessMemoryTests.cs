using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.Sectors;

namespace TraceAnalyzer.Tests.Analysis;

public class SectorAccessMemoryTests
{
    private const int Requests = 100_000;

    [Fact]
    public void Random_requests_far_apart_take_little_each()
    {
        var random = new Random(1);
        var ios = new CountedIo[Requests];
        for (int i = 0; i < ios.Length; i++)
            ios[i] = new CountedIo(i, (ulong)random.NextInt64(1L << 32) | 1, 4096, 8, 0, 0);

        // What this thread allocates, kept or not: an upper bound of what is kept, whatever other tests do meanwhile.
        long before = GC.GetAllocatedBytesForCurrentThread();
        var accumulator = new SectorAccessAccumulator();
        accumulator.Add(ios);
        double bytesEach = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Requests;

        // A page and its place in a table for each would take 540.
        TestContext.Current.SendDiagnosticMessage($"{bytesEach:F0} bytes a request");
        Assert.InRange(bytesEach, 1, 100);
        Assert.Equal(Requests * 8L, accumulator.Runs().Sum(run => run.Sectors * run.Accesses));
    }
}

using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blktrace;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Lost records, against the numbers that never show up, and clocks that run back.</summary>
public sealed class CpuSequencesTests
{
    [Fact]
    public void Lost_are_the_numbers_of_a_cpu_that_never_show_up()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            uint first = (uint)random.Next(1, 50);
            List<uint> numbers = [.. Enumerable.Range(0, random.Next(1, 300)).Select(i => first + (uint)i).Where(_ => random.Next(10) > 0)];

            // A nested interrupt swaps neighbors.
            for (int i = 1; i < numbers.Count; i++)
            {
                if (random.Next(5) == 0)
                    (numbers[i - 1], numbers[i]) = (numbers[i], numbers[i - 1]);
            }

            long lost = numbers.Count == 0 ? 0 : numbers.Max() - numbers.Min() + 1L - numbers.Count;
            Assert.Equal(lost, Observe(numbers.Select((number, i) => Record(i, number)))[ReadCounter.LostEvents]);
        }
    }

    [Fact]
    public void Numbers_may_wrap_and_records_without_numbers_lose_nothing()
    {
        Assert.Equal(0, Observe([Record(1, uint.MaxValue - 1), Record(2, uint.MaxValue), Record(3, 0), Record(4, 1), Record(5, 2)])[ReadCounter.LostEvents]);
        Assert.Equal(0, Observe([Record(1, 0), Record(2, 0), Record(3, 0)])[ReadCounter.LostEvents]);
        Assert.Equal(0, Observe([Record(1, 0), Record(2, 1), Record(3, 2)])[ReadCounter.LostEvents]);
    }

    [Fact]
    public void A_clock_runs_back_within_a_file_only()
    {
        Assert.Equal(1, Observe([Record(5, 1), Record(4, 2), Record(4, 3)])[ReadCounter.ClockRegressions]);

        var sequences = new CpuSequences();
        var diagnostics = new ReadDiagnostics();
        sequences.Observe(Record(5, 1), 0, "a", 0, diagnostics);
        sequences.Observe(Record(4, 2), 1, "b", 0, diagnostics);
        Assert.Equal(0, diagnostics[ReadCounter.ClockRegressions]);
    }

    private static RecordFrame Record(long timeNs, uint sequence) => new(timeNs, sequence, DeviceId.Of(259, 0).Value, 3, 0, false);

    private static ReadDiagnostics Observe(IEnumerable<RecordFrame> records)
    {
        var sequences = new CpuSequences();
        var diagnostics = new ReadDiagnostics();
        foreach (RecordFrame record in records)
            sequences.Observe(record, 0, "t", 0, diagnostics);
        sequences.CountLost(diagnostics);
        return diagnostics;
    }
}

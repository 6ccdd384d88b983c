using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Parquet;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Writing;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>Row groups as large as other engines write them, which are in memory as a whole, and rows that claim to be many events.</summary>
[Collection(typeof(MemoryMeasurement))]
public sealed class ParquetMemoryTests : IDisposable
{
    // docs/integrity.md.
    private const int MostBytesPerRow = 250;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_row_group_takes_so_much_memory_per_row_and_gives_its_events_in_order()
    {
        int rows = SlowTests.Seeds(ParquetFrame.MaxRows, ParquetFrame.MaxRows / 8);
        // Requests 1 us apart, of which each takes up to 10 ms, queued before they are issued.
        Write(rows, "i * 1000 + 5000", "(i * 7919 % 10000) * 1000 + 100", "1");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        long events = 0, lastNs = long.MinValue;
        using (ITraceReader reader = TraceFormats.Open([_folder["t.parquet"]]))
        {
            var chunk = new TraceChunk();
            var batch = new EventBatch();
            for (int i = 0; reader.ReadChunk(chunk); i++)
            {
                reader.Decode(chunk, batch);
                Assert.Equal(0, batch.Diagnostics[ReadCounter.BadRecords]);
                foreach (BlockEvent e in batch.Events)
                {
                    Assert.True(e.TimeNs >= lastNs, $"event {events}");
                    lastNs = e.TimeNs;
                    events++;
                }

                if (i % 64 == 0)
                    most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(3L * rows, events);
        TestContext.Current.SendDiagnosticMessage($"{most / rows} bytes a row");
        // What does not depend on the rows: buffers, a slice's events.
        Assert.InRange(most, 1, (64L << 20) + (MostBytesPerRow * (long)rows));
    }

    [Fact]
    public void Rows_that_claim_more_issues_than_a_row_group_may_have_are_bad()
    {
        const int Rows = 1000, Issues = ushort.MaxValue;
        Write(Rows, "i * 1000 + 5000", "100", $"{Issues}");
        ReadTrace trace = TraceReading.ReadAll(TraceFormats.Open([_folder["t.parquet"]]));

        // As many more as rows, or as one row may have. Each but the first of a row's issues comes with its way back to the queue.
        const int Good = Issues / (Issues - 1);
        Assert.Equal((Rows - Good, Good * (3 + (2 * (Issues - 1)))), (trace.Diagnostics[ReadCounter.BadRecords], trace.Events.Count));
    }

    private void Write(int rows, string issuedNs, string latencyNs, string issues) => DuckDb.Execute(
        $"""
        COPY (SELECT {issuedNs} - 1000 AS queue_time_ns, {issuedNs} AS issue_time_ns, {issuedNs} + {latencyNs} AS complete_time_ns, '259,0' AS device, 'R' AS rwbs, 'read' AS class,
            i * 8 AS sector, 4096::BIGINT AS length_bytes, 100::INTEGER AS pid, 'fio' AS process, 1::INTEGER AS cpu, 0::INTEGER AS error, {issues}::BIGINT AS issues
            FROM range({rows}) AS rows(i) ORDER BY i) TO '{_folder["t.parquet"]}' (FORMAT parquet, ROW_GROUP_SIZE {ParquetFrame.MaxRows})
        """);
}

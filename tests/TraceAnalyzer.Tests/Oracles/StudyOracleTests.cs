using System.Globalization;
using System.Text;
using System.Text.Json;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Bpftrace;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>The study's numbers to the digit: <c>Study</c> against <see cref="StudyScripts"/>.</summary>
[Trait("Kind", "capture")]
public class StudyOracleTests
{
    private static readonly AnalysisOptions s_study = new() { Study = true };

    // c has reads and writes, e discards, flushes and passthrough commands, g lines that are out of order.
    [Theory]
    [InlineData("nvmevirt/a-offload-mmap/bpftrace-block.txt")]
    [InlineData("nvmevirt/c-kvcache/bpftrace-block.txt")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/bpftrace-block.txt")]
    [InlineData("nvmevirt/g-qemunvme-xfs-mqdeadline/bpftrace-block.txt")]
    public void Captures_give_the_numbers_of_the_definitions(string name)
    {
        string[] lines = TraceFiles.Lines(name);
        Same(StudyScripts.Of(lines), TraceFiles.Analyse(s_study, TraceFiles.Find(name)).Study);
    }

    [Theory]
    [InlineData("1000000000, R, 4096, 8, 8")] // one line
    [InlineData("1999999999, R, 4096, 8, 8\n2000000000, R, 4096, 8, 8")] // the border of a second
    [InlineData("5000000000, R, 512, 8, 1\n5000000001, R, 1023, 9, 1\n5000000002, R, 1024, 9, 2\n5000000003, R, 1536, 9, 3")] // below and between whole KiB
    [InlineData("1500000000, R, 4096, 8, 8\n7500000000, WS, 8192, 0, 16\n7600000000, R, 4096, 8, 8")] // missing seconds
    [InlineData("1500000000, W, 4096, 8, 8\n3500000000, WS, 8192, 0, 16")] // only writes
    [InlineData("1500000000, RA, 4096, 8, 8\n3500000000, RS, 8192, 0, 16")] // only reads
    [InlineData("7500000000, R, 4096, 8, 8\n1500000000, R, 4096, 16, 8\n9500000000, W, 4096, 8, 8\n2500000000, W, 4096, 8, 8")] // out of order
    [InlineData("1500000000, ZR, 4096, 8, 8\n2500000000, ZA, 8192, 0, 16\n3500000000, R, 4096, 8, 8")] // a zone reset is a read, a zone append nothing
    [InlineData("1500000000, R, 4096, 8, 8\n2500000000, FF, 0, 0, 0\n3500000000, N, 0, 0, 0\n4500000000, DS, 1048576, 0, 2048")] // flushes and discards are neither
    [InlineData("1500000000, FF, 0, 0, 0\n3500000000, N, 0, 0, 0")] // neither is there
    [InlineData("1500000000, WFSM, 4096, 8, 8\n1500000000, FWFSM, 4096, 8, 8\n1600000000, WFSM, 4096, 8, 8")] // each exact string for itself
    [InlineData("1500000000, ZR, 0, 0, 0\n2500000000, R, 4096, 8, 8\n4500000000, ZR, 0, 8, 0")] // a second without bytes is still one
    [InlineData("Attaching 1 probe...\n1500000000, R, 4096, 8, 8\nLost 12 events\n1600000000, R, 4096, 12, 8")]
    public void Definitions_hold_for(string csv)
    {
        string[] lines = csv.Split('\n');
        Same(StudyScripts.Of(lines), Analyse(csv + "\n").Study);
    }

    [Fact]
    public void Definitions_hold_for_random_requests()
    {
        string[] letters = ["R", "RA", "RS", "W", "WS", "WSM", "ZR", "ZA", "DS", "FF", "N", "RM", "FWFSM"];
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            long timeNs = random.NextInt64(5_000_000_000);
            var lines = new List<string>();
            for (int i = random.Next(1, 400); i > 0; i--)
            {
                timeNs += (long)Math.Exp(random.NextDouble() * 21);
                string rwbs = letters[random.Next(1 + random.Next(letters.Length))];
                int sectors = rwbs is "FF" or "N" ? 0 : random.Next(random.Next(2) == 0 ? 5 : 600);
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, timeNs - random.Next(2_000_000_000))}, {rwbs}, {sectors * 512}, {random.Next(5_000)}, {sectors}"));
            }

            Same(StudyScripts.Of(lines), Analyse(string.Join('\n', lines) + "\n").Study);
        }
    }

    [Fact]
    public void A_zone_append_is_written_and_a_zone_reset_is_not_read_but_in_the_study()
    {
        TraceReport report = Analyse("1500000000, ZR, 4096, 8, 8\n2500000000, ZA, 8192, 0, 16\n");
        OperationReport write = report.Devices[0].Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == "write");
        Assert.Equal((1L, 8192L), (write.Overview.Requests, write.Overview.Bytes));
        Assert.DoesNotContain(report.Devices[0].Operations, operation => operation.Name == "read");
        Assert.Equal([4096], report.Study!.ReadBytes);
        Assert.Equal([0], report.Study.WriteBytes);
    }

    // The study's KV run in small: step i reads rows 0 to prompt + i - 1 of K and V of every layer and writes one row; the prefill writes the prompt's.
    [Theory]
    [InlineData(4, 16, 16)]
    [InlineData(3, 5, 20)]
    [InlineData(2, 24, 7)]
    [InlineData(32, 256, 2)]
    public void A_run_with_a_KV_cache_has_its_closed_form(int layers, int prompt, int generate)
    {
        const int RowBytes = 64 << 10;
        const int RequestBytes = 128 << 10;
        int rows = prompt + generate - 1;
        string csv = KvRun(layers, prompt, generate, RowBytes, RequestBytes);
        DeviceReport device = Assert.Single(Analyse(csv).Devices);
        OperationReport read = device.Operations.Single(operation => operation.Scope == OperationScope.Rwbs && operation.Name == "RA");
        OperationReport write = device.Operations.Single(operation => operation.Scope == OperationScope.Rwbs && operation.Name == "W");

        long rowsRead = 2L * layers * Enumerable.Range(1, generate - 1).Sum(step => (long)(prompt + step - 1));
        Assert.Equal(rowsRead * RowBytes, read.Overview.Bytes);
        Assert.Equal(2L * layers * rows * RowBytes, write.Overview.Bytes);

        // Row p is read min(generate - 1, rows - p) times; in the study's run min(255, 511 - p). Its last row is written and never read.
        int[] timesRead = [.. Enumerable.Range(0, rows).Select(row => Math.Min(generate - 1, rows - row - 1))];
        AccessCount[] expected = [.. timesRead.Where(times => times > 0).GroupBy(times => times).OrderBy(group => group.Key)
            .Select(group => new AccessCount(group.Key, group.Count() * 2L * layers * RowBytes / 512))];
        Assert.Equal(expected, read.SectorAccess!.Distribution);
        Assert.Equal((long)timesRead.Max(), read.SectorAccess.MaxAccesses);
        Assert.Equal([new AccessCount(1, 2L * layers * rows * RowBytes / 512)], write.SectorAccess!.Distribution);

        // Below its greatest count the CDF rises by the same step for each count: CDF(c) = c / (number of rows that are read).
        StudyAccess[] access = Analyse(csv).Study!.Operations.Single(operation => operation.Rwbs == "RA").Access;
        Assert.All(access[..^1], entry => Assert.Equal((double)entry.Accesses / (rows - 1), entry.Cdf, 1e-12));
        Assert.Equal(1, access[^1].Cdf);
    }

    private static string KvRun(int layers, int prompt, int generate, int rowBytes, int requestBytes)
    {
        var csv = new StringBuilder("Attaching 1 probe...\n");
        int rows = prompt + generate - 1;
        long timeNs = 10_000_000_000;
        for (int file = 0; file < 2 * layers; file++)
            Transfer("W", file, 0, prompt);
        for (int step = 1; step < generate; step++)
        {
            for (int file = 0; file < 2 * layers; file++)
            {
                Transfer("RA", file, 0, prompt + step - 1);
                Transfer("W", file, prompt + step - 1, 1);
            }
        }

        return csv.ToString();

        void Transfer(string rwbs, int file, int firstRow, int count)
        {
            // Files lie a GiB apart.
            long at = ((long)file << 30) + ((long)firstRow * rowBytes);
            long end = at + ((long)count * rowBytes);
            for (; at < end; at += requestBytes)
            {
                timeNs += 100_000;
                long bytes = Math.Min(requestBytes, end - at);
                csv.Append(CultureInfo.InvariantCulture, $"{timeNs}, {rwbs}, {bytes}, {at / 512}, {bytes / 512}\n");
            }
        }
    }

    private static TraceReport Analyse(string csv)
    {
        using BpftraceCsvReader reader = BpftraceCsvReader.Open(new TraceParts("t", [TextTraces.Input(csv)], 0), new ReadOptions());
        return TraceAnalysis.Run(reader, s_study);
    }

    private static void Same(StudyReport expected, StudyReport? actual)
    {
        // Series without an entry start nowhere.
        if (expected.ReadBytes.Length == 0)
            expected = expected with { FirstSecond = actual!.FirstSecond };
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
    }
}

using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Figures;

/// <summary>Reports of runs as they occur, and of those that break figures.</summary>
internal static class SyntheticReports
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;

    // The large ones serve many tests. Nobody changes a report.
    private static readonly Lazy<TraceReport> s_kvOffload = new(MakeKvOffload);
    private static readonly Lazy<TraceReport> s_modelOffload = new(MakeModelOffload);
    private static readonly Lazy<TraceReport> s_issueOnly = new(MakeIssueOnly);
    private static readonly Lazy<TraceReport> s_manySizes = new(MakeManySizes);
    private static readonly Lazy<TraceReport> s_manyGaps = new(MakeManyGaps);
    private static readonly Lazy<TraceReport> s_fewWrites = new(MakeFewWrites);

    /// <summary>Names of all reports, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    public static readonly IReadOnlyDictionary<string, Func<TraceReport>> All = new SortedDictionary<string, Func<TraceReport>>(StringComparer.Ordinal)
    {
        ["kv-offload"] = KvOffload,
        ["model-offload"] = ModelOffload,
        ["issue-only"] = IssueOnly,
        ["empty"] = () => new SyntheticTrace("empty").Report(),
        ["one-request"] = OneRequest,
        ["one-write"] = OneWrite,
        ["many-sizes"] = ManySizes,
        ["many-gaps"] = ManyGaps,
        ["hostile-name"] = HostileName,
        ["two-devices"] = TwoDevices,
        ["few-writes"] = FewWrites,
        ["zero-bytes"] = ZeroBytes,
        ["nanoseconds"] = Nanoseconds,
    };

    /// <summary>KV cache on disk: each step reads all rows written before and appends one; three extents on a 4 TiB device.</summary>
    public static TraceReport KvOffload() => s_kvOffload.Value;

    private static TraceReport MakeKvOffload()
    {
        const int Tensors = 12, Prompt = 64, Steps = 64;
        const long Row = 512 * KiB, Request = 128 * KiB;
        long[] extents = [1024 * GiB, 1100 * GiB + (300 * MiB), 2500 * GiB];
        var random = new Random(1);
        var trace = new SyntheticTrace("flexgen-kv-offload-opt-6.7b", "7,0");
        long clock = 4_711_000_000_000;
        for (int step = 0; step < Steps; step++)
        {
            for (int tensor = 0; tensor < Tensors; tensor++)
            {
                long start = extents[tensor % 3] + (tensor / 3 * (Prompt + Steps) * Row);
                int written = step == 0 ? 0 : Prompt + step;
                for (int row = 0; row < written; row++)
                {
                    for (int part = 0; part < 4; part++)
                    {
                        // Read-ahead now and then splits a request.
                        long[] sizes = random.Next(40) == 0 ? [64 * KiB, 4 * KiB * random.Next(1, 16)] : [Request];
                        foreach (long size in sizes)
                        {
                            clock += 52_000 + random.Next(20_000);
                            trace.Add(Complete(random, clock, true, start + (row * Row) + (part * Request), size));
                        }
                    }
                }

                int last = step == 0 ? Prompt : Prompt + step;
                for (int row = step == 0 ? 0 : last - 1; row < last; row++)
                {
                    for (int part = 0; part < 4; part++)
                    {
                        clock += 30_000;
                        trace.Add(Complete(random, clock, false, start + (row * Row) + (part * Request), Request));
                    }
                }

                clock += 9_000_000; // computing
            }
        }

        return trace.Report();
    }

    /// <summary>Weights on disk: sweeps over everything, no writes.</summary>
    public static TraceReport ModelOffload() => s_modelOffload.Value;

    private static TraceReport MakeModelOffload()
    {
        var random = new Random(2);
        var trace = new SyntheticTrace("deepspeed-model-b1", "259,0") { TimeBins = 1000, HeatColumns = 1300 };
        long clock = 0;
        for (int pass = 0; pass < 6; pass++)
        {
            for (long offset = 0; offset < 6 * GiB; offset += 128 * KiB)
            {
                clock += offset % (192 * MiB) == 0 ? 90_000_000 : 45_000 + random.Next(9_000);
                trace.Add(Complete(random, clock, true, (300 * GiB) + offset, offset % (128 * MiB) == 0 ? 20 * KiB : 128 * KiB));
            }
        }

        return trace.Report();
    }

    /// <summary>The study's trace: issue events only.</summary>
    public static TraceReport IssueOnly() => s_issueOnly.Value;

    private static TraceReport MakeIssueOnly()
    {
        var random = new Random(3);
        var trace = new SyntheticTrace("bpftrace-kv", "unknown");
        for (int i = 0; i < 20_000; i++)
            trace.Add(new SyntheticRequest(i * 40_000_000L, i % 25 != 0, random.Next(60) * (long)random.Next(60) * 128 * KiB, 128 * KiB));
        return trace.Report();
    }

    public static TraceReport OneRequest()
    {
        var trace = new SyntheticTrace("one");
        trace.Add(new SyntheticRequest(1_000, true, 8 * MiB, 4 * KiB, 900, 81_000));
        return trace.Report();
    }

    public static TraceReport OneWrite()
    {
        var trace = new SyntheticTrace("one-write");
        trace.Add(new SyntheticRequest(5_000_000_000, false, 0, 512));
        return trace.Report();
    }

    /// <summary>Hundreds of sizes from a sector to 64 MiB, scattered over the device, with slow outliers.</summary>
    public static TraceReport ManySizes() => s_manySizes.Value;

    private static TraceReport MakeManySizes()
    {
        var random = new Random(4);
        var trace = new SyntheticTrace("mixed", "8,16") { Filters = ["device 8,16"] };
        long clock = 0;
        for (int i = 0; i < 30_000; i++)
        {
            clock += (long)(300_000 * -Math.Log(1 - random.NextDouble()));
            long size = random.Next(3) == 0 ? 4 * KiB : 512 * (long)Math.Pow(2, random.NextDouble() * 12);
            if (i % 3_000 == 0)
                size = 64 * MiB;
            trace.Add(Complete(random, clock, random.Next(3) > 0, random.Next(2_000) * 2 * MiB, size));
        }

        return trace.Report();
    }

    /// <summary>A fragmented file: 300 small extents all over 3 TiB.</summary>
    public static TraceReport ManyGaps() => s_manyGaps.Value;

    private static TraceReport MakeManyGaps()
    {
        var random = new Random(5);
        var trace = new SyntheticTrace("fragmented");
        for (int i = 0; i < 40_000; i++)
        {
            int extent = (int)(300 * Math.Pow(random.NextDouble(), 2));
            trace.Add(Complete(random, i * 2_000_000L, i % 10 != 0, (extent * 10 * GiB) + (random.Next(64) * 128 * KiB), 128 * KiB));
        }

        return trace.Report();
    }

    public static TraceReport HostileName()
    {
        TraceReport report = OneRequest();
        string name = "<b>\"run\" & 'more'</b>\n\u0001\ud800 [markup]%s{0}" + string.Concat(Enumerable.Repeat("/very-long-name-of-a-trace", 20));
        return report with { Source = report.Source with { Name = name } };
    }

    public static TraceReport TwoDevices()
    {
        var random = new Random(6);
        var disk = new SyntheticTrace("lvm-run", "253,0");
        var below = new SyntheticTrace("lvm-run", "259,1");
        for (int i = 0; i < 2_000; i++)
        {
            SyntheticRequest request = Complete(random, i * 5_000_000L, true, random.Next(4_000) * 64 * KiB, 64 * KiB);
            disk.Add(request);
            below.Add(request with { OffsetBytes = request.OffsetBytes + GiB });
        }

        return SyntheticTrace.Combine(disk, below, new SyntheticTrace("lvm-run", "7,1"));
    }

    /// <summary>Two small writes, one of them between two gaps, beside reads of gigabytes.</summary>
    public static TraceReport FewWrites() => s_fewWrites.Value;

    private static TraceReport MakeFewWrites()
    {
        var trace = new SyntheticTrace("model-offload", "7,0");
        for (int i = 0; i < 8_000; i++)
            trace.Add(new SyntheticRequest(i * 2_000_000L, true, i < 4_000 ? i * MiB : (30 * GiB) + (i * MiB), MiB, 500, 80_000));
        trace.Add(new SyntheticRequest(4_000_000_001, false, 20 * GiB, 36 * KiB, 500, 36_000));
        trace.Add(new SyntheticRequest(9_000_000_001, false, GiB, 4 * KiB, 500, 12_000));
        return trace.Report();
    }

    public static TraceReport ZeroBytes()
    {
        var trace = new SyntheticTrace("zero");
        for (int i = 0; i < 10; i++)
            trace.Add(new SyntheticRequest(i * 1_000_000, false, 0, i == 0 ? 4 * KiB : 0));
        return trace.Report();
    }

    /// <summary>Requests within a few microseconds: time bins of nanoseconds.</summary>
    public static TraceReport Nanoseconds()
    {
        var trace = new SyntheticTrace("burst");
        for (int i = 0; i < 50; i++)
            trace.Add(new SyntheticRequest(1_000_000 + (i * 70), i % 2 == 0, i * 4 * KiB, 4 * KiB, 10, 300 + i));
        return trace.Report();
    }

    // A device with 60 to 90 µs for 128 KiB, a tail, and a slow minute now and then.
    private static SyntheticRequest Complete(Random random, long issueNs, bool isRead, long offset, long size)
    {
        double factor = random.NextDouble() is var chance && chance < 0.0005 ? 40 : chance < 0.02 ? 4 : 1;
        double latency = (30_000 + (size * (isRead ? 0.3 : 0.7)) + (20_000 * random.NextDouble())) * factor * (1 + (0.3 * Math.Sin(issueNs / 4e9)));
        return new SyntheticRequest(issueNs, isRead, offset, size, 500 + random.Next(3_000) + (random.Next(50) == 0 ? 40_000 : 0), (long)latency);
    }
}

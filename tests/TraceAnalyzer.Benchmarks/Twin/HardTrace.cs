namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>
/// Traces that have one thing without number: places, devices, sizes or processes. What an analysis keeps grows with these and not with the trace, so they show
/// its memory at its worst. Merged blktrace dumps; the requests are reads, 10 microseconds apart.
/// </summary>
internal static class HardTrace
{
    /// <summary>What there can be too many of.</summary>
    public static readonly string[] Kinds = ["places", "devices", "sizes", "processes"];

    private const long SectorsOf100Terabytes = 100_000_000_000_000 / 512;
    private const long StartNs = 1_000_000_000;
    private const long StepNs = 10_000;
    private const uint ReadIssued = (1 << 16) | (64 << 16) | 7;
    private const uint ReadCompleted = (1 << 16) | (128 << 16) | 8;

    /// <summary>Writes a trace.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="count">How many: of places and of requests with them; of devices, three requests each; of sizes; of processes.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">There is no such kind.</exception>
    public static void Write(string kind, long count, string path)
    {
        if (!Kinds.Contains(kind))
            throw new FormatException($"'{kind}' is unknown; expected one of {string.Join(", ", Kinds)}");
        const long RequestsOfDevice = 3;
        using var output = new OutputBuffer(path);
        var random = new SplitMix(1);
        uint sequence = 0;
        long requests = kind == "devices" ? RequestsOfDevice * count : count;
        for (long i = 0; i < requests; i++)
        {
            long device = kind == "devices" ? random.Below(count) : 0;
            var record = new BlktraceRecord
            {
                Magic = BlktraceRecord.Version7,
                Sequence = kind == "devices" ? 0 : ++sequence,
                TimeNs = (ulong)(StartNs + (i * StepNs)),
                Sector = (ulong)(random.Below(SectorsOf100Terabytes / 8) * 8),
                Bytes = kind switch { "sizes" => (uint)((i + 1) * 512), "devices" => 128 << 10, _ => 4096 },
                Action = ReadIssued,
                Pid = kind == "processes" ? (uint)(i + 1) : 100,
                Device = (uint)(((259 + (device >> 20)) << 20) | (device & 0xFFFFF)),
            };
            record.WriteTo(output);
            if (kind != "devices")
                continue;
            record.TimeNs += StepNs / 2;
            record.Action = ReadCompleted;
            record.WriteTo(output);
        }
    }
}

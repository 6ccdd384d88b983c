using Microsoft.Diagnostics.Tracing.Etlx;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Writing;

namespace TraceAnalyzer.Fuzzing.Seeds;

/// <summary>Traces in the binary formats, made by the writers of the tests and of the product.</summary>
internal static class BinarySeeds
{
    private const int Events = 30;

    public static byte[][] Blktrace() =>
    [
        Records(7, bigEndian: false),
        Records(7, bigEndian: true),
        Records(8, bigEndian: false),
        Records(8, bigEndian: true),
        SeedFiles.HeadBytes("nvmevirt/c-kvcache/c-kvcache.bin.zst", 3000),
        SeedFiles.HeadBytes("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup.bin.xz", 3000),
        SeedFiles.Case("bins-times-devices/dev10.bin"),
    ];

    /// <summary>The file of one CPU.</summary>
    public static byte[] OfCpu(uint cpu)
    {
        var bytes = new BlktraceBytes();
        for (int i = 0; i < Events / 2; i++)
            bytes.Event(i % 2 == 0 ? 'D' : 'C', (i * 1000L) + cpu, (ulong)(i / 2 * 64) + (cpu * 4096), 4096, BlktraceBytes.Read, cpu: cpu);
        return bytes.ToArray();
    }

    public static byte[][] Nettrace() =>
    [
        Nettrace(NettraceBytes.Layout.New, hasDescriptions: true),
        Nettrace(NettraceBytes.Layout.Old, hasDescriptions: true),
        Nettrace(NettraceBytes.Layout.New, hasDescriptions: false),
        SeedFiles.Case("nettrace-315/t.nettrace"),
    ];

    /// <summary>What <paramref name="format"/> makes of a small trace.</summary>
    public static byte[] Converted(string format, WrittenRows rows)
    {
        string folder = Directory.CreateTempSubdirectory("traceanalyzer-fuzzing-").FullName;
        try
        {
            string trace = Path.Combine(folder, "t.txt");
            File.WriteAllBytes(trace, TextSeeds.Blkparse()[0]);
            string path = Path.Combine(folder, "t");
            using (ITraceReader reader = TraceFormats.Open([trace]))
            using (FileStream stream = File.Create(path))
            {
                OutputFormat output = OutputFormats.Find(format)!;
                TraceConversion.Run(reader, output, new WriteOptions { Rows = rows }, context => output.Create(stream, context));
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A set of two devices in a folder: a file for each.</summary>
    public static void WriteParquetSet(string folder)
    {
        string trace = Path.Combine(folder, "t.bin");
        var bytes = new BlktraceBytes();
        for (int i = 0; i < Events; i++)
            bytes.Event(i % 2 == 0 ? 'D' : 'C', i * 1000L, (ulong)(i / 2) * 64, 4096, BlktraceBytes.Read, device: (259u << 20) | ((uint)(i / 2) % 2));
        File.WriteAllBytes(trace, bytes.ToArray());
        OutputFormat output = OutputFormats.Find("parquet")!;
        using (ITraceReader reader = TraceFormats.Open([trace]))
            TraceConversion.Run(reader, output, new WriteOptions(), context => output.CreateInFolder!(folder, "t", context));
        File.Delete(trace);
    }

    /// <summary>A .nettrace as TraceEvent's own form.</summary>
    public static byte[] Etlx()
    {
        string folder = Directory.CreateTempSubdirectory("traceanalyzer-fuzzing-").FullName;
        try
        {
            string trace = Path.Combine(folder, "t.nettrace");
            File.WriteAllBytes(trace, Nettrace(NettraceBytes.Layout.New, hasDescriptions: true));
            return File.ReadAllBytes(TraceLog.CreateFromEventPipeDataFile(trace));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Records(int version, bool bigEndian)
    {
        var bytes = new BlktraceBytes(version, bigEndian);
        bytes.Timestamp(1, 1_700_000_000, 0).Process(100, "python3");
        for (int i = 0; i < Events; i++)
        {
            bool isRelated = i % 6 > 3;
            bytes.Event("QGDCXA"[i % 6], i * 1000L, (ulong)(i / 6) * 64, 4096, i % 7 == 0 ? BlktraceBytes.Write | BlktraceBytes.Sync : BlktraceBytes.Read, cpu: (uint)i % 2, payload: isRelated ? [.. BlktraceBytes.BigEndian64(1), .. BlktraceBytes.BigEndian64(2)] : null, cgroup: i % 5 == 0);
        }

        return bytes.Message(Events * 1000L, "a message").Event('D', Events * 1000L, 0, 0, BlktraceBytes.Flush).Event('R', (Events + 1) * 1000L, 0, 4096, BlktraceBytes.Read).ToArray();
    }

    private static byte[] Nettrace(NettraceBytes.Layout layout, bool hasDescriptions)
    {
        var bytes = new NettraceBytes(layout, hasDescriptions: hasDescriptions);
        bytes.Thread(1, 3304, 3310).Stacks(1, [0xFFFF_FFFF_8100_0000, 0xFFFF_FFFF_8100_0040], [0x7F00_0000_0000]);
        bytes.ProcessCreate(1, "python3").ProcessSymbol(0xFFFF_FFFF_8100_0000, 0xFFFF_FFFF_8100_0100, "blk_mq_submit_bio");
        for (int i = 0; i < Events / 2; i++)
        {
            long ticks = 2000 + (i * 500L);
            if (i % 2 == 0)
                bytes.IssueEvent(ticks, (ulong)i * 8, 8, "RA", thread: i % 2, stack: i % 3, pid: 3310);
            else
                bytes.CompleteEvent(ticks, (ulong)(i - 1) * 8, 8, "RA", cpu: 1);
            if (i % 6 == 5)
                bytes.OtherEvent(ticks).EndBlock();
        }

        return bytes.ToArray();
    }
}

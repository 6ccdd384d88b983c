using TraceAnalyzer.Fuzzing.Seeds;
using TraceAnalyzer.Fuzzing.Targets;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Writing;

namespace TraceAnalyzer.Fuzzing;

/// <summary>The one table of what is fuzzed.</summary>
public static class FuzzTargets
{
    // A row group's rows may be so alike that thousands take a byte.
    private const int ParquetEventsPerByte = 1000;

    private static readonly (string Name, Func<string, FuzzOptions, FuzzTarget> Create)[] s_all =
    [
        ("blktrace", (name, options) => new TraceTarget(name, options, BinarySeeds.Blktrace(), isText: false)),
        ("cpu-set", (name, options) => new CpuSetTarget(name, options)),
        ("blkparse", (name, options) => new TraceTarget(name, options, TextSeeds.Blkparse(), isText: true)),
        ("blkparse-spelt", (name, options) => new TraceTarget(name, options, TextSeeds.BlkparseSpeltOut(), isText: true) { Reading = new ReadOptions { BlkparseFormat = TextSeeds.SpeltOut } }),
        ("blkparse-other", (name, options) => new TraceTarget(name, options, TextSeeds.BlkparseOtherFields(), isText: true) { Reading = new ReadOptions { BlkparseFormat = TextSeeds.OtherFields } }),
        ("bpftrace", (name, options) => new TraceTarget(name, options, TextSeeds.Bpftrace(), isText: true)),
        ("biosnoop", (name, options) => new TraceTarget(name, options, TextSeeds.Biosnoop(), isText: true)),
        ("fio-iolog", (name, options) => new TraceTarget(name, options, TextSeeds.FioIolog(), isText: true)),
        ("ftrace", (name, options) => new TraceTarget(name, options, TextSeeds.Ftrace(), isText: true)),
        ("perf", (name, options) => new TraceTarget(name, options, TextSeeds.Perf(), isText: true)),
        ("nettrace", (name, options) => new TraceTarget(name, options, BinarySeeds.Nettrace(), isText: false)),
        ("parquet-requests", (name, options) => new FileTarget(name, options, Parquet(WrittenRows.Requests), ".parquet") { AccountsForBytes = false, MostEventsPerByte = ParquetEventsPerByte }),
        ("parquet-events", (name, options) => new FileTarget(name, options, Parquet(WrittenRows.Events), ".parquet") { AccountsForBytes = false, MostEventsPerByte = ParquetEventsPerByte }),
        ("parquet-set", ParquetSetTarget.Create),
        ("etlx", (name, options) => new FileTarget(name, options, [BinarySeeds.Etlx()], ".etlx") { AccountsForBytes = false }),
        ("gzip", (name, options) => new PackedTarget(name, options, PackedSeeds.Contents(), [], PackedSeeds.Gzip)),
        ("zstd", (name, options) => new PackedTarget(name, options, PackedSeeds.Contents(), [], PackedSeeds.Zstd)),
        ("xz", (name, options) => new PackedTarget(name, options, PackedSeeds.Contents(), PackedSeeds.XzFiles(), PackedSeeds.Xz)),
        ("xz-chunks", (name, options) => new PackedTarget(name, options, PackedSeeds.Lzma2(), [], chunks => XzBytes.Of(chunks, chunks.Length))),
        ("tar", (name, options) => new TarTarget(name, options)),
        ("run-json", Side("run.json", SideSeeds.RunJson)),
        ("env-json", Side("env.json", SideSeeds.EnvJson)),
        ("run-yaml", Side("run.yaml", SideSeeds.Yaml)),
        ("extents", Side("extents.tsv", SideSeeds.Extents)),
        ("mdstat", Side("mdstat.txt", SideSeeds.Mdstat)),
        ("dm-table", Side("dmtable.txt", SideSeeds.DmTable)),
        ("btrfs-chunks", Side("chunks.txt", SideSeeds.BtrfsChunks)),
        ("gpu-log", Side("gpu.csv", SideSeeds.Gpu)),
        ("tokens", Side("tokens.csv", SideSeeds.Tokens)),
        ("layers", Side("layers.csv", SideSeeds.Layers)),
        ("tensor-io", Side("tensor_io.csv", SideSeeds.TensorIo)),
        ("tensors", Side("tensors.json", SideSeeds.Tensors)),
        ("tensor-tables", Side("tensors.json", ModelSeeds.Tables)),
        ("tensor-index", Side("model.safetensors.index.json", ModelSeeds.Indexes)),
        ("expert-routing", Side("experts.csv", ModelSeeds.Routing)),
        ("gguf", Model("model.gguf.header", ModelSeeds.Gguf)),
        ("safetensors", Model("model.safetensors.header", ModelSeeds.Safetensors)),
        ("marks", Side("marks.json", SideSeeds.Marks)),
        ("fio-json", Side("fio.json", SideSeeds.Fio)),
        ("kv-benchmark", Side("result.json", SideSeeds.KvBenchmark)),
        ("smart-log", Side("nvme-smart-before.json", SideSeeds.SmartLog)),
        ("disk-statistics", Side("diskstats.txt", SideSeeds.DiskStatistics)),
        ("nvidia-fs", Side("nvfs.txt", SideSeeds.NvidiaFs)),
        ("thread-names", Side("comm.txt", SideSeeds.ThreadNames)),
        ("framework-log", Side("out.log", SideSeeds.Logs)),
        ("command-output", Side("output.log", SideSeeds.CommandOutput)),
        ("compare", (name, options) => new CompareTarget(name, options)),
    ];

    /// <summary>Names of all targets: formats, containers, side files, saved reports.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(target => target.Name)];

    /// <summary>Makes the target of a name.</summary>
    internal static FuzzTarget Create(string name, FuzzOptions options) => s_all.Single(target => target.Name == name).Create(name, options);

    private static Func<string, FuzzOptions, FuzzTarget> Side(string file, Func<byte[][]> seeds) => (name, options) => new SideFileTarget(name, options, file, seeds());

    private static Func<string, FuzzOptions, FuzzTarget> Model(string file, Func<byte[][]> seeds) => (name, options) => new SideFileTarget(name, options, file, seeds(), isText: false);

    // Most inputs are made of the first, which is intact.
    private static byte[][] Parquet(WrittenRows rows) =>
    [
        .. Enumerable.Repeat(BinarySeeds.Converted("parquet", rows), 20),
        .. ((string[])["hang", "min-ff12", "min-ff16", "min-ff20", "min-ff30"]).Select(name => SeedFiles.Case($"parquet-hang/{name}.parquet")),
    ];
}

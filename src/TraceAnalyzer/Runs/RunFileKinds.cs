using System.Collections.Immutable;
using System.Text.Json;
using TraceAnalyzer.ModelFiles;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Runs.Devices;
using TraceAnalyzer.Runs.Gpu;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

/// <summary>The one table of files that tell something of a run: what each is called, how it is told, and who reads it.</summary>
internal static class RunFileKinds
{
    /// <summary>Name of the kind of GPU logs.</summary>
    public const string GpuLogs = "GPU log";

    /// <summary>Settings, machine, clocks, phases: run.json, run.yaml, env.json.</summary>
    public static readonly OtherFileKind Environment = new("environment", null);

    /// <summary>A log of FlexGen or DeepSpeed.</summary>
    public static readonly OtherFileKind FrameworkLog = new("framework log", "framework");

    /// <summary>A text with a framework's command line.</summary>
    public static readonly OtherFileKind CommandLine = new("command line", null);

    /// <summary>Output of a command with the times at which its lines arrived.</summary>
    public static readonly OtherFileKind CommandOutput = new("command output", "output");

    /// <summary>Results of DeepNVMe.</summary>
    public static readonly OtherFileKind DeepNvme = new("DeepNVMe results", null);

    /// <summary>All kinds, in the order in which reports list them; of two texts the one that comes first is taken.</summary>
    public static readonly ImmutableArray<RunFileKind> All =
    [
        Text(GpuLogs, "gpu", file => GpuLog.IsLog(file.FirstLines), GpuLog.Read, _ => 0, log => log.Remarks),
        FrameworkLog,
        CommandLine,
        Environment,
        CommandOutput,
        Text("tokens", "tokens", file => TokenTimes.IsHeader(file.FirstLine), TokenTimes.Read, tokens => tokens.SkippedLines, tokens => tokens.Remarks),
        Text("layers", "layers", file => LayerTimes.IsHeader(file.FirstLine), LayerTimes.Read, layers => layers.SkippedLines, layers => layers.Remarks),
        Text("tensor I/O", "tensor_io", file => TensorIo.IsHeader(file.FirstLine), TensorIo.Read, io => io.SkippedLines, io => io.Remarks),
        new BinaryFileKind("model file", "tensors", first => ModelFormats.NamesTensors(first.Span), ReadModel),
        Json("tensors", "tensors", TensorCatalogue.IsCatalogue, TensorCatalogue.FromJson),
        Json("tensors", "tensors", ModelTables.IsTable, ModelTables.FromJson),
        Json("tensors", "tensors", ModelTables.IsAccelerateIndex, ModelTables.FromAccelerateIndex),
        Json("tensor index", null, TensorIndex.IsIndex, TensorIndex.FromJson),
        Json("tensor index", null, TensorIndex.IsLoaderIndex, TensorIndex.FromLoaderIndex),
        Text("expert routing", null, file => ExpertRouting.IsHeader(file.FirstLine), ExpertRouting.Read, routing => routing.SkippedLines, routing => routing.Remarks),
        Text("extents", "extents", file => FileExtents.IsFilefrag(file.FirstLines), FileExtents.ReadFilefrag, extents => extents.SkippedLines, extents => extents.Remarks),
        Text("extents", "extents", file => FileExtents.IsTable(file.FirstLine), FileExtents.ReadTable, extents => extents.SkippedLines, extents => extents.Remarks),
        Text("devices", "devices", file => MdstatReader.IsMdstat(file.FirstLine), MdstatReader.Read, tables => tables.SkippedLines, tables => tables.Remarks),
        Text("devices", "devices", file => DmTableReader.IsTable(file.FirstLines), DmTableReader.Read, tables => tables.SkippedLines, tables => tables.Remarks),
        Text("devices", "devices", file => BtrfsChunkReader.AreChunks(file.FirstLines), BtrfsChunkReader.Read, tables => tables.SkippedLines, tables => tables.Remarks),
        Json("marks", "marks", RunMarks.IsMarks, RunMarks.FromJson),
        Json("fio result", null, FioResult.IsResult, FioResult.FromJson),
        Json("KV-cache benchmark result", null, KvBenchmarkResult.IsResult, KvBenchmarkResult.FromJson),
        Json("SMART log", null, SmartLog.IsLog, SmartLog.FromJson),
        Text("disk statistics", null, file => DiskStatistics.IsStatistics(file.FirstLine), DiskStatistics.Read, disks => disks.SkippedLines, disks => disks.Remarks),
        Text("nvidia-fs statistics", null, file => NvidiaFs.IsStatistics(file.FirstLines), NvidiaFs.Read, _ => 0, counters => counters.Remarks),
        Text("thread names", null, file => ThreadNames.IsNames(file.Beginning, file.IsWhole), ThreadNames.Read, names => names.SkippedLines, _ => []),
        DeepNvme,
    ];

    /// <summary>The kinds that <c>parts</c> of run.json calls so.</summary>
    public static RunFileKind[] Named(string partName) => [.. All.Where(kind => kind.PartName == partName)];

    private static RunPart<TensorCatalogue> ReadModel(string name, TraceInput input)
    {
        long? length = input is { IsPlainFile: true, Path: { } path } ? new FileInfo(path).Length : null;
        return new RunPart<TensorCatalogue>(name, ModelTables.CatalogueOf([ModelFormats.Read(Path.GetFileName(name), input.First.Span, input.Content, length)]));
    }

    private static TextFileKind Text<T>(
        string name, string? partName, Func<SideFile, bool> recognizes, Func<TextReader, T> read, Func<T, int> skippedLines, Func<T, IReadOnlyList<string>> remarks) =>
        new(name, partName, recognizes, file =>
        {
            T content = read(file.Lines());
            return new TextFileContent(new RunPart<T>(file.Name, content), skippedLines(content), remarks(content));
        });

    private static JsonFileKind Json<T>(string name, string? partName, Func<JsonElement, bool> recognizes, Func<JsonElement, SideRemarks, T> read) =>
        new(name, partName, recognizes, (file, root, remarks) => new RunPart<T>(file, read(root, remarks)));
}

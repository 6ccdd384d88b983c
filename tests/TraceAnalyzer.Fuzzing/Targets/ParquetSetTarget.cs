using TraceAnalyzer.Fuzzing.Seeds;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>A Parquet set of two devices of which one file is damaged or is the other device's.</summary>
internal sealed class ParquetSetTarget : TraceTarget
{
    private readonly DirectoryInfo _folder;
    private readonly string[] _files;

    private ParquetSetTarget(string name, FuzzOptions options, DirectoryInfo folder, string[] files)
        : base(name, options, [.. files.Select(File.ReadAllBytes)], isText: false)
    {
        _folder = folder;
        _files = files;
    }

    public static ParquetSetTarget Create(string name, FuzzOptions options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("traceanalyzer-fuzzing-");
        BinarySeeds.WriteParquetSet(folder.FullName);
        string[] files = Directory.GetFiles(folder.FullName, "*.parquet", SearchOption.AllDirectories);
        return new ParquetSetTarget(name, options, folder, files) { AccountsForBytes = false, MostEventsPerByte = 1000 };
    }

    public override void Dispose()
    {
        _folder.Delete(recursive: true);
        base.Dispose();
    }

    protected override ITraceReader Open(byte[] input)
    {
        File.WriteAllBytes(_files[0], input);
        return TraceFormats.Open([Path.Combine(_folder.FullName, "run=t")], Reading);
    }
}

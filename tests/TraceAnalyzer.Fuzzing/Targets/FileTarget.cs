using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>A format of traces that needs a file.</summary>
internal sealed class FileTarget : TraceTarget
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("traceanalyzer-fuzzing-");
    private readonly string _path;

    public FileTarget(string name, FuzzOptions options, byte[][] seeds, string ending)
        : base(name, options, seeds, isText: false) => _path = Path.Combine(_folder.FullName, "t" + ending);

    public override void Dispose()
    {
        _folder.Delete(recursive: true);
        base.Dispose();
    }

    protected override ITraceReader Open(byte[] input)
    {
        File.WriteAllBytes(_path, input);
        return TraceFormats.Open([_path], Reading);
    }
}

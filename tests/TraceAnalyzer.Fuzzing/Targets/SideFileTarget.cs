using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Fuzzing.Mutations;
using TraceAnalyzer.Fuzzing.Seeds;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>A file beside a trace: alone, and in a run whose other files are intact, so that what it says is used.</summary>
internal sealed class SideFileTarget : FuzzTarget
{
    private readonly byte[][] _seeds;
    private readonly DirectoryInfo _alone = Directory.CreateTempSubdirectory("traceanalyzer-fuzzing-");
    private readonly DirectoryInfo _run = Directory.CreateTempSubdirectory("traceanalyzer-fuzzing-");
    private readonly string _file;

    private readonly bool _isText;

    /// <summary>A target of files of one kind.</summary>
    /// <param name="name">See <see cref="FuzzTarget"/>.</param>
    /// <param name="options">How to fuzz.</param>
    /// <param name="file">What the file is called.</param>
    /// <param name="seeds">What it may hold.</param>
    /// <param name="isText">False for a model file: then all sectors of the trace are its.</param>
    public SideFileTarget(string name, FuzzOptions options, string file, byte[][] seeds, bool isText = true)
        : base(name, options)
    {
        _file = file;
        _isText = isText;
        _seeds = seeds;
        foreach ((string other, byte[] bytes) in new (string, byte[])[]
        {
            ("trace.txt", TextSeeds.Blkparse()[0]), ("run.json", SideSeeds.RunJson()[0]), ("tokens.csv", SideSeeds.Tokens()[1]), ("layers.csv", SideSeeds.Layers()[1]),
            ("tensors.json", SideSeeds.Tensors()[0]), ("extents.tsv", SideSeeds.Extents()[^1]), ("tensor_io.csv", SideSeeds.TensorIo()[1]), ("gpu.csv", SideSeeds.Gpu()[^1]), ("env.json", SideSeeds.EnvJson()[0]),
        })
        {
            File.WriteAllBytes(Path.Combine(_run.FullName, other), bytes);
        }

        if (!isText)
            File.WriteAllText(Path.Combine(_run.FullName, "extents.tsv"), $"file\tlogical_sector\tphysical_sector\tsectors\tflags\n{file}\t0\t8\t2147483648\tlast\n");
    }

    public override byte[] Make(int iteration, Random random) => random.Next(3) == 0 && IsJson ? JsonMutations.Mutate(_seeds, random) : Mutator.Mutate(_seeds, _isText, random);

    public override void Try(byte[] input, int iteration)
    {
        File.WriteAllBytes(Path.Combine(_alone.FullName, _file), input);
        Bounded(input.Length, () => Read(_alone.FullName));
        if (!IsAnalyzed(iteration))
            return;
        File.WriteAllBytes(Path.Combine(_run.FullName, _file), input);
        byte[] one = Analyze(workers: 1);
        TraceOracle.Require(one.AsSpan().SequenceEqual(Analyze(workers: 2)), $"reports of one worker and of two differ");
        TraceOracle.CheckSaved(one);
    }

    public override void Dispose()
    {
        _alone.Delete(recursive: true);
        _run.Delete(recursive: true);
        base.Dispose();
    }

    private bool IsJson => _file.EndsWith(".json", StringComparison.Ordinal);

    // It is a part, a problem, or named as not used; nothing is passed over.
    private static int Read(string folder)
    {
        using var run = RunFolder.Open(folder);
        TraceOracle.Require(run.HasParts || run.DeepNvme.Count > 0 || run.Problems.Count > 0 || run.UnusedFiles.Count > 0 || run.Traces.Count > 0, $"a file is passed over in silence");
        return run.Problems.Count;
    }

    private byte[] Analyze(int workers) => TraceOracle.Json(RunAnalysis.Run(_run.FullName, new AnalysisOptions { Workers = workers }));
}

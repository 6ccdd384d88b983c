using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Fuzzing.Mutations;
using TraceAnalyzer.Fuzzing.Seeds;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>A saved report that somebody edited, compared with an intact one and with itself.</summary>
internal sealed class CompareTarget : FuzzTarget
{
    private readonly byte[][] _seeds;
    private readonly TraceReport _intact;

    public CompareTarget(string name, FuzzOptions options)
        : base(name, options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("traceanalyzer-fuzzing-");
        try
        {
            _seeds = [OfRun(folder.FullName), OfTrace(TextSeeds.Blkparse()[2], new AnalysisOptions { Study = true, BinWidthNs = 1_000_000_000 }), OfTrace(BinarySeeds.Blktrace()[0], new AnalysisOptions { BinWidthNs = 10_000 })];
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        _intact = ReportJson.Read(new MemoryStream(_seeds[0]));
    }

    public override byte[] Make(int iteration, Random random) => random.Next(4) == 0 ? Mutator.Mutate(_seeds, isText: true, random) : JsonMutations.Mutate(_seeds, random);

    public override void Try(byte[] input, int iteration) => Bounded(input.Length, () =>
    {
        TraceReport report = ReportJson.Read(new MemoryStream(input));
        return Compare(_intact, report) + Compare(report, report, _intact);
    });

    private static int Compare(params TraceReport[] reports)
    {
        byte[] first = Json(reports);
        TraceOracle.Require(first.AsSpan().SequenceEqual(Json(reports)), $"two comparisons differ");
        return first.Length;
    }

    private static byte[] Json(TraceReport[] reports)
    {
        using var json = new MemoryStream();
        ComparisonJson.Write(ReportComparison.Compare(reports, new ComparisonOptions()), json);
        return json.ToArray();
    }

    private static byte[] OfTrace(byte[] trace, AnalysisOptions options)
    {
        using ITraceReader reader = TraceTarget.OpenAny(CompressedInput.Open("t", new MemoryStream(trace)), new ReadOptions());
        return TraceOracle.Json(TraceAnalysis.Run(reader, options));
    }

    private static byte[] OfRun(string folder)
    {
        foreach ((string file, byte[] bytes) in new (string, byte[])[]
        {
            ("trace.txt", TextSeeds.Blkparse()[0]), ("run.json", SideSeeds.RunJson()[0]), ("tokens.csv", SideSeeds.Tokens()[1]), ("layers.csv", SideSeeds.Layers()[1]), ("tensors.json", SideSeeds.Tensors()[0]),
            ("extents.tsv", SideSeeds.Extents()[^1]), ("tensor_io.csv", SideSeeds.TensorIo()[1]), ("gpu.csv", SideSeeds.Gpu()[^1]),
        })
        {
            File.WriteAllBytes(Path.Combine(folder, file), bytes);
        }

        return TraceOracle.Json(RunAnalysis.Run(folder, new AnalysisOptions { BinWidthNs = 20_000_000 }));
    }
}
